// Reads stages and what belongs to them by DevRev's own client, over GET and over POST.
// node devrev.mjs BASE_URL TOKEN, prints one JSON object.
import sdk from '@devrev/typescript-sdk';

const [endpoint, token] = process.argv.slice(2);
const devrev = sdk.client.setup({ endpoint, token: `Bearer ${token}` });
const beta = sdk.client.setupBeta({ endpoint, token: `Bearer ${token}` });
const stranger = sdk.client.setup({ endpoint, token: 'Bearer wrong' });

/** Every row of a list, and how many pages it took. */
async function walk(list, key, asked) {
  const rows = [];
  for (let cursor, pages = 1; ; pages += 1) {
    const { data } = await list(cursor === undefined ? asked : { ...asked, cursor });
    rows.push(...data[key]);
    cursor = data.cursor ?? data.next_cursor;
    if (cursor === undefined) return { rows, pages };
  }
}

/** What the client throws. */
async function refusal(asked) {
  const { response } = await asked.then(() => ({ response: {} }), (error) => error);
  return { status: response?.status, body: response?.data };
}

const got = {};

got.stages = await walk(devrev.customStagesList, 'result', { limit: 5 });
got.stages_by_post = await walk(devrev.customStagesListPost, 'result', { limit: 4 });
got.stages_by_beta = await walk(beta.customStagesList, 'result', {});
const [first, second] = got.stages.rows;
got.stage = (await devrev.customStagesGet({ id: first.id })).data.custom_stage;
got.stage_by_post = (await devrev.customStagesGetPost({ id: first.id })).data.custom_stage;
const wanted = { name: [first.name, second.name] };
got.named = (await devrev.customStagesList(wanted)).data.result;
got.named_by_post = (await devrev.customStagesListPost(wanted)).data.result;
const ordinals = { ordinal: [first.ordinal, second.ordinal] };
got.at_ordinals = (await devrev.customStagesList(ordinals)).data.result;
got.at_ordinals_by_post = (await devrev.customStagesListPost(ordinals)).data.result;

got.states = await walk(devrev.customStatesList, 'result', { limit: 2 });
got.states_by_post = await walk(devrev.customStatesListPost, 'result', {});
got.final_states = (await devrev.customStatesList({ is_final: true })).data.result;
got.state = (await devrev.customStatesGet({ id: first.state.id })).data.custom_state;
got.state_by_post = (await devrev.customStatesGetPost({ id: first.state.id })).data.custom_state;

got.diagrams = await walk(devrev.stageDiagramsList, 'result', { limit: 1 });
got.diagrams_by_post = await walk(devrev.stageDiagramsListPost, 'result', {});
const [diagram] = got.diagrams.rows;
got.diagram = (await devrev.stageDiagramsGet({ id: diagram.id })).data.stage_diagram;
got.diagram_by_post = (await devrev.stageDiagramsGetPost({ id: diagram.id })).data.stage_diagram;
got.diagram_of_issues = (await devrev.stageDiagramsGet({ leaf_type: 'issue' })).data.stage_diagram;
got.diagrams_of_issues = (await devrev.stageDiagramsList({ leaf_type: ['issue'] })).data.result;

got.people = await walk(devrev.devUsersList, 'dev_users', { limit: 7 });
got.people_by_post = await walk(devrev.devUsersListPost, 'dev_users', { limit: 100 });
const [person, other] = got.people.rows;
got.person = (await devrev.devUsersGet({ id: person.id })).data.dev_user;
got.person_by_post = (await devrev.devUsersGetPost({ id: person.id })).data.dev_user;
const emails = { email: [person.email, other.email] };
got.mailed = (await devrev.devUsersList(emails)).data.dev_users;
got.mailed_by_post = (await devrev.devUsersListPost(emails)).data.dev_users;
got.self = (await devrev.devUsersSelf()).data.dev_user;
got.self_by_post = (await devrev.devUsersSelfPost({})).data.dev_user;

const nobody = first.id.replace(/[^/]+$/, '999999999');
got.refused = {
  wrong_token: await refusal(stranger.customStagesList()),
  unknown_id: await refusal(devrev.customStagesGet({ id: nobody })),
  unknown_id_by_post: await refusal(devrev.customStagesGetPost({ id: nobody })),
  no_id: await refusal(devrev.customStagesGetPost({})),
  no_number: await refusal(devrev.customStagesListPost({ limit: 'many' })),
};

console.log(JSON.stringify(got));
