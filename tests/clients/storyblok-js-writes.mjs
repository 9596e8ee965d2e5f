// Writes to the first space by Storyblok's universal client.
// node storyblok-js-writes.mjs BASE_URL TOKEN, prints one JSON object.
import StoryblokClient from 'storyblok-js-client';

import { write } from './storyblok-steps.mjs';

const [base, oauthToken] = process.argv.slice(2);
const storyblok = new StoryblokClient({ oauthToken, rateLimit: 100 }, `${base}/v1`);
const [{ id }] = (await storyblok.get('spaces')).data.spaces;

const send = async (method, path, body) =>
  (await storyblok[method](`spaces/${id}/${path}`, body)).data;

const refusal = (asked) =>
  asked.then(
    () => ({}),
    ({ status, response }) => ({ status, body: response?.data }),
  );

// This client sends "patch" in small letters, which servers take for another method.
process.stdout.write(`${JSON.stringify(await write(send, refusal, false))}\n`);
