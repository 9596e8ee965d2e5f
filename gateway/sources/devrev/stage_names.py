"""The names of the stages: works may tell no more of theirs, and be asked for by no more."""

from collections.abc import Collection, Iterable, Sequence

from gateway.sources.devrev import normalise, wire
from gateway.sources.devrev.objects import Objects
from gateway.upstream.trace import Trace
from schema.types.devrev import DevRevStage
from schema.types.ids import GlobalId, Kind


class StageNames:
    """All stages there are, by name; several may share one."""

    def __init__(self, stages: Sequence[DevRevStage], *, is_whole: bool) -> None:
        self.named: dict[str, list[DevRevStage]] = {}
        self._names: dict[GlobalId, str] = {}
        self._is_whole = is_whole
        for stage in stages:
            self.named.setdefault(stage.name or "", []).append(stage)
            self._names[_key(stage)] = stage.name or ""

    def of(self, stages: Iterable[GlobalId]) -> list[str] | None:
        """Return the names of stages, each once; None where one of them may have any.

        Stages that do not exist have none.
        """
        names = [self._names.get(one) for one in stages]
        if None in names and not self._is_whole:
            return None
        return list(dict.fromkeys(one for one in names if one is not None))

    def twins(self, stages: Collection[GlobalId]) -> list[GlobalId]:
        """Return the other stages of the names of some."""
        alike = [one for name in self.of(stages) or () for one in self.alike(name)]
        return [one for one in alike if one not in stages]

    def alike(self, name: str) -> list[GlobalId]:
        """Return the stages of a name."""
        return [_key(one) for one in self.named.get(name, ())]


class Register:
    """Reads the names when they are needed first, and then has them.

    Args:
        stages: the custom stages.
        trace: counts the calls.
    """

    def __init__(self, stages: Objects[wire.Stage], trace: Trace) -> None:
        self._stages = stages
        self._trace = trace
        self._names: StageNames | None = None

    async def read(self) -> StageNames:
        """Return the names of all stages."""
        if self._names is None:
            found: dict[str, DevRevStage] = {}
            dropped = 0
            async for rows, spoilt in self._stages.pages(self._trace):
                dropped += spoilt
                found |= {row.wire.id: row.made(normalise.stage) for row in rows}
            self._names = StageNames(list(found.values()), is_whole=not dropped)
        return self._names


def _key(stage: DevRevStage) -> GlobalId:
    return normalise.global_id(Kind.STAGE, stage.source_id)
