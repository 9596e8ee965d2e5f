// Reads stages and what belongs to them by Storyblok's management client: spaces and stories by its
// methods, the rest by its way for whatever has none.
// node storyblok-management.mjs BASE_URL TOKEN, prints one JSON object.
import { createManagementApiClient } from '@storyblok/management-api-client';

const [baseUrl, token] = process.argv.slice(2);
const connect = (credential) =>
  createManagementApiClient({ ...credential, baseUrl, rateLimit: 100, throwOnError: true });
const storyblok = connect({ personalAccessToken: token });
const limited = connect({ oauthToken: token });

/** What a path below a space answers. */
async function read(space_id, path, query) {
  const { data } = await storyblok.get(`/v1/spaces/{space_id}/${path}`, {
    path: { space_id },
    query,
  });
  return data;
}

/** What the client throws. */
const refusal = (asked) =>
  asked.then(
    () => ({}),
    ({ name, response }) => ({ name, status: response?.status, body: response?.data }),
  );

/** All rows of a list, page by page, as the answer's headers lead. */
async function every(space_id, name, per_page, asked) {
  const rows = [];
  for (let page = 1, total = 1; rows.length < total; page += 1) {
    const { data, response } = await asked({
      path: { space_id },
      query: { page, per_page },
    });
    rows.push(...data[name]);
    total = Number(response.headers.get('Total'));
  }
  return rows;
}

const listed = (name) => (options) => storyblok.get(`/v1/spaces/{space_id}/${name}`, options);

/** Stories that are chosen and ordered by the client's method. */
const chosen = async (space_id, query) =>
  (await storyblok.stories.list({ path: { space_id }, query })).data.stories;

const got = { spaces: (await storyblok.spaces.list()).data.spaces, by_space: {} };
got.spaces_of_oauth = (await limited.spaces.list()).data.spaces;

for (const { id } of got.spaces) {
  const stages = (await read(id, 'workflow_stages')).workflow_stages;
  const workflows = (await read(id, 'workflows')).workflows;
  const [first, , third] = stages;
  const [role] = (await read(id, 'space_roles')).space_roles;
  const stories = await every(id, 'stories', 25, storyblok.stories.list);
  const [story] = stories;
  got.by_space[id] = {
    space: (await storyblok.spaces.get({ path: { space_id: id } })).data.space,
    stages,
    stage: (await read(id, `workflow_stages/${first.id}`)).workflow_stage,
    some_stages: (await read(id, 'workflow_stages', { by_ids: `${third.id},${first.id},1` }))
      .workflow_stages,
    stages_of_workflow: (await read(id, 'workflow_stages', { in_workflow: workflows[0].id }))
      .workflow_stages,
    workflows,
    workflow: (await read(id, `workflows/${workflows[0].id}`)).workflow,
    workflows_with_stages: (await read(id, 'workflows', { include_stages: true })).workflows,
    space_roles: (await read(id, 'space_roles')).space_roles,
    space_role: (await read(id, `space_roles/${role.id}`)).space_role,
    collaborators: await every(id, 'collaborators', 4, listed('collaborators')),
    stories,
    story: (await storyblok.stories.get(story.id, { path: { space_id: id } })).data.story,
    stories_in_stages: await chosen(id, {
      in_workflow_stages: `${first.id},${third.id}`,
      sort_by: 'name:desc',
    }),
    stories_of_pages: await chosen(id, { filter_query: { component: { in: 'page' } } }),
    stage_changes: await every(
      id,
      'workflow_stage_changes',
      50,
      listed('workflow_stage_changes'),
    ),
    changes_of_story: (await read(id, 'workflow_stage_changes', { with_story: story.id }))
      .workflow_stage_changes,
    activities: await every(id, 'activities', 20, listed('activities')),
    stage_activities: (
      await read(id, 'activities', { types: 'WorkflowStage', by_trackable_ids: first.id })
    ).activities,
    hooks: (await read(id, 'webhook_endpoints')).webhook_endpoints,
    actions: (await read(id, 'webhook_endpoints/allowed_actions')).allowed_actions,
    logs: await every(id, 'webhook_logs', 7, listed('webhook_logs')),
    failed_logs: (await read(id, 'webhook_logs', { by_status: 'failed' })).webhook_logs,
  };
  const own = got.by_space[id];
  own.activity = await read(id, `activities/${own.activities[0].activity.id}`);
  own.hook = (await read(id, `webhook_endpoints/${own.hooks[1].id}`)).webhook_endpoint;
  own.log = (await read(id, `webhook_logs/${own.logs[1].id}`)).webhook_log;
}

const [{ id }] = got.spaces;
got.refused = {
  wrong_token: await refusal(connect({ personalAccessToken: 'wrong' }).spaces.list()),
  unknown_id: await refusal(read(id, 'workflow_stages/1')),
  unknown_space: await refusal(storyblok.spaces.get({ path: { space_id: 1 } })),
};

console.log(JSON.stringify(got));
