// What both of Storyblok's clients write: every write once, on what is made here.

/**
 * Writes to a space.
 * @param send sends a method, a path below the space and a body; gives the answer's body.
 * @param refusal gives what the client throws.
 * @param patches whether the client can send PATCH.
 */
export async function write(send, refusal, patches = true) {
  const wrote = {};
  const [role] = (await send('get', 'space_roles')).space_roles;
  const [{ user_id }] = (await send('get', 'collaborators')).collaborators;

  const draft = { name: 'Draft', color: '#2d3v22', user_ids: [user_id], space_role_ids: [role.id] };
  const stages = [draft, { name: 'Done', color: '#00b67a', allow_publish: true }];
  const recipes = { name: 'Recipes', content_types: ['recipe'] };
  wrote.workflow = (
    await send('post', 'workflows', { workflow: { ...recipes, workflow_stages: stages } })
  ).workflow;
  const flow = `workflows/${wrote.workflow.id}`;
  const [first, second] = wrote.workflow.workflow_stages;

  const late = { name: 'Late', color: '#e5484d', workflow_id: wrote.workflow.id };
  wrote.stage = (await send('post', 'workflow_stages', { workflow_stage: late })).workflow_stage;
  const stage = `workflow_stages/${wrote.stage.id}`;
  wrote.put = await send('put', stage, { workflow_stage: { workflow_stage_ids: [first.id] } });
  wrote.patched = await send(patches ? 'patch' : 'put', stage, { workflow_stage: { name: 'Later' } });
  wrote.stage_after = (await send('get', stage)).workflow_stage;
  wrote.ordered = await send('put', flow, {
    workflow: { name: 'Meals', workflow_stages_attributes: [{ id: second.id, position: 9 }] },
  });
  wrote.second_after = (await send('get', `workflow_stages/${second.id}`)).workflow_stage;
  wrote.copy = (
    await send('post', `${flow}/duplicate`, { workflow: { name: 'Copy', content_types: ['dish'] } })
  ).workflow;

  const page = { name: 'Soup', slug: 'soup', content: { component: 'recipe' } };
  wrote.story = (await send('post', 'stories', { story: page })).story;
  const story = `stories/${wrote.story.id}`;
  wrote.change = (
    await send('post', 'workflow_stage_changes', {
      workflow_stage_change: { workflow_stage_id: first.id, story_id: wrote.story.id },
    })
  ).workflow_stage_change;
  wrote.story_after = (await send('put', story, { story: { name: 'Hot soup' } })).story;

  wrote.refused = {
    taken: await refusal(send('post', 'workflow_stages', { workflow_stage: late })),
    unknown: await refusal(send('put', 'workflow_stages/1', { workflow_stage: late })),
    no_types: await refusal(send('post', 'workflows', { workflow: { name: 'x' } })),
    last: await refusal(
      (async () => {
        const [last, ...others] = wrote.copy.workflow_stages;
        for (const { id } of others) await send('delete', `workflow_stages/${id}`);
        await send('delete', `workflow_stages/${last.id}`);
      })(),
    ),
  };
  wrote.deleted = {
    story: (await send('delete', story)).story,
    stage: await send('delete', stage),
    workflow: await send('delete', flow),
  };

  const endpoint = { name: 'x', endpoint: 'https://x.example', actions: ['stage.changed'] };
  const others = {
    space_role: ['space_roles', { role: 'Cook' }, ['put', 'patch']],
    webhook_endpoint: ['webhook_endpoints', endpoint, ['patch']],
    collaborator: ['collaborators', { email: 'cook@x.example' }, ['put']],
  };
  for (const [key, [path, fresh, methods]] of Object.entries(others)) {
    const body = key === 'collaborator' ? fresh : { [key]: fresh };
    const made = (await send('post', path, body))[key];
    const place = `${path}/${made.id}`;
    const change = key === 'collaborator' ? { role: 'editor' } : fresh;
    const changed = [];
    for (const method of methods.filter((one) => patches || one !== 'patch'))
      changed.push((await send(method, place, { [key]: change }))[key].id);
    const gone = (await send('delete', place))[key];
    wrote[key] = { made, changed, gone };
  }
  const log = (await send('get', 'webhook_logs')).webhook_logs[0];
  wrote.retried = [];
  for (const method of patches ? ['put', 'patch'] : ['put'])
    wrote.retried.push((await send(method, `webhook_logs/${log.id}`, {})).webhook_log.retries);
  return wrote;
}
