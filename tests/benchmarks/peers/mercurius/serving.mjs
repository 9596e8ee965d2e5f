// Serves resolvers by Mercurius on a free port, and prints the address.

import { readFileSync } from 'node:fs'

import Fastify from 'fastify'
import mercurius from 'mercurius'

const schema = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8')

export async function serve (resolvers, options = {}) {
  const app = Fastify({ logger: false })
  // Checks of leaf values cost a tenth, and the data is right as it is.
  const compilerOptions = { disableLeafSerialization: true }
  await app.register(mercurius, { schema, resolvers, jit: 1, compilerOptions, ...options })
  console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
}
