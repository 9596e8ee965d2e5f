// Reads stages and what belongs to them by Storyblok's universal client.
// node storyblok-js.mjs BASE_URL TOKEN, prints one JSON object.
import StoryblokClient from 'storyblok-js-client';

const [base, token] = process.argv.slice(2);
const connect = (oauthToken) => new StoryblokClient({ oauthToken, rateLimit: 100 }, `${base}/v1`);
const storyblok = connect(token);

/** What a path answers. */
const read = async (path, asked) => (await storyblok.get(path, asked)).data;

/** What the client throws. */
const refusal = (asked) =>
  asked.then(
    () => ({}),
    ({ status, message, response }) => ({ status, message, body: response?.data }),
  );

// This client says on the console that it comes too often; only the answer belongs there.
const said = [];
console.log = (words) => said.push(words);

const got = { spaces: (await read('spaces')).spaces, by_space: {} };

for (const { id } of got.spaces) {
  const space = `spaces/${id}`;
  const stages = (await read(`${space}/workflow_stages`)).workflow_stages;
  const workflows = (await read(`${space}/workflows`)).workflows;
  const [first, , third] = stages;
  const { space_roles } = await read(`${space}/space_roles`);
  const stories = await storyblok.getAll(`${space}/stories`, { per_page: 25 });
  got.by_space[id] = {
    space: (await read(space)).space,
    stages,
    stage: (await read(`${space}/workflow_stages/${first.id}`)).workflow_stage,
    some_stages: (await read(`${space}/workflow_stages`, { by_ids: `${third.id},${first.id},1` }))
      .workflow_stages,
    stages_of_workflow: (
      await read(`${space}/workflow_stages`, { in_workflow: workflows[0].id })
    ).workflow_stages,
    workflows,
    workflow: (await read(`${space}/workflows/${workflows[0].id}`)).workflow,
    workflows_with_stages: (await read(`${space}/workflows`, { include_stages: true })).workflows,
    space_roles,
    space_role: (await read(`${space}/space_roles/${space_roles[0].id}`)).space_role,
    collaborators: await storyblok.getAll(`${space}/collaborators`, { per_page: 3 }),
    stories,
    story: (await read(`${space}/stories/${stories[0].id}`)).story,
    stories_in_stages: (
      await read(`${space}/stories`, {
        in_workflow_stages: `${first.id},${third.id}`,
        sort_by: 'name:desc',
      })
    ).stories,
    stories_of_pages: (
      await read(`${space}/stories`, { filter_query: { component: { in: 'page' } } })
    ).stories,
    stage_changes: await storyblok.getAll(`${space}/workflow_stage_changes`, { per_page: 50 }),
    changes_of_story: (
      await read(`${space}/workflow_stage_changes`, { with_story: stories[0].id })
    ).workflow_stage_changes,
    activities: await storyblok.getAll(`${space}/activities`, { per_page: 20 }),
    stage_activities: (
      await read(`${space}/activities`, { types: 'WorkflowStage', by_trackable_ids: first.id })
    ).activities,
    hooks: (await read(`${space}/webhook_endpoints`)).webhook_endpoints,
    actions: (await read(`${space}/webhook_endpoints/allowed_actions`)).allowed_actions,
    logs: await storyblok.getAll(`${space}/webhook_logs`, { per_page: 7 }),
    failed_logs: (await read(`${space}/webhook_logs`, { by_status: 'failed' })).webhook_logs,
  };
  const own = got.by_space[id];
  own.activity = await read(`${space}/activities/${own.activities[0].activity.id}`);
  own.hook = (await read(`${space}/webhook_endpoints/${own.hooks[1].id}`)).webhook_endpoint;
  own.log = (await read(`${space}/webhook_logs/${own.logs[1].id}`)).webhook_log;
}

const [{ id }] = got.spaces;
got.refused = {
  wrong_token: await refusal(connect('wrong').get('spaces')),
  unknown_id: await refusal(storyblok.get(`spaces/${id}/workflow_stages/1`)),
  unknown_space: await refusal(storyblok.get('spaces/1/workflow_stages')),
};
got.said = said;

process.stdout.write(`${JSON.stringify(got)}\n`);
