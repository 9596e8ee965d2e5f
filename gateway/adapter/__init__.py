"""The port: what every source is, and one capability per thing that a source may do.

A source inherits what it can do, `class Esper(Adapter, ReadsStages)`. A capability's methods are
abstract and `@source` refuses a class that leaves one out, at import. The graph's `capabilities`
and the README's table are read off the same classes.
"""

from gateway.adapter.asks import Batch, ProcessAsk, Span, StageAsk, TargetListsAsk, WorkAsk
from gateway.adapter.capabilities import (
    FindsProcesses,
    ListsStagesOfProcesses,
    ReadsPeople,
    ReadsPipelines,
    ReadsProspects,
    ReadsReferences,
    ReadsSpaceRoles,
    ReadsStages,
    ReadsTargetLists,
    ReadsWorkflows,
    ReadsWorks,
)
from gateway.adapter.claims import source
from gateway.adapter.inputs import Judge, told
from gateway.adapter.port import Adapter
from gateway.adapter.world import SourceSettings, World
from gateway.adapter.writing import (
    DOES,
    EVERYTHING,
    AttachesTargetLists,
    CreatesPipelines,
    CreatesStages,
    CreatesWorkflows,
    CreatesWorks,
    DeletesPipelines,
    DeletesStages,
    DeletesWorkflows,
    DeletesWorks,
    DetachesTargetLists,
    DuplicatesWorkflows,
    MovesWorks,
    Plan,
    UpdatesPipelines,
    UpdatesStages,
    UpdatesWorkflows,
    UpdatesWorks,
    Writes,
    Written,
)

__all__ = [
    "DOES",
    "EVERYTHING",
    "Adapter",
    "AttachesTargetLists",
    "Batch",
    "CreatesPipelines",
    "CreatesStages",
    "CreatesWorkflows",
    "CreatesWorks",
    "DeletesPipelines",
    "DeletesStages",
    "DeletesWorkflows",
    "DeletesWorks",
    "DetachesTargetLists",
    "DuplicatesWorkflows",
    "FindsProcesses",
    "Judge",
    "ListsStagesOfProcesses",
    "MovesWorks",
    "Plan",
    "ProcessAsk",
    "ReadsPeople",
    "ReadsPipelines",
    "ReadsProspects",
    "ReadsReferences",
    "ReadsSpaceRoles",
    "ReadsStages",
    "ReadsTargetLists",
    "ReadsWorkflows",
    "ReadsWorks",
    "SourceSettings",
    "Span",
    "StageAsk",
    "TargetListsAsk",
    "UpdatesPipelines",
    "UpdatesStages",
    "UpdatesWorkflows",
    "UpdatesWorks",
    "WorkAsk",
    "World",
    "Writes",
    "Written",
    "source",
    "told",
]
