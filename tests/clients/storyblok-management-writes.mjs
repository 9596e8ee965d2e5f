// Writes to the first space by Storyblok's management client: stories by its methods, the rest by
// its way for whatever has none.
// node storyblok-management-writes.mjs BASE_URL TOKEN, prints one JSON object.
import { createManagementApiClient } from '@storyblok/management-api-client';

import { write } from './storyblok-steps.mjs';

const [baseUrl, personalAccessToken] = process.argv.slice(2);
const storyblok = createManagementApiClient({
  personalAccessToken,
  baseUrl,
  rateLimit: 100,
  throwOnError: true,
});
const [{ id: space_id }] = (await storyblok.spaces.list()).data.spaces;
const of_stories = {
  post: (_, options) => storyblok.stories.create(options),
  put: (number, options) => storyblok.stories.update(number, options),
  delete: (number, options) => storyblok.stories.delete(number, options),
};

async function send(method, path, body) {
  const [name, number] = path.split('/');
  const options = { path: { space_id }, ...(body && { body }) };
  if (name === 'stories') return (await of_stories[method](Number(number), options)).data;
  return (await storyblok[method](`/v1/spaces/{space_id}/${path}`, options)).data;
}

const refusal = (asked) =>
  asked.then(
    () => ({}),
    ({ response }) => ({ status: response?.status, body: response?.data }),
  );

console.log(JSON.stringify(await write(send, refusal)));
