"""A request's writes."""

import logging
from collections.abc import Collection
from typing import Any

import strawberry

from gateway.adapter import DOES, EVERYTHING, Written
from gateway.context.request import Request
from gateway.errors import Failure, Missing
from gateway.upstream.trace import Trace
from gateway.writes import WAYS, Result, told
from schema.context import Done
from schema.types.esper import TargetList
from schema.types.resource import Resource
from schema.types.sources import Operation

_log = logging.getLogger(__name__)

_OF_THE_ID = frozenset({"__typename", "id", "source", "sourceId"})
"""The fields that follow from an id."""

_BESIDE = "targetList"
"""What a payload may have beside the object."""


class Writes(Request):
    """Mutations."""

    async def write(self, mutation: str, asked: Any, selected: Collection[str]) -> Done:
        """Write, and read back what is selected and was not answered."""
        result = await self._gateway.writer.write(mutation, asked, self.caller, self.log)
        # What this request has read may be no longer so; its later fields must see the write.
        await self.close()
        written = result.written
        if result.ask is None or written is None:
            return Done(errors=told(result))
        if DOES[WAYS[mutation].capability][1] is Operation.DELETE:
            return Done(deleted_id=strawberry.ID(str(written.key)))
        return await self._read_back(result, written, frozenset(selected))

    async def _read_back(self, result: Result, written: Written, selected: frozenset[str]) -> Done:
        """Return what is selected of what was written; what cannot be read is an error."""
        fields = selected - {_BESIDE}
        row: Resource | None = None
        try:
            row = await self._row(written, fields) if fields else written.row
            beside = await self._beside(result, written) if _BESIDE in selected else None
        except Exception as failure:  # noqa: BLE001 - whatever it is, it was done, and that is told
            if not isinstance(failure, Failure):
                _log.exception("what was written could not be read back")
            return Done(row=row, errors=told(result._replace(failure=failure)))
        return Done(row=row, beside=beside)

    async def _row(self, written: Written, fields: frozenset[str]) -> Resource:
        """Return what was written: as it was answered, if that tells all that is selected."""
        if written.row is not None and not _lacks(written, fields):
            return written.row
        found = await self._loaders.get(written.key)
        if found is None:
            source = written.key.source
            raise Missing(source, f"{source.name} does not have it any more.")
        return found

    async def _beside(self, result: Result, written: Written) -> TargetList | None:
        ask = result.ask
        if written.beside is not None or ask is None or ask.plan.beside is None:
            return written.beside
        async with ask.adapter.deadline():
            return await ask.plan.beside(Trace(self.log))


def _lacks(written: Written, fields: frozenset[str]) -> bool:
    if written.lacks == EVERYTHING:
        return not fields <= _OF_THE_ID
    return not written.lacks.isdisjoint(fields)
