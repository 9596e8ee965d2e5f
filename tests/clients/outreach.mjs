// Reads and writes by kitsu, a client of JSON:API: Outreach has none of its own.
// node outreach.mjs BASE_URL TOKEN, prints one JSON object.
import Kitsu from 'kitsu';

const [baseURL, token] = process.argv.slice(2);
const connect = (word) =>
  new Kitsu({
    baseURL,
    query: 'modern',
    resourceCase: 'none',
    pluralize: false, // a type is singular, the path of its collection is not
    headers: { Authorization: `Bearer ${word}` },
  });
const outreach = connect(token);

const read = async (path, params) => (await outreach.get(path, { params })).data;

/** Every row of a list, following its links. */
async function walk(path, params) {
  let page = await outreach.get(path, { params });
  const rows = [...page.data];
  let pages = 1;
  for (; page.links?.next; pages += 1) {
    page = await outreach.request({ url: page.links.next });
    rows.push(...page.data);
  }
  return { rows, pages };
}

/** What the client throws. */
const refusal = (asked) =>
  asked.then(
    () => ({}),
    ({ response, errors }) => ({ status: response?.status, errors }),
  );

const got = {};

got.stages = await walk('stages', { page: { size: 10 }, include: 'creator,updater' });
got.counted = (await outreach.get('stages', { params: { count: true, page: { size: 1 } } })).meta;
got.some_stages = await read('stages', { filter: { id: '3,1,999999,2' } });
got.within = await read('stages', { filter: { order: '5..9' }, sort: 'order' });
const names = [got.stages.rows[4].name, got.stages.rows[8].name];
got.named = await read('stages', { newFilterSyntax: true, filter: { name: names } });
got.latest = await read('stages', { sort: '-updatedAt,name', page: { size: 7 } });
got.sparse = await read('stages', { fields: { stage: 'name,order' }, page: { size: 2 } });
got.told = await read('stages', {
  provideAuthorizationMeta: true,
  provideDataConnections: true,
  page: { size: 3 },
});
got.stage = await read('stages/7', { include: 'creator' });
got.users = await walk('users', { page: { size: 5 } });
got.user = await read('users/2');
got.prospects = await walk('prospects', { filter: { stage: { id: '1,2,3' } }, page: { size: 20 } });
got.prospect = await read('prospects/5', { include: 'stage,owner' });
for (const name of ['opportunityStages', 'opportunities', 'webhooks']) {
  got[name] = await walk(name, { page: { size: 30 } });
  got[`first_of_${name}`] = await read(`${name}/${got[name].rows[0].id}`);
}

const send = async (method, type, url, body) =>
  (await outreach.request({ method, type, url, body })).data;
const to = (type, id) => ({ data: { type, id } });

/** A new resource, what a change made of it, and the status of its end. */
async function write(type, path, first, then, { ends = true } = {}) {
  const made = await send('POST', type, path, first);
  const changed = await send('PATCH', type, `${path}/${made.id}`, { id: made.id, ...then });
  const gone = ends ? (await outreach.remove(path, made.id)).status : null;
  return { made, changed, gone };
}

const spare = await send('POST', 'stage', 'stages', { name: 'Spare', order: 3, color: '#5951ff' });
got.written = {
  stages: await write('stage', 'stages', { name: 'New' }, { name: 'Newer', order: null }),
  opportunityStages: await write(
    'opportunityStage',
    'opportunityStages',
    { name: 'Signed', isClosed: true },
    { isClosed: false },
  ),
  prospects: await write(
    'prospect',
    'prospects',
    { firstName: 'Ada', emails: ['ada@acme.example'], stage: to('stage', 1) },
    { lastName: 'Lee', stage: to('stage', spare.id) },
  ),
  opportunities: await write(
    'opportunity',
    'opportunities',
    { name: 'Acme', opportunityStage: to('opportunityStage', 1) },
    { amount: 5 },
  ),
  webhooks: await write(
    'webhook',
    'webhooks',
    { url: 'https://hooks.northwind.example/new', resource: 'prospect' },
    { active: false },
  ),
  users: await write(
    'user',
    'users',
    { email: 'new@northwind.example', firstName: 'New' },
    { lastName: 'One' },
    { ends: false },
  ),
};
await send('PATCH', 'prospect', 'prospects/5', { id: 5, stage: to('stage', spare.id) });
await send('PATCH', 'prospect', 'prospects/6', { id: 6, stage: { data: null } });

got.refused = {
  no_name: await refusal(send('POST', 'stage', 'stages', { name: ' ', order: 'first' })),
  no_such_type: await refusal(send('PATCH', 'user', 'stages/1', { id: 1, name: 'x' })),
  unknown_stage: await refusal(send('PATCH', 'stage', 'stages/999999', { id: 999999, name: 'x' })),
  in_use: await refusal(outreach.remove('stages', 1)),
  wrong_token: await refusal(connect('wrong').get('stages')),
  unknown_id: await refusal(outreach.get('stages/999999')),
  no_id: await refusal(outreach.get('stages/seven')),
  no_filter: await refusal(outreach.get('stages', { params: { filter: { color: 'red' } } })),
  no_include: await refusal(outreach.get('stages', { params: { include: 'prospects' } })),
};

console.log(JSON.stringify(got));
