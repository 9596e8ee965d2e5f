"""Strawberry as its documentation shows it, over objects in memory.

https://strawberry.rocks/docs/integrations/asgi
"""

import os
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import strawberry
from strawberry.asgi import GraphQL
from strawberry.utils.str_converters import to_camel_case

from tests.benchmarks.peers import strawberry_types as types
from tests.benchmarks.peers.serving import serve
from tests.benchmarks.peers.strawberry_types import (
    STAGES,
    ResourceBy,
    Stage,
    StageConnection,
    StageFilter,
    Work,
    WorkConnection,
    WorkFilter,
)

_KINDS = (types.DevRevStage, types.OutreachStage, types.EsperStage, types.StoryblokStage)

LIST: list[Stage] = []
WORKS: list[Work] = []


def made(kind: Any, it: Any) -> Any:
    """Make an object of a type of the graph's out of its JSON."""
    if it is None:
        return None
    if get_origin(kind) is UnionType:
        return made(get_args(kind)[0], it)
    if get_origin(kind) is list:
        return [made(get_args(kind)[0], one) for one in it]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind[it]
    if not hasattr(kind, "__strawberry_definition__"):
        return it
    hints = get_type_hints(kind)
    told = {name: it[to_camel_case(name)] for name in hints if to_camel_case(name) in it}
    return kind(**{name: made(hints[name], one) for name, one in told.items()})


def read(path: str) -> None:
    """Keep everything; the lists are in order already."""
    data = msgspec.json.decode(Path(path).read_bytes())
    kinds = {kind.__name__: kind for kind in _KINDS}
    LIST.extend(made(kinds[one["__typename"]], one) for one in data["stages"])
    STAGES.update((one.id, one) for one in LIST)
    STAGES.update((one["id"], made(types.OutreachStage, one)) for one in data["outreach"])
    WORKS.extend(
        made(types.DevRevIssue, {**one, "stageId": one["stage"]["id"]}) for one in data["works"]
    )


@strawberry.type
class Query:
    @strawberry.field
    def stages(self, first: int = 50, filter: StageFilter | None = None) -> StageConnection:  # noqa: A002
        return StageConnection(nodes=LIST[:first])

    @strawberry.field
    def works(self, first: int = 50, filter: WorkFilter | None = None) -> WorkConnection:  # noqa: A002
        return WorkConnection(nodes=WORKS[:first])

    @strawberry.field
    def stage(self, by: ResourceBy) -> Stage | None:
        return STAGES.get(by.id or "")


schema = strawberry.Schema(query=Query, types=[*_KINDS, types.DevRevIssue])
app = GraphQL(schema)

if __name__ == "__main__":
    read(os.environ["DATA"])
    serve(app)
