"""A request's objects by id, and what stands beside them."""

from collections.abc import Awaitable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from strawberry import UNSET

from gateway.context.request import Request
from gateway.errors import Rejected
from gateway.loaders import has, joined
from gateway.upstream.trace import Trace
from schema.relations import Each, Later, MaybeLater, of_each
from schema.types.arguments import ResourceBy
from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.process import (
    Pipeline,
    Workflow,
)
from schema.types.resource import Node
from schema.types.stage import Stage
from schema.types.work import Work

T = TypeVar("T")

LARGEST = 200
"""Ids, or related objects, that one field may ask for."""

_NODES = (Kind.STAGE, Kind.WORK, Kind.PIPELINE, Kind.WORKFLOW)


class Objects(Request):
    """Objects by id."""

    def nodes(self, ids: Sequence[str]) -> Each[Node | None]:
        """Return the objects of global ids, each in its own place."""
        refuse_many("ids", len(ids), least=0)
        keys = [self._node(one) for one in ids]
        asked = [at for at, one in enumerate(keys) if isinstance(one, GlobalId)]
        wrong = [at for at, one in enumerate(keys) if isinstance(one, Rejected)]
        found = self._loaders.load_list([one for one in keys if isinstance(one, GlobalId)])
        return joined(len(keys), [(asked, found), (wrong, [keys[at] for at in wrong])])

    def _node(self, text: str) -> GlobalId | Rejected:
        try:
            key = _parse(text, "id")
        except Rejected as error:
            return error
        if key.kind not in _NODES:
            found = "stages, works, pipelines and workflows"
            return Rejected(f"{text!r} is the id of a {key.kind}; `node` finds {found}.")
        return key

    def stage(self, by: ResourceBy) -> MaybeLater[Stage | None]:
        """Return one stage, or None where there is none."""
        return self._one(Stage, Kind.STAGE, by)

    def work(self, by: ResourceBy) -> MaybeLater[Work | None]:
        """Return one work, or None where there is none."""
        return self._one(Work, Kind.WORK, by)

    def pipeline(self, by: ResourceBy) -> MaybeLater[Pipeline | None]:
        """Return one pipeline, or None where there is none."""
        return self._one(Pipeline, Kind.PIPELINE, by)

    def workflow(self, by: ResourceBy) -> MaybeLater[Workflow | None]:
        """Return one workflow, or None where there is none."""
        return self._one(Workflow, Kind.WORKFLOW, by)

    def _one(self, type_: type[T], kind: Kind, by: ResourceBy) -> MaybeLater[T | None]:
        if by.id is None or by.id is UNSET:
            return Later(partial(self._one_of, type_, kind, by))
        key = _parse(by.id, "by.id")
        if key.kind is not kind:
            message = f"`by.id` takes the id of a {kind}; {by.id!r} is the id of a {key.kind}."
            raise Rejected(message)
        known = self._loaders.look((key,))
        return self._loaders.get(key) if known is None else known[key]

    async def _one_of(self, type_: type[T], kind: Kind, by: ResourceBy) -> T | None:
        """Return the object that a key of its source's own means."""
        found = self._loaders.load_list(await self._locate(kind, by))
        if isinstance(found, Awaitable):
            found = await found
        # Of several places it may be in, one that failed matters only if no other has it.
        failures = [one for one in found if isinstance(one, Exception)]
        objects = [one for one in found if isinstance(one, type_)]
        if failures and not objects:
            raise failures[0]
        return objects[0] if objects else None

    async def _locate(self, kind: Kind, by: ResourceBy) -> Sequence[GlobalId]:
        key = by.key
        if key is None or key is UNSET:
            message = "`by` takes an id or a key."
            raise Rejected(message)
        adapter = self._gateway.adapters.get(key.source)
        if adapter is None or not has(adapter, kind):
            return ()
        async with adapter.deadline():
            places = await adapter.locate(kind, key, Trace(self.log))
        for place in places:
            if not adapter.owns(place):
                message = f"`by.key`: {key.source.name} gives no such id to a {kind}."
                raise Rejected(message)
        return places

    def load_each(self, kind: type[T], keys: Sequence[GlobalId | None]) -> Each[T | None]:
        """Return objects by id, fetched together with what else the query asks for."""
        known = self._loaders.look(keys)
        if known is None:
            found = self._loaders.load_list(keys)
            return of_each(found, lambda one: one if isinstance(one, kind) else None)
        values = [one if isinstance(one, kind) else None for one in known.values()]
        if len(values) == len(keys):
            return values
        known = dict(zip(known, values, strict=True))
        return [known[key] for key in keys]

    def load_lists(self, kind: type[T], lists: Sequence[Sequence[GlobalId]]) -> Each[list[T]]:
        """Return lists of objects; those that do not exist are left out."""
        keys = list(dict.fromkeys(chain.from_iterable(lists)))
        found = self._loaders.load_list(keys)
        if isinstance(found, Awaitable):
            return Later(partial(_listed_later, kind, lists, keys, found))
        return _listed(kind, lists, dict(zip(keys, found, strict=True)))


def _listed(
    kind: type[T], lists: Sequence[Sequence[GlobalId]], found: Mapping[GlobalId, Any]
) -> list[list[T] | Exception]:
    """Return lists of what was found; the first failure in one is the failure of it."""
    sound = {key: one for key, one in found.items() if isinstance(one, kind)}
    failed = {key: one for key, one in found.items() if isinstance(one, Exception)}
    return [
        failed[next(key for key in keys if key in failed)]
        if failed and not failed.keys().isdisjoint(keys)
        else [sound[key] for key in keys if key in sound]
        for keys in lists
    ]


async def _listed_later(
    kind: type[T],
    lists: Sequence[Sequence[GlobalId]],
    keys: Sequence[GlobalId],
    found: Awaitable[Sequence[Any]],
) -> list[list[T] | Exception]:
    return _listed(kind, lists, dict(zip(keys, await found, strict=True)))


def refuse_many(name: str, count: int, *, least: int) -> None:
    """Refuse an argument that asks for too many, or for too few."""
    if not least <= count <= LARGEST:
        message = f"`{name}` takes {least} to {LARGEST}; {count} were asked for."
        raise Rejected(message)


def _parse(text: str, argument: str) -> GlobalId:
    try:
        return GlobalId.parse(text)
    except InvalidIdError as error:
        message = f"`{argument}`: {error}"
        raise Rejected(message) from None
