// Relay's runtime over the graph: its store by id, documents by text and by id.
// node relay.mjs URL [ID], prints one JSON object.
import { readFile } from 'node:fs/promises';
import relay from 'relay-runtime';
import { recording } from './recording.mjs';

const { Environment, Network, RecordSource, Store, commitMutation, createOperationDescriptor, fetchQuery } = relay;

const [url, how] = process.argv.slice(2);
const listed = JSON.parse(await readFile(new URL('documents/relay.json', import.meta.url), 'utf8'));
const [[stagesId, stagesText], [renameId, renameText]] = Object.entries(listed);

// ------------------------------------------------- what Relay's compiler makes of the documents

const scalar = (name) => ({ alias: null, args: null, kind: 'ScalarField', name, storageKey: null });
const linked = (name, plural, selections, more = {}) => ({
  alias: null,
  args: null,
  concreteType: null,
  kind: 'LinkedField',
  name,
  plural,
  selections,
  storageKey: null,
  ...more,
});
const variable = (name, variableName = name) => ({ kind: 'Variable', name, variableName });
const literal = (name, value) => ({ kind: 'Literal', name, value });
const local = (name) => ({ defaultValue: null, kind: 'LocalArgument', name });

function request(name, operationKind, argumentDefinitions, selections, id, text) {
  const isById = how === 'ID';
  return {
    fragment: { argumentDefinitions, kind: 'Fragment', metadata: null, name, selections, type: 'Root', abstractKey: null },
    kind: 'Request',
    operation: { argumentDefinitions, kind: 'Operation', name, selections },
    params: {
      cacheID: id,
      id: isById ? id : null,
      metadata: {},
      name,
      operationKind,
      text: isById ? null : text,
    },
  };
}

const stage = [scalar('__typename'), scalar('id'), scalar('name')];
const stages = request(
  'Stages',
  'query',
  [local('first')],
  [
    linked('stages', false, [linked('nodes', true, stage), scalar('isComplete')], {
      args: [literal('filter', { sources: ['OUTREACH'] }), variable('first')],
      concreteType: 'StageConnection',
    }),
  ],
  stagesId,
  stagesText,
);
const rename = request(
  'Rename',
  'mutation',
  [local('id'), local('name')],
  [
    linked('updateStage', false, [linked('stage', false, stage), linked('errors', true, [scalar('__typename'), scalar('message')])], {
      args: [{ fields: [variable('id'), variable('name')], kind: 'ObjectValue', name: 'input' }],
      concreteType: 'UpdateStagePayload',
    }),
  ],
  renameId,
  renameText,
);

// ------------------------------------------------------------------------------------ its use

const { fetch, requests } = recording();
const network = Network.create(async ({ id, text }, variables) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json' },
    body: JSON.stringify({ ...(id ? { documentId: id } : { query: text }), variables }),
  });
  return response.json();
});
const environment = new Environment({ network, store: new Store(new RecordSource()) });

const first = await fetchQuery(environment, stages, { first: 3 }).toPromise();
const operation = createOperationDescriptor(stages, { first: 3 });
const retained = environment.retain(operation);
const snapshot = environment.lookup(operation.fragment);
const seen = [snapshot.data.stages.nodes[0].name];
environment.subscribe(snapshot, ({ data }) => seen.push(data.stages.nodes[0].name));

const { id } = first.stages.nodes[0];
const renamed = await new Promise((onCompleted, onError) => {
  commitMutation(environment, {
    mutation: rename,
    variables: { id, name: 'Renamed by Relay' },
    onCompleted: (data, errors) => onCompleted({ data, errors }),
    onError,
  });
});
const kept = await fetchQuery(environment, stages, { first: 3 }, { fetchPolicy: 'store-or-network' }).toPromise();
const cached = environment.getStore().getSource().get(id);
retained.dispose();

console.log(JSON.stringify({ first, renamed, seen, kept, cached, requests }));
