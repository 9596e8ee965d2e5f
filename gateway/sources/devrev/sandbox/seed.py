"""The company's DevRev: 20 dev users, 14 stages in 3 diagrams, 240 works and what they name."""

from functools import lru_cache, partial

from gateway.sources.devrev.sandbox import catalog, customers, flow, hooks, planning, staff, works
from gateway.sources.devrev.sandbox.records import Records, Seed


def seed(scale: int) -> Records:
    """Return the data; works are multiplied by `scale`."""
    return Records(_made(scale))


@lru_cache(maxsize=1)
def _made(scale: int) -> Seed:
    return Seed(
        {
            "stages": flow.stages,
            "states": flow.states,
            "workflows": flow.diagrams,
            "people": staff.people,
            "works": partial(works.works, scale),
            "parts": catalog.parts,
            "tags": catalog.tags,
            "accounts": customers.accounts,
            "rev_orgs": customers.rev_orgs,
            "rev_users": customers.rev_users,
            "groups": customers.groups,
            "vistas": planning.vistas,
            "sprints": planning.sprints,
            "webhooks": hooks.webhooks,
            "artifacts": partial(works.artifacts, scale),
            "channels": works.channels,
        }
    )
