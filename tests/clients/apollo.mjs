// Apollo Client over the graph: its cache by id, and automatic persisted queries.
// node apollo.mjs URL [GET], prints one JSON object.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { recording } from './recording.mjs';

const [uri, method] = process.argv.slice(2);
const document = async (name) => gql(await readFile(new URL(`documents/${name}.graphql`, import.meta.url), 'utf8'));

const { fetch, requests } = recording();
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const client = new ApolloClient({
  link: ApolloLink.from([
    new PersistedQueryLink({ sha256, useGETForHashedQueries: method === 'GET' }),
    new HttpLink({ uri, fetch }),
  ]),
  // Which objects are stages is the graph's knowledge; clients are told it when they are built.
  cache: new InMemoryCache({ possibleTypes: { Stage: ['OutreachStage'] } }),
});

const query = await document('stages');
const variables = { first: 3 };
const { data: first } = await client.query({ query, variables });
const { data: again } = await client.query({ query, variables, fetchPolicy: 'network-only' });
const { data: kept } = await client.query({ query, variables });
const asked = requests.length;

/** What is shown, as it changes. */
const seen = [];
const watched = client.watchQuery({ query, variables }).subscribe(({ data }) => seen.push(data.stages.nodes[0].name));
const { id } = first.stages.nodes[0];
const { data: renamed } = await client.mutate({
  mutation: await document('rename'),
  variables: { id, name: 'Renamed by Apollo' },
});
await new Promise((done) => setTimeout(done, 50));
watched.unsubscribe();

const refused = await client.query({ query: gql`query Wrong { nothing }` }).then(
  () => null,
  (error) => ({ isGraphQL: CombinedGraphQLErrors.is(error), codes: error.errors?.map((one) => one.extensions.code) }),
);

console.log(
  JSON.stringify({ first, again, kept, asked, renamed, seen, refused, requests, cached: client.extract()[`OutreachStage:${id}`] }),
);
