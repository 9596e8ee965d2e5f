"""Reads of all that a source's writes may change, by every way that the graph has."""

from collections.abc import Sequence

from schema.types.ids import Kind
from schema.types.source import Source
from tests.fixtures import Graph
from tests.http.asking import Row, State, gid

_STAGE = """
fragment S on Stage {
  id version name position color
  process { id name } processes { id name version }
  ... on DevRevStage { displayId state { name } }
  ... on OutreachStage { prospectIds canDelete }
  ... on EsperStage { description timeoutSeconds }
  ... on StoryblokStage {
    isDefault allowPublish nextStages { id name } afterPublish { id name } users { id displayName }
  }
}
"""
_PROCESS = """
fragment P on Process {
  id version name
  stages { totalCount nodes { id name position color version } }
  ... on EsperPipeline { description targetLists { id name } }
  ... on Workflow { isDefault transitions { from { id name } to { id name } } }
  ... on StoryblokWorkflow { contentTypes }
  ... on DevRevWorkflow { leafType nodes { isStart stage { id name } nextStages { id name } } }
}
"""
_WORK = """
fragment W on Work {
  id version title body closedAt owners { id displayName } stage { id name }
  ... on DevRevWork { displayId part { id name } tags { tag { id } } }
}
"""
_NAMES = "totalCount isComplete nodes { id name position version }"

_SOME = 16
"""So many objects are asked for by id at most."""

_MANY = 25
"""So many works are asked for at a time: the first by the last change, and the last by title."""


def reads(state: State, source: Source, touched: str | None) -> Sequence[str]:
    """Return queries of all that a source has, made for its state.

    Args:
        state: the source's.
        source: which it is.
        touched: global id of one object that is to be among those that are asked for by id.
    """
    stages, processes, works = _ids_of(state, source)
    first = [one for one in [touched] if one]
    queries = [*_lists(source), _by_ids([*first, *processes, *works, *stages][:_SOME])]
    if processes:
        queries.append(_of_processes(processes))
    if source is Source.DEVREV:
        queries += _works_at(stages)
    if source is Source.ESPER:
        queries += _target_lists(state, stages)
    return queries


async def read(graph: Graph, queries: Sequence[str]) -> Sequence[Row]:
    """Return the answers, one query after the other."""
    return [await graph.data(query) for query in queries]


def _ids_of(state: State, source: Source) -> tuple[list[str], list[str], list[str]]:
    """Return global ids of all stages and processes, and of some works."""
    if source is Source.STORYBLOK:
        spaces = {
            row["id"]: space for space, rows in state["stages_by_space"].items() for row in rows
        }
        homes = {row["workflow_id"]: spaces[row["id"]] for row in state["stages"]}
        stages = [gid(source, Kind.STAGE, one["id"], spaces[one["id"]]) for one in state["stages"]]
        flows = [
            gid(source, Kind.WORKFLOW, one["id"], homes[one["id"]]) for one in state["workflows"]
        ]
        return stages, flows, []
    if source is Source.ESPER:
        stages = [gid(source, Kind.STAGE, one["id"], one["pipeline_id"]) for one in state["stages"]]
        return stages, [gid(source, Kind.PIPELINE, one["id"]) for one in state["pipelines"]], []
    stages = [gid(source, Kind.STAGE, one["id"]) for one in state["stages"]]
    flows = [gid(source, Kind.WORKFLOW, one["id"]) for one in state.get("workflows", ())]
    works = [gid(source, Kind.WORK, one["id"]) for one in state.get("works", ())[:10]]
    return stages, flows, works


def _lists(source: Source) -> Sequence[str]:
    its = f"filter: {{sources: [{source.name}]}}"
    counts = " ".join(f"{name}({its}) {{ totalCount }}" for name in ("stages", *_BESIDE[source]))
    queries = [f"{{ {counts} }}", f"{{ stages(first: 200, {its}) {{ {_rows('S')} }} }} {_STAGE}"]
    for name in _BESIDE[source]:
        part, text = ("W", _WORK) if name == "works" else ("P", _PROCESS)
        queries.append(f"{{ {name}(first: {_MANY}, {its}) {{ {_rows(part)} }} }} {text}")
    if source is Source.DEVREV:
        order = "orderBy: {field: TITLE}"
        queries.append(f"{{ works(last: {_MANY}, {order}, {its}) {{ {_rows('W')} }} }} {_WORK}")
    return queries


_BESIDE = {
    Source.DEVREV: ("workflows", "works"),
    Source.OUTREACH: (),
    Source.ESPER: ("pipelines",),
    Source.STORYBLOK: ("workflows",),
}
"""The lists that a source has beside that of stages."""


def _rows(fragment: str) -> str:
    return f"totalCount isComplete nodes {{ ...{fragment} }}"


def _listed(ids: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in ids) + "]"


def _by_ids(ids: Sequence[str]) -> str:
    its = "{ __typename ...S ...P ...W }"
    alone = " ".join(f'n{n}: node(id: "{one}") {its}' for n, one in enumerate(ids[:4]))
    return f"{{ nodes(ids: {_listed(ids)}) {its} {alone} }} {_STAGE} {_PROCESS} {_WORK}"


def _of_processes(ids: Sequence[str]) -> str:
    each = " ".join(
        f'p{n}: stages(first: 200, filter: {{processIds: ["{one}"]}}) {{ {_NAMES} }}'
        for n, one in enumerate(ids)
    )
    return f"{{ {each} }}"


def _works_at(ids: Sequence[str]) -> Sequence[str]:
    """Return queries of the works at stages: by the stages, and by a filter."""
    nested = f"... on Stage {{ id works(first: 2) {{ {_rows('W')} }} }}"
    at_one = f"works(first: {_MANY}, filter: {{stageIds: {_listed(ids[:1])}}}) {{ {_rows('W')} }}"
    at_all = f"works(first: {_MANY}, filter: {{stageIds: {_listed(ids)}}}) {{ {_rows('W')} }}"
    return [
        f"{{ nodes(ids: {_listed(ids)}) {{ {nested} }} }} {_WORK}",
        f"{{ {at_one} }} {_WORK}",
        f"{{ {at_all} }} {_WORK}",
    ]


def _target_lists(state: State, stages: Sequence[str]) -> Sequence[str]:
    """Return queries of target lists: of stages, and of those that can be named."""
    nested = "... on EsperStage { id targetLists { id name type } }"
    each = " ".join(
        f"p{n}: references(source: ESPER, kind: TARGET_LIST, scopeSourceId: "
        f'"{one["id"]}") {{ totalCount nodes {{ id name }} }}'
        for n, one in enumerate(state["pipelines"])
    )
    return [f"{{ nodes(ids: {_listed(stages)}) {{ {nested} }} }}", f"{{ {each} }}"]
