// Reads stages and what belongs to them by Storyblok's management client: spaces by its methods,
// the rest by its way for whatever has none.
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

/** Every collaborator, page by page, as the answer's headers lead. */
async function collaborators(space_id) {
  const rows = [];
  for (let page = 1, total = 1; rows.length < total; page += 1) {
    const { data, response } = await storyblok.get('/v1/spaces/{space_id}/collaborators', {
      path: { space_id },
      query: { page, per_page: 4 },
    });
    rows.push(...data.collaborators);
    total = Number(response.headers.get('Total'));
  }
  return rows;
}

const got = { spaces: (await storyblok.spaces.list()).data.spaces, by_space: {} };
got.spaces_of_oauth = (await limited.spaces.list()).data.spaces;

for (const { id } of got.spaces) {
  const stages = (await read(id, 'workflow_stages')).workflow_stages;
  const workflows = (await read(id, 'workflows')).workflows;
  const [first, , third] = stages;
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
    collaborators: await collaborators(id),
  };
}

const [{ id }] = got.spaces;
got.refused = {
  wrong_token: await refusal(connect({ personalAccessToken: 'wrong' }).spaces.list()),
  unknown_id: await refusal(read(id, 'workflow_stages/1')),
  unknown_space: await refusal(storyblok.spaces.get({ path: { space_id: 1 } })),
};

console.log(JSON.stringify(got));
