"""Reads Esper's lists to their end, and pipelines by id."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from gateway import errors
from gateway.adapter import Batch
from gateway.sources.esper import calls, normalise, wire
from gateway.upstream.call import Answer, Call, nonsense
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.paging import PageSize, unseen, walk
from gateway.upstream.trace import Trace
from schema.types.esper import EsperStage
from schema.types.ids import GlobalId

W = TypeVar("W", wire.Holder, wire.Pipeline, wire.TargetList)


class Lists:
    """Reads for one ask.

    Args:
        client: sends.
        size: rows per page.
        trace: counts the calls.
        max_pages: pages that each list may have.
    """

    def __init__(self, client: Client, size: PageSize, trace: Trace, max_pages: int) -> None:
        self._client = client
        self._size = size
        self._trace = trace
        self._max_pages = max_pages

    def pipelines(self, kind: type[W]) -> AsyncIterator[Batch[Row[W]]]:
        """Yield the pipelines page by page, each once."""
        return self._rows(calls.list_pipelines, kind)

    def target_lists(self, pipeline: str) -> AsyncIterator[Batch[Row[wire.TargetList]]]:
        """Yield all target lists of a pipeline page by page, each once."""
        return self._rows(lambda rows: calls.list_target_lists(pipeline, rows), wire.TargetList)

    def attached(
        self, stage: GlobalId, type_: str | None
    ) -> AsyncIterator[Batch[Row[wire.TargetList]]]:
        """Yield the target lists of a stage page by page, each once; of a type, if one is given."""
        ids = (stage.scope, stage.source_id)
        return self._rows(lambda rows: calls.list_attached(*ids, type_, rows), wire.TargetList)

    async def _rows(
        self, first: Callable[[int], Call[wire.Listed]], kind: type[W]
    ) -> AsyncIterator[Batch[Row[W]]]:
        seen: set[str] = set()
        async for answer in self._pages(first):
            rows, dropped = answer.rows(answer.body.content.results, kind, normalise.identity)
            yield Batch(unseen(rows, seen, lambda row: row.wire.id), dropped)

    async def pipeline(self, pipeline: str) -> Row[wire.Pipeline] | errors.BadResponse | None:
        """Read one pipeline; None where it does not exist, a failure if it makes no sense."""
        try:
            answer = await self._client.send(calls.get_pipeline(pipeline), self._trace)
            row = answer.row(answer.body.content, wire.Pipeline, normalise.identity)
        except errors.Missing:
            return None
        except errors.BadResponse as failure:
            return failure
        return row if row.wire.id == pipeline else answer.nonsense()

    async def stages(self, pipeline: str) -> Batch[EsperStage] | None:
        """Read the whole list of a pipeline; None where Esper answers that there is none."""
        found: dict[str, EsperStage] = {}
        dropped = 0
        try:
            async for answer in self._pages(lambda rows: calls.list_stages(pipeline, rows)):
                dropped += _place(answer, pipeline, found, dropped)
        except errors.Missing:
            return None
        return Batch(list(found.values()), dropped)

    async def stages_if_there(self, pipeline: str) -> Batch[EsperStage] | None:
        """Read the whole list of a pipeline; None where there surely is no such pipeline.

        How Esper answers for the stages of an unknown pipeline is written nowhere, so an empty
        list says too little: only then is the pipeline itself asked for.
        """
        listed = await self.stages(pipeline)
        if listed is None or listed.rows or listed.dropped:
            return listed
        return None if await self.pipeline(pipeline) is None else listed

    def nonsense(self) -> errors.BadResponse:
        """Return the failure of what may be a row that makes no sense."""
        return nonsense(self._client.source)

    def _pages(
        self, first: Callable[[int], Call[wire.Listed]]
    ) -> AsyncIterator[Answer[wire.Listed]]:
        return walk(self._client, first, calls.following, self._size, self._trace, self._max_pages)


def _place(
    answer: Answer[wire.Listed], pipeline: str, found: dict[str, EsperStage], dropped: int
) -> int:
    """Put a page's stages to those of the pages before; return how many rows made no sense.

    A row that makes no sense keeps its place in the order, so that the positions of the others
    stay what they are; a row that comes twice has its first.
    """
    bad = 0
    for row in answer.places(answer.body.content.results, wire.Stage, normalise.identity):
        if row is None:
            bad += 1
        elif row.wire.id not in found:
            position = len(found) + dropped + bad
            found[row.wire.id] = row.made(normalise.stage, pipeline, position)
    return bad
