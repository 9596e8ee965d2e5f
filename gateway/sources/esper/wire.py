"""Esper's answers in Esper's words: an envelope `{code, message, content}` around everything.

`code` and `message` are not read: what `code` means is written nowhere, so the HTTP status alone
tells whether a call went well.
"""

from typing import Annotated

from msgspec import Meta, Raw, Struct

from gateway.upstream.origin import Int32, Time

UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"
"""Esper's ids: UUIDs in lower case."""

Id = Annotated[str, Meta(pattern=UUID)]

Number = Annotated[int, Meta(ge=0, lt=10**18)]
"""Ids of people."""


class Holder(Struct, frozen=True):
    """A pipeline, as far as its stages need it: whatever else is wrong with it, it has them."""

    id: Id


class Thing(Struct, frozen=True):
    """What pipelines and stages have in common."""

    id: Id
    name: str | None = None
    description: str | None = None
    created_at: Time | None = None
    updated_at: Time | None = None
    created_by: Number | None = None
    updated_by: Number | None = None


class Pipeline(Thing, frozen=True):
    """A pipeline; its stages are asked for apart from it."""


class Stage(Thing, frozen=True):
    """A stage of a pipeline; it does not tell its place among the others."""

    timeout_seconds: Int32 | None = None


class TargetList(Struct, frozen=True):
    """A target list of a pipeline.

    Whether its type and its pipeline are always told is not sure.
    """

    id: Id
    name: str | None = None
    target_list_type: str | None = None
    pipeline_id: Id | None = None
    created_at: Time | None = None


class Page(Struct, frozen=True):
    """A page of a list; `next` is the address of the next one, null on the last."""

    results: list[Raw]
    next: str | None = None


class Listed(Struct, frozen=True):
    """The answer of every list."""

    content: Page


class Got(Struct, frozen=True):
    """The answer of every single object."""

    content: Raw
