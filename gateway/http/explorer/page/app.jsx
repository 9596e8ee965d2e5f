import './workers.js';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { createRoot } from 'react-dom/client';
import './app.css';
import examples from './examples.graphql';

/** Asks the graph at the page's own address. */
async function ask(operation, { headers } = {}) {
  const response = await fetch(location.pathname, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'content-type': 'application/json',
      // The answer lists the calls that it took; the headers' tab can take it back.
      'x-stagegraph-trace': 'upstream',
      ...headers,
    },
    body: JSON.stringify(operation),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${response.status} ${response.statusText}: ${text}`);
  }
}

createRoot(document.getElementById('explorer')).render(
  <GraphiQL fetcher={ask} defaultQuery={examples}>
    <GraphiQL.Logo>Stagegraph</GraphiQL.Logo>
  </GraphiQL>,
);
