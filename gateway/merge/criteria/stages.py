"""What a list of stages is asked for."""

from typing import Self

from gateway.adapter import StageAsk
from gateway.merge.criteria.plain import Criteria, of_source, plain, read_ids, texts_of_ids
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.stage import StageFilter, StageOrder, StageOrderField


class StageCriteria(Criteria, frozen=True, kw_only=True):
    """Of stages; `processes` are ids of pipelines and workflows, for the sources to judge."""

    processes: tuple[str, ...] | None = None

    @classmethod
    def of(cls, chosen: StageFilter | None, order: StageOrder | None) -> Self:
        """Read the arguments of a list; raises Rejected for too many ids."""
        chosen = chosen or StageFilter()
        processes = texts_of_ids(chosen.process_ids, "processIds")
        return cls(**plain(chosen, order or StageOrder(), chosen.name), processes=processes)

    def ids(self) -> dict[str, list[GlobalId] | None]:
        """Return the ids of processes."""
        kinds = (Kind.PIPELINE, Kind.WORKFLOW)
        return {"processIds": read_ids(self.processes, "processIds", kinds)}

    def ask(self, source: Source, *, backward: bool, rows: int | None) -> StageAsk:
        """Return what a source is asked for; its pages are as long as they are anyway."""
        del rows
        return StageAsk(
            names=self.names,
            processes=of_source(self.ids()["processIds"], source),
            created=self.created,
            updated=self.updated,
            order=StageOrderField(self.order),
            descending=self.descending != backward,
        )
