// Reads all that the sandbox has by DevRev's own client, over GET and over POST, then writes.
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

got.works = await walk(devrev.worksList, 'works', { limit: 100 });
const newest = { limit: 3, sort_by: ['created_date:desc'] };
got.newest = (await devrev.worksList(newest)).data.works;
got.newest_by_post = (await devrev.worksListPost(newest)).data.works;
got.works_by_post = await walk(devrev.worksListPost, 'works', { limit: 90 });
const [work] = got.works.rows;
got.work = (await devrev.worksGet({ id: work.display_id })).data.work;
got.work_by_post = (await devrev.worksGetPost({ id: work.id })).data.work;
const owners = [work.owned_by[0].display_id, other.id];
const open = { state: ['open'], owned_by: owners };
const issue = { priority: ['p0', 'p1'] };
const stages = [first.id, second.id];
const dotted = { type: ['issue'], 'issue.priority': issue.priority, 'stage.stages': stages };
for (const [how, form, its] of [
  ['', '', dotted],
  ['_by_post', 'Post', { type: ['issue'], issue, stage: { stages } }],
]) {
  got[`open${how}`] = (await devrev[`worksList${form}`]({ ...open, limit: 100 })).data.works;
  got[`issues${how}`] = (await devrev[`worksList${form}`]({ ...its, limit: 100 })).data.works;
  got[`exported${how}`] = (await devrev[`worksExport${form}`]({ ...its, first: 5000 })).data.works;
  got[`counted${how}`] = (await devrev[`worksCount${form}`](its)).data;
}
const span = { type: 'range', after: work.created_date, before: work.created_date };
got.of_that_time = (await devrev.worksListPost({ created_date: span })).data.works;
got.last = (await devrev.worksListPost({ mode: 'before', limit: 10 })).data.works;

// The rest has one form: an object by id, and a list of some at a time.
const OTHERS = {
  parts: ['parts', 'part', 'parts', 5],
  tags: ['tags', 'tag', 'tags', 3],
  accounts: ['accounts', 'account', 'accounts', 4],
  rev_orgs: ['revOrgs', 'rev_org', 'rev_orgs', 4],
  groups: ['groups', 'group', 'groups', 2],
  vistas: ['vistas', 'vista', 'vistas', 1],
  sprints: ['vistasGroups', 'vista_group', 'vista_group', 3],
};
for (const [name, [method, one, many, limit]] of Object.entries(OTHERS)) {
  got[name] = await walk(devrev[`${method}List`], many, { limit });
  got[`${name}_by_post`] = await walk(devrev[`${method}ListPost`], many, {});
  const { id } = got[name].rows[1];
  got[`${name}_one`] = (await devrev[`${method}Get`]({ id })).data[one];
  got[`${name}_one_by_post`] = (await devrev[`${method}GetPost`]({ id })).data[one];
}
const vista = got.vistas.rows[0].id;
const sprints = { parent_id: [vista], state: ['active', 'planned'] };
got.sprints_of_vista = (await devrev.vistasGroupsList(sprints)).data.vista_group;
got.sprints_of_vista_by_post = (await devrev.vistasGroupsListPost(sprints)).data.vista_group;
const product = got.parts.rows[0].id;
got.parts_below = (
  await devrev.partsList({ 'parent_part.parts': [product], 'parent_part.level': 1 })
).data.parts;
got.parts_below_by_post = (
  await devrev.partsListPost({ parent_part: { parts: [product], level: 1 } })
).data.parts;
const account = got.accounts.rows[0].id;
got.rev_org_of_account = (await devrev.revOrgsGet({ account })).data.rev_org;

// Webhooks are listed whole.
const hook = { id: (await devrev.webhooksList()).data.webhooks[1].id };
for (const [how, form] of [['', ''], ['_by_post', 'Post']]) {
  got[`webhooks${how}`] = (await devrev[`webhooksList${form}`]({})).data.webhooks;
  got[`webhook${how}`] = (await devrev[`webhooksGet${form}`](hook)).data.webhook;
}

const nobody = first.id.replace(/[^/]+$/, '999999999');
got.refused = {
  wrong_token: await refusal(stranger.customStagesList()),
  unknown_id: await refusal(devrev.customStagesGet({ id: nobody })),
  unknown_id_by_post: await refusal(devrev.customStagesGetPost({ id: nobody })),
  no_id: await refusal(devrev.customStagesGetPost({})),
  unknown_work: await refusal(devrev.worksGet({ id: 'ISS-999999' })),
  unknown_sprint_by_post: await refusal(
    devrev.vistasGroupsGetPost({ id: got.sprints.rows[0].id + '999' }),
  ),
  unknown_webhook: await refusal(devrev.webhooksGetPost({ id: 'WEBHOOK-99' })),
  no_type: await refusal(devrev.worksList({ type: ['wish'] })),
  no_person_by_post: await refusal(devrev.worksListPost({ owned_by: [first.id] })),
  too_many: await refusal(devrev.worksExport({ first: 5001 })),
  no_number: await refusal(devrev.customStagesListPost({ limit: 'many' })),
};

// What is written: each kind is made, changed, and deleted where it can be.
const made = {};
made.state = (await devrev.customStatesCreate({ name: 'Parked', ordinal: 9 })).data.custom_state;
made.stage = (
  await devrev.customStagesCreate({ name: 'Parking', ordinal: 10, state: made.state.id })
).data.custom_stage;
const node = { stage_id: made.stage.id, is_start: true, transitions: [] };
made.diagram = (
  await devrev.stageDiagramsCreate({ leaf_type: 'x', name: 'X', stages: [node] })
).data.stage_diagram;
made.tag = (await devrev.tagsCreate({ name: 'brand new' })).data.tag;
const owned = { owned_by: [person.id] };
made.part = (
  await devrev.partsCreate({ type: 'capability', name: 'P', parent_part: [product], ...owned })
).data.part;
const common = { applies_to_part: made.part.id, ...owned, tags: [{ id: made.tag.id }] };
for (const [type, own] of [
  ['issue', { priority: 'p1' }],
  ['ticket', { severity: 'high' }],
  ['task', { embedded: true }],
  ['opportunity', { account, value: { amount: '1.5', currency: 'EUR' } }],
]) {
  made[type] = (await devrev.worksCreate({ type, title: 'W', ...common, ...own })).data.work;
}
made.hook = (await devrev.webhooksCreate({ url: 'https://new.example/hook' })).data.webhook;
got.made = made;

const changed = {};
changed.state = (
  await devrev.customStatesUpdate({ id: made.state.id, is_final: true })
).data.custom_state;
changed.stage = (
  await devrev.customStagesUpdate({ id: made.stage.id, name: 'Park', state_id: first.state.id })
).data.custom_stage;
changed.diagram = (
  await devrev.stageDiagramsUpdate({ id: made.diagram.id, stages: [] })
).data.stage_diagram;
changed.tag = (await devrev.tagsUpdate({ id: made.tag.id, description: 'D' })).data.tag;
changed.part = (
  await devrev.partsUpdate({ id: made.part.id, type: 'capability', name: 'Q' })
).data.part;
changed.issue = (
  await devrev.worksUpdate({
    id: made.issue.display_id,
    type: 'issue',
    title: 'V',
    owned_by: { set: [other.id] },
    stage: { stage: second.id },
    target_close_date: null,
  })
).data.work;
changed.hook = (
  await devrev.webhooksUpdate({ id: made.hook.id, action: 'deactivate' })
).data.webhook;
got.changed = changed;

const jump = { stage: { stage: made.stage.id } };
Object.assign(got.refused, {
  no_name: await refusal(devrev.customStagesCreate({ ordinal: 1, state: made.state.id })),
  stage_that_is_not: await refusal(devrev.customStagesUpdate({ id: nobody, name: 'X' })),
  no_transition: await refusal(devrev.worksUpdate({ id: made.issue.id, ...jump })),
  no_start: await refusal(
    devrev.worksCreate({ type: 'issue', title: 'W', ...common, stage: { id: made.stage.id } }),
  ),
  same_tag: await refusal(devrev.tagsCreate({ name: 'brand new' })),
  used_part: await refusal(devrev.partsDelete({ id: made.part.id })),
});

got.deleted = [];
for (const work of [made.issue, made.ticket, made.task, made.opportunity]) {
  got.deleted.push((await devrev.worksDelete({ id: work.id })).status);
}
got.deleted.push((await devrev.partsDelete({ id: made.part.id })).status);
got.deleted.push((await devrev.tagsDelete({ id: made.tag.id })).status);
got.deleted.push((await devrev.webhooksDelete({ id: made.hook.id })).status);
got.refused.deleted_work = await refusal(devrev.worksDelete({ id: made.issue.id }));

console.log(JSON.stringify(got));
