"""What is asked: the same operations of every server."""

from typing import Any, NamedTuple

from tests.benchmarks.upstream import HOUSE, LARGE

CALLERS = 32
"""Callers at once, where answers come from memory."""

STAGES_BY_ID = 5000

_ISSUES = "filter: {types: [ISSUE]}"
_ACTOR = "{ id source sourceId displayId kind displayName fullName email state }"
_PART = "{ id sourceId displayId type name }"
_SYNC = "{ status syncedAt unit { id displayId name type externalSystemType isArchived } }"

ISSUE = f"""... on DevRevIssue {{
  id source sourceId displayId title body subtype externalRef stageNotes stateDisplayName
  createdAt updatedAt targetCloseAt closedAt
  createdBy {_ACTOR} updatedBy {_ACTOR} owners {_ACTOR} reporters {_ACTOR}
  part {_PART}
  tags {{ value tag {{ id sourceId displayId name color }} }}
  artifacts {{ id sourceId displayId fileName fileType fileSizeBytes }}
  customFields customSchemaFragmentIds stockSchemaFragmentId
  sync {{ originSystem externalReference lastIn {_SYNC} lastOut {_SYNC} }}
  priority priorityValue {{ id label ordinal value }}
  estimatedEffort startedAt targetStartAt
  sprint {{ id sourceId type name state startsAt endsAt }}
  developedWith {_PART}
  sla {{ stage closestToBreachMetric remainingMinutes targetAt }}
  slaTracker {{ id displayId appliesToId appliesToType }}
}}"""
"""Every field of an issue but those that the README of this folder leaves out, and why."""

STAGE_OF_WORK = "id name position ... on DevRevStage { displayId state { id name isFinal } }"
STAGE_BY_ID = "id name position color updatedAt createdBy { id fullName email }"


class Workload(NamedTuple):
    """One operation.

    Attributes:
        name: as the plan has it. title: in words.
        query: its text.
        is_cold: whether nothing is kept, so that every request asks the vendors.
        delay: seconds that every vendor takes to answer.
        outreach: whose Outreach is read.
        is_mutation: whether it writes.
    """

    name: str
    title: str
    query: str
    is_cold: bool = False
    delay: float = 0.0
    outreach: str = HOUSE
    is_mutation: bool = False

    @property
    def callers(self) -> int:
        """How many ask at once: one alone where calls could be shared among requests."""
        return 1 if self.is_cold else CALLERS

    def variables(self, ids: list[str]) -> list[dict[str, Any] | None]:
        """Return the variables of requests, which are taken in turn.

        Args:
            ids: of stages, for the workload that asks by id.
        """
        return [{"id": one} for one in ids] if "$id" in self.query else [None]


_WORKS = f"works(first: 100, {_ISSUES})"
_OWNERS = "owners { id displayId fullName email }"
_OF_WORKS = f"{{ nodes {{ id title {_OWNERS} stage {{ {STAGE_OF_WORK} }} }} }}"

PARTS = {
    "devrev": f"works(first: 20, {_ISSUES}) {{ nodes {{ id title updatedAt }} }}",
    "outreach": "stages(first: 20, filter: {sources: [OUTREACH]}) { nodes { id name position } }",
    "esper": "pipelines(first: 20) { nodes { id name updatedAt } }",
    "storyblok": "workflows(first: 20, filter: {sources: [STORYBLOK]}) { nodes { id name } }",
}
"""One list of each source, for each of which one call is enough."""

WORKLOADS = {
    one.name: one
    for one in (
        Workload("W5", "`{__typename}`", "{__typename}"),
        Workload(
            "W1",
            "100 stages of four sources, kept",
            "{ stages(first: 100) { nodes { id source name position updatedAt } } }",
        ),
        Workload("W2", "100 works with owners and stage, kept", f"{{ {_WORKS} {_OF_WORKS} }}"),
        Workload(
            "W2c",
            "100 works with owners and stage, cold",
            f"query Cold {{ {_WORKS} {_OF_WORKS} }}",
            is_cold=True,
        ),
        Workload(
            "W3",
            "lists of four sources at once, cold, 20 ms away",
            f"{{ {' '.join(PARTS.values())} }}",
            is_cold=True,
            delay=0.02,
        ),
        Workload(
            "W4",
            "200 works with every field, kept",
            f"{{ works(first: 200, {_ISSUES}) {{ nodes {{ {ISSUE} }} }} }}",
        ),
        Workload(
            "W6",
            f"one stage by id, of {STAGES_BY_ID:,} kept ones",
            f"query Stage($id: ID!) {{ stage(by: {{id: $id}}) {{ {STAGE_BY_ID} }} }}",
            outreach=LARGE,
        ),
        Workload(
            "W7",
            "create a stage",
            'mutation { createStage(input: {stage: {outreach: {name: "Pilot", position: 9, color: '
            '"#5951ff"}}}) { stage { id sourceId name position color } errors { message } } }',
            is_mutation=True,
        ),
    )
}
