"""Workflows as these tests name and show them."""

from typing import Any

from schema.types.devrev import DevRevWorkflow
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source

ROOT = "don:core:dvrv-us-1:devo/0:"

Json = dict[str, Any]


def key(text: str, kind: Kind = Kind.WORKFLOW) -> GlobalId:
    return GlobalId(Source.DEVREV, kind, "", text)


def flow(number: int) -> GlobalId:
    return key(f"{ROOT}stage_diagram/{number}")


def stage(number: int) -> GlobalId:
    return key(f"{ROOT}custom_stage/{number}", Kind.STAGE)


def told(one: Any) -> Json:
    def time(of: Any) -> str | None:
        return of and of.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    assert isinstance(one, DevRevWorkflow)
    return {
        "id": one.id,
        "fields": (
            one.source, one.source_id, one.display_id, one.name,
            one.leaf_type, one.is_default, one.is_custom_leaf_type,
        ),
        "people": tuple(who and who.source_id for who in (one.created_by, one.updated_by)),
        "times": (time(one.created_at), time(one.updated_at)),
        "nodes": [
            (node.stage_key, node.next_stage_keys, node.is_start, node.is_deprecated)
            for node in one.nodes or ()
        ],
        "members": one.members,
        "steps": [(step.from_key, step.to_key) for step in one.transitions or ()],
        "raw": one.origin.raw(),
    }  # fmt: skip
