"""What stands beside a request's objects: the stage of a work, the processes of a stage."""

from collections.abc import Sequence

from gateway.context.objects import Objects, refuse_many
from gateway.errors import Rejected
from gateway.loaders import Part, joined
from schema.relations import Each, of_each
from schema.types.esper import TargetList, TargetListType
from schema.types.ids import GlobalId
from schema.types.process import Process
from schema.types.resource import Resource
from schema.types.stage import Stage
from schema.types.work import Work


class Beside(Objects):
    """What is found by an object, for a whole list of them."""

    def processes_of_stages(self, stages: Sequence[Stage]) -> Each[list[Process]]:
        """Return the processes that each stage stands in."""
        told: list[int] = []
        untold: list[int] = []
        for at, stage in enumerate(stages):
            (untold if stage.process_keys is None else told).append(at)
        parts: list[Part] = []
        if told:
            keys = [stages[at].process_keys or () for at in told]
            parts.append((told, self.load_lists(Process, keys)))
        if untold:
            asked = self._loaders.processes_of([_key(stages[at]) for at in untold])
            parts.append((untold, of_each(asked, lambda some: list(some or ()))))
        return joined(len(stages), parts)

    def stages_of_works(self, works: Sequence[Work]) -> Each[Stage | None]:
        """Return the stage that each work is in."""
        keys = [work.stage_key for work in works]
        if all(keys):
            return self.load_each(Stage, keys)
        named: list[int] = []
        names: list[str] = []
        for at, work in enumerate(works):
            if work.stage_key is None and work.stage_name is not None:
                named.append(at)
                names.append(work.stage_name)
        told = [at for at, key in enumerate(keys) if key is not None]
        by_name = self._loaders.stages_named([works[at].source for at in named], names)
        by_key = self.load_each(Stage, [keys[at] for at in told])
        return joined(len(works), [(told, by_key), (named, by_name)])

    def target_lists(
        self,
        holders: Sequence[Stage | Process],
        type: TargetListType | None,  # noqa: A002 - the graph's word
    ) -> Each[list[TargetList] | None]:
        """Return the target lists of stages or pipelines."""
        if type is TargetListType.OTHER:
            message = "`type` takes GROUPS, DEVICES or COLLECTIONS."
            raise Rejected(message)
        return self._loaders.target_lists_of([_key(one) for one in holders], type)

    def prospects(self, stages: Sequence[Stage], first: int) -> Each[Sequence[GlobalId]]:
        """Return the ids of the first prospects at each stage, by id."""
        refuse_many("first", first, least=1)
        found = self._loaders.prospects_of([_key(one) for one in stages], first)
        return of_each(found, lambda ids: ids or ())


def _key(row: Resource) -> GlobalId:
    return GlobalId.parse(row.id)
