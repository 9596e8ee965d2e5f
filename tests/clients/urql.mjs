// urql over the graph: its document cache, and automatic persisted queries.
// node urql.mjs URL [GET], prints one JSON object.
import { readFile } from 'node:fs/promises';
import { Client, cacheExchange, fetchExchange, gql } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { recording } from './recording.mjs';

const [url, method] = process.argv.slice(2);
const document = async (name) => gql(await readFile(new URL(`documents/${name}.graphql`, import.meta.url), 'utf8'));

const { fetch, requests } = recording();
const client = new Client({
  url,
  fetch,
  exchanges: [
    cacheExchange,
    persistedExchange({ preferGetForPersistedQueries: method === 'GET' && 'force' }),
    fetchExchange,
  ],
});

const query = await document('stages');
const variables = { first: 3 };
const read = async (requestPolicy) => {
  const { data, error } = await client.query(query, variables, { requestPolicy });
  if (error) throw error;
  return data;
};
const first = await read('cache-first');
const again = await read('network-only');
const kept = await read('cache-first');
const asked = requests.length;

/** What is shown, as it changes; what is being asked again is shown once more until then. */
const seen = [];
const { unsubscribe } = client.query(query, variables).subscribe(({ data, stale }) => {
  if (!stale) seen.push(data.stages.nodes[0].name);
});
const { id } = first.stages.nodes[0];
const { data: renamed, error } = await client.mutation(await document('rename'), { id, name: 'Renamed by urql' });
if (error) throw error;
while (seen.length < 2) await new Promise((done) => setTimeout(done, 10));
unsubscribe();

const { error: wrong } = await client.query(gql`query Wrong { nothing }`, {});
const refused = {
  isGraphQL: wrong.graphQLErrors.length > 0,
  codes: wrong.graphQLErrors.map((one) => one.extensions.code),
};

console.log(JSON.stringify({ first, again, kept, asked, renamed, seen, refused, requests }));
