"""Writes of works that tell a stage: by its id, or by its name where DevRev takes no ids."""

from collections.abc import Awaitable, Callable
from typing import Any

from gateway import errors
from gateway.adapter import Written
from gateway.errors import Complaint, Invalid, Path
from gateway.sources.devrev import normalise, normalise_works, refusals, wire_works
from gateway.sources.devrev.served import Served
from gateway.sources.devrev.stage_names import Register
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId
from schema.types.mutation_errors import Constraint
from schema.types.source import Source

_BY_ID = "stage.id"
"""What it is remembered by."""

_OF_FORM = {"", "bad_request", "invalid_field", "missing_required_field", "unexpected_json_type"}
"""DevRev's words for a request that has not the form that it wants."""

Stage = dict[str, Any]
Send = Callable[[Stage], Awaitable[Written]]
"""Sends a write with its `stage`."""


class Placing:
    """Remembers whether DevRev takes ids of stages, which only newer clients know.

    Args:
        served: remembers it.
        register: makes what reads the names of the stages.
    """

    def __init__(self, served: Served, register: Callable[[Trace], Register]) -> None:
        self._served = served
        self._register = register

    async def send(
        self, send: Send, word: str, stage: GlobalId, path: Path, trace: Trace
    ) -> Written:
        """Send a write; once more by the stage's name, if the id is surely what was refused.

        Args:
            send: sends it.
            word: what the request calls the id.
            stage: where the work is to be.
            path: where the input names that.
            trace: of the write.

        Raises:
            errors.Invalid: if DevRev takes names alone, and this one is not the stage's own.
        """
        if self._served.get(_BY_ID) is not False:
            try:
                written = await send({word: stage.source_id})
            except errors.Refused as refused:
                if self._served.get(_BY_ID) or not _is_of_form(refused):
                    raise
            else:
                self._served.note(_BY_ID, is_served=True)
                return written
        name = await self._name(stage, path, trace)
        written = await send({"name": name})
        self._served.note(_BY_ID, is_served=False)
        return written

    async def _name(self, stage: GlobalId, path: Path, trace: Trace) -> str:
        named = (await self._register(trace).read()).named
        for name, stages in named.items():
            if any(_is(stage, one.source_id, one.display_id) for one in stages):
                if len(stages) == 1:
                    return name
                words = f"DevRev takes a stage's name alone here, which {len(stages)} stages have."
                raise _wrong(words, path)
        message = "DevRev has no such stage."
        raise _wrong(message, path)

    async def is_in(self, work: wire_works.Work, stage: GlobalId, trace: Trace) -> bool | None:
        """Tell whether a work is in a stage; None where it tells only a name that several have."""
        at = work.stage and work.stage.stage
        if at and at.id:
            return _is(stage, at.id, at.display_id)
        name = normalise_works.stage_name(work) or ""
        alike = (await self._register(trace).read()).named.get(name, [])
        if not any(_is(stage, one.source_id, one.display_id) for one in alike):
            return False
        return True if len(alike) == 1 else None


def _is(stage: GlobalId, don: str, display_id: str | None) -> bool:
    return normalise.is_meant(stage.source_id, don, display_id)


def _is_of_form(refused: errors.Refused) -> bool:
    """Tell whether a refusal may be of the way in which a stage is told, and not of the stage."""
    refusal = refusals.of(refused)
    if refusal is None or refusal.type not in _OF_FORM:
        return False
    if any(one.constraint is Constraint.TRANSITION for one in refused.complaints):
        return False
    return refusal.field in {"", "stage"} or refusal.field.startswith("stage.")


def _wrong(words: str, path: Path) -> Invalid:
    message = f"`{'.'.join(path)}`: {words}"
    complaint = Complaint(message=message, constraint=Constraint.REFERENCE, path=path)
    return Invalid([complaint], Source.DEVREV)
