// A fetch that notes what was asked and how it was answered, for clients that take one.

/** Return a fetch and the list of what went through it. */
export function recording() {
  const requests = [];
  const noting = async (url, options = {}) => {
    const response = await fetch(url, options);
    const given = new URL(url).searchParams;
    const asked = options.body ? JSON.parse(options.body) : Object.fromEntries(given);
    requests.push({
      method: options.method ?? 'GET',
      names: Object.keys(asked),
      hash: (asked.extensions?.persistedQuery ?? JSON.parse(given.get('extensions') ?? '{}').persistedQuery)?.sha256Hash ?? null,
      id: asked.documentId ?? null,
      status: response.status,
      type: response.headers.get('content-type'),
    });
    return response;
  };
  return { fetch: noting, requests };
}
