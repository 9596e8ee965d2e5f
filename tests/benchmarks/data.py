"""What the peers keep in memory: the graph's own objects, as the gateway answers them."""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.servers import Server
from tests.benchmarks.workloads import ISSUE, STAGE_BY_ID, STAGE_OF_WORK

_PAGE = 200
_STAGE = f"__typename source updatedAt {STAGE_OF_WORK}"


def rows(server: Server, many: str, arguments: str, fields: str) -> Iterator[Any]:
    """Walk one list of the gateway's to its end."""
    after = None
    while True:
        more = f', after: "{after}"' if after else ""
        selected = f"nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} isComplete"
        query = f"{{ {many}(first: {_PAGE}{arguments}{more}) {{ {selected} }} }}"
        page = server.ask(query)[many]
        if not page["isComplete"]:
            message = f"The sandboxes' {many} are not complete."
            raise RuntimeError(message)
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def collect(house: Server) -> dict[str, list[Any]]:
    """Return the house's `stages` and `works` that workloads read, in the order of the lists."""
    issues = f"__typename stage {{ id }} {ISSUE}"
    query = f"{{ works(first: {_PAGE}, filter: {{types: [ISSUE]}}) {{ nodes {{ {issues} }} }} }}"
    return {
        "stages": list(rows(house, "stages", "", _STAGE)),
        "works": house.ask(query)["works"]["nodes"],
    }


def keep_stages(server: Server) -> list[Any]:
    """Return all of Outreach's stages, which the gateway keeps from then on."""
    fields = f"__typename source sourceId {STAGE_BY_ID}"
    return list(rows(server, "stages", ", filter: {sources: [OUTREACH]}", fields))
