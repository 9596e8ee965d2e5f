"""The first works of many stages at once: those of all from one list, the rest stage by stage."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import datetime

from gateway import errors
from gateway.adapter import Batch
from gateway.sources.devrev import normalise_works, wire_works
from gateway.sources.devrev.asks import Sort
from gateway.sources.devrev.sorting import times
from gateway.sources.devrev.ways import Wish
from gateway.sources.devrev.works import Page, Works
from gateway.upstream.origin import Row
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId
from schema.types.work import Work

_LATEST = Sort("modified_date", descending=True)

_MOST_PAGES = 2
"""Pages of the list over several stages; where they do not do, each stage has a list."""

_MORE = 5
"""Rows beyond those that are wanted: the last one shows that those before it are the latest."""

Found = Mapping[GlobalId, Batch[Work]]
Rows = dict[str, Row[wire_works.Work]]
Times = list[datetime]


class _Pile:
    """What was read of the works of some stages.

    Args:
        stages: which.
        first: how many of each are wanted.
    """

    def __init__(self, stages: Collection[GlobalId], first: int) -> None:
        self._first = first
        self._sure: dict[GlobalId, Rows] = {one: {} for one in stages}
        self._unsure: dict[GlobalId, set[str]] = {one: set() for one in stages}
        self._dropped = 0
        self._passed = Times()
        self.has_ended = False

    def add(self, page: Page) -> None:
        """Put a page's works to their stages."""
        for row, places in zip(page.rows, page.places, strict=True):
            self._dropped += not places and normalise_works.stage_name(row.wire) is not None
            for place in places:
                if place in self._sure and len(places) == 1:
                    self._sure[place][row.wire.id] = row
                elif place in self._sure:
                    self._unsure[place].add(row.wire.id)
        self._dropped += page.dropped
        self.has_ended = page.is_last
        if page.in_order:
            self._passed = times(page.rows, _LATEST.field) or self._passed

    def is_sure(self, stage: GlobalId) -> bool:
        """Tell whether no work may be in a stage or in another one of its name."""
        return not self._unsure[stage]

    def has_enough(self, stage: GlobalId) -> bool:
        """Tell whether a stage's first works are among what was read.

        What follows in the list is not later than what was passed, but may be as late, and then
        comes before some of it, by its id.
        """
        if self.has_ended or not self._passed:
            return self.has_ended
        changed = times(list(self._sure[stage].values()), _LATEST.field)
        return sum(one > self._passed[-1] for one in changed) >= self._first

    def batch(self, stage: GlobalId) -> Batch[Work]:
        """Return a stage's first works; those that may be of another stage are left out."""
        made = [
            normalise_works.placed(row.made(normalise_works.work), stage)
            for row in self._sure[stage].values()
        ]
        made.sort(key=_place)
        return Batch(made[: self._first], self._dropped + len(self._unsure[stage]))


class ByStage:
    """Reads the first works of stages.

    Args:
        works: reads lists.
    """

    def __init__(self, works: Works) -> None:
        self._works = works

    async def first(self, stages: Sequence[GlobalId], first: int, trace: Trace) -> Found:
        """Return the first works of each stage, latest change first, then by global id.

        Raises:
            errors.UpstreamFailure: TooLarge, if DevRev does not sort and a stage has too many.
        """
        asked = list(dict.fromkeys(stages))
        found: Found = await self._from_one_list(asked, first, trace) if len(asked) > 1 else {}
        short = [one for one in asked if one not in found]
        alone = await together(self._alone(one, first, trace) for one in short)
        return {**found, **dict(zip(short, alone, strict=True))}

    async def _from_one_list(
        self, stages: Sequence[GlobalId], first: int, trace: Trace
    ) -> dict[GlobalId, Batch[Work]]:
        """Read a little of a list over all stages; return what of them it has surely whole."""
        pile = _Pile(stages, first)
        count = 0
        with suppress(errors.TooLarge):  # each stage by itself may not be
            async with aclosing(self._works.pages(_wish(stages), trace)) as pages:
                async for page in pages:
                    pile.add(page)
                    count += 1
                    if count == _MOST_PAGES or all(map(pile.has_enough, stages)):
                        break
                pile.has_ended |= count == 0
        good = [one for one in stages if pile.has_enough(one) and pile.is_sure(one)]
        return {one: pile.batch(one) for one in good}

    async def _alone(self, stage: GlobalId, first: int, trace: Trace) -> Batch[Work]:
        """Read the list of one stage as far as it is needed."""
        pile = _Pile([stage], first)
        wish = _wish([stage], first + _MORE)
        async with aclosing(self._works.pages(wish, trace)) as pages:
            async for page in pages:
                pile.add(page)
                if pile.has_enough(stage):
                    break
        return pile.batch(stage)


def _wish(stages: Sequence[GlobalId], rows: int | None = None) -> Wish:
    return Wish(stages=stages, sort=_LATEST, rows=rows)


def _place(work: Work) -> tuple[bool, float, str]:
    """Return what works are compared by: latest change first, those without one last, then id."""
    changed = work.updated_at
    return (changed is None, -changed.timestamp() if changed else 0.0, work.id)
