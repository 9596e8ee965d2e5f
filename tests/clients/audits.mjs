// The audits of GraphQL over HTTP by the package graphql-http, all of them.
// node audits.mjs URL, prints a list of {id, name, status, reason}.
import { auditServer } from 'graphql-http';

const [url] = process.argv.slice(2);
const results = await auditServer({ url });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
