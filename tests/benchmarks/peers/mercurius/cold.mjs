// Over the vendors: undici's pools, and a DataLoader by id for each request.
//
// With LISTS=1 it calls as the gateway does: a work's owners are taken from the list that has them,
// and all of its stages from one list.

import DataLoader from 'dataloader'
import { Pool } from 'undici'

import { serve } from './serving.mjs'

const LISTS = process.env.LISTS === '1'

class Vendor {
  constructor ({ base_url: base, headers }) {
    const { origin, pathname } = new URL(base)
    this.path = pathname
    this.headers = headers
    this.typed = { 'Content-Type': 'application/json', ...headers }
    this.pool = new Pool(origin)
  }

  async call (method, path, body) {
    const answer = await this.pool.request({
      method,
      path: this.path + path,
      headers: body ? this.typed : this.headers,
      body: body && JSON.stringify(body)
    })
    if (answer.statusCode >= 300) throw new Error(`${path} was answered ${answer.statusCode}`)
    return answer.body.json()
  }
}

const vendors = Object.fromEntries(
  Object.entries(JSON.parse(process.env.VENDORS)).map(([name, one]) => [name, new Vendor(one)])
)

const devrev = (route, body) => vendors.devrev.call('POST', route, body)

const globalId = (source, kind, id, scope = '') =>
  Buffer.from(`${source}:${kind}:${scope}:${id}`).toString('base64url')

const actor = (it) => ({
  id: globalId('devrev', 'person', it.id),
  displayId: it.display_id,
  fullName: it.full_name,
  email: it.email
})

const devRevStage = (it) => ({
  __typename: 'DevRevStage',
  id: globalId('devrev', 'stage', it.id),
  name: it.name,
  position: it.ordinal,
  displayId: it.display_id,
  state: {
    id: globalId('devrev', 'state', it.state.id),
    name: it.state.name,
    isFinal: it.state.is_final
  }
})

const outreachStage = ({ id, attributes }) => ({
  __typename: 'OutreachStage',
  id: globalId('outreach', 'stage', id),
  sourceId: String(id),
  name: attributes.name,
  position: attributes.order,
  color: attributes.color
})

const work = (it) => ({
  __typename: 'DevRevIssue',
  id: globalId('devrev', 'work', it.id),
  title: it.title,
  updatedAt: it.modified_date,
  ownedBy: it.owned_by,
  stageId: it.stage.stage.id
})

const each = (get) => new DataLoader((ids) => Promise.all(ids.map(get)))

async function stagesOfList (ids) {
  const { result } = await devrev('/stages.custom.list', { limit: 120 })
  const found = new Map(result.map((it) => [it.id, devRevStage(it)]))
  return ids.map((id) => found.get(id) ?? null)
}

const context = () => ({
  people: each(async (id) => actor((await devrev('/dev-users.get', { id })).dev_user)),
  stages: LISTS
    ? new DataLoader(stagesOfList)
    : each(async (id) => devRevStage((await devrev('/stages.custom.get', { id })).custom_stage))
})

// The graph's order: names, upper and lower case alike, then ids.
function byName (rows, first) {
  const keyed = rows.map((row) => [(row.name ?? '').slice(0, 64).toLowerCase(), row])
  keyed.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x.id < y.id ? -1 : 1))
  return keyed.slice(0, first).map(([, row]) => row)
}

const Query = {
  async works (_, { first, filter }) {
    const listed = await devrev('/works.list', {
      type: filter.types.map((one) => one.toLowerCase()),
      limit: first,
      sort_by: ['modified_date:desc']
    })
    return { nodes: listed.works.map(work) }
  },
  async stages (_, { first }) {
    const { data } = await vendors.outreach.call('GET', '/stages?page[size]=1000&count=false')
    return { nodes: byName(data.map(outreachStage), first) }
  },
  async pipelines (_, { first }) {
    const { content } = await vendors.esper.call('GET', '/pipelines/?limit=100')
    const rows = content.results.map((it) => ({
      id: globalId('esper', 'pipeline', it.id), name: it.name, updatedAt: it.updated_at
    }))
    return { nodes: byName(rows, first) }
  },
  async workflows (_, { first }) {
    const { workflows } = await vendors.storyblok.call('GET', '/v1/spaces/1001/workflows')
    const rows = workflows.map((it) => ({
      id: globalId('storyblok', 'workflow', it.id, '1001'), name: it.name
    }))
    return { nodes: byName(rows, first) }
  }
}

const Mutation = {
  async createStage (_, { input }) {
    const { name, position, color } = input.stage.outreach
    const attributes = { name, order: position, color }
    const body = { data: { type: 'stage', attributes } }
    const { data } = await vendors.outreach.call('POST', '/stages', body)
    return { stage: outreachStage(data), errors: [] }
  }
}

const typeOf = { resolveType: (one) => one.__typename }

await serve({
  Query,
  Mutation,
  Stage: typeOf,
  Work: typeOf,
  DevRevIssue: {
    owners: LISTS
      ? (it) => it.ownedBy.map(actor)
      : (it, _, { people }) => people.loadMany(it.ownedBy.map((one) => one.id)),
    stage: (it, _, { stages }) => stages.load(it.stageId)
  }
}, { context })
