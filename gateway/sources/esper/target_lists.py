"""Reads which target lists stages have, and which pipelines have.

A stage's are read without a type and picked by type here, so that one call serves every type that
is asked for. That wants answers which tell the type, and whether Esper's do is written nowhere:
where they do not, each type takes a call of its own.
"""

from collections.abc import Iterable, Sequence

from gateway import errors
from gateway.adapter import TargetListsAsk
from gateway.sources.esper import normalise
from gateway.sources.esper.lists import Lists
from gateway.upstream.together import together
from schema.types.esper import TargetList, TargetListType
from schema.types.ids import GlobalId, Kind

_Type = TargetListType | None
_Answer = list[TargetList] | errors.UpstreamFailure | None
"""The target lists of one holder; None where there is no such holder."""


class TargetLists:
    """Reads them, and remembers whether Esper tells their types."""

    def __init__(self) -> None:
        self._tells_types: bool | None = None  # None until an answer about a stage has a row

    async def of(
        self, asked: Sequence[TargetListsAsk], lists: Lists
    ) -> dict[TargetListsAsk, Sequence[TargetList] | errors.UpstreamFailure]:
        """Return those of each holder that exists; a call that fails costs only its holder.

        Args:
            asked: stages and pipelines with the types that are wanted; None is any.
            lists: what to read with.
        """
        waiting: dict[GlobalId, list[_Type]] = {}
        for holder, type_ in dict.fromkeys(asked):
            waiting.setdefault(holder, []).append(type_)
        read: dict[TargetListsAsk, _Answer] = {}
        teacher = next((one for one in waiting if _may_teach(one, waiting[one])), None)
        if self._tells_types is None and teacher:
            # One answer may spare a call for each of the other stages.
            read |= await self._of(teacher, waiting.pop(teacher), lists)
        for part in await together(self._of(*one, lists) for one in waiting.items()):
            read |= part
        return {one: its for one in asked if (its := read[one]) is not None}

    async def _of(
        self, holder: GlobalId, types: Sequence[_Type], lists: Lists
    ) -> dict[TargetListsAsk, _Answer]:
        if holder.kind is Kind.STAGE and self._tells_types is False:
            return await _by_type(holder, types, lists)
        whole = await _read(holder, None, lists)
        if holder.kind is Kind.STAGE and isinstance(whole, list) and whole:
            if self._tells_types is None:
                self._tells_types = any(one.type for one in whole)
            if not all(one.type for one in whole):
                typed = await _by_type(holder, [one for one in types if one], lists)
                return {(holder, None): whole, **typed}
        return {(holder, one): _only(whole, one) for one in types}


def _may_teach(holder: GlobalId, types: Iterable[_Type]) -> bool:
    """Tell whether it matters for a holder that Esper tells the types."""
    return holder.kind is Kind.STAGE and any(types)


async def _by_type(
    stage: GlobalId, types: Sequence[_Type], lists: Lists
) -> dict[TargetListsAsk, _Answer]:
    read = await together(_read(stage, one, lists) for one in types)
    return {(stage, one): _only(its, one) for one, its in zip(types, read, strict=True)}


async def _read(holder: GlobalId, type_: _Type, lists: Lists) -> _Answer:
    """Read the target lists of one holder; a row that makes no sense fails all of them.

    There is nowhere to tell of a row left out.
    """
    if type_ is TargetListType.OTHER:
        return []  # there is no such word to ask by
    if holder.kind is Kind.STAGE:
        pages = lists.attached(holder, type_.value if type_ else None)
    else:
        pages = lists.target_lists(holder.source_id)
    try:
        batches = [one async for one in pages]
    except errors.Missing:
        return None
    except errors.UpstreamFailure as failure:
        return failure
    if any(one.dropped for one in batches):
        return lists.nonsense()
    pipeline = holder.scope or holder.source_id
    return [normalise.target_list(row, pipeline, type_) for one in batches for row in one.rows]


def _only(read: _Answer, type_: _Type) -> _Answer:
    """Pick those of a type."""
    if type_ is None or not isinstance(read, list):
        return read
    return [one for one in read if one.type is type_]
