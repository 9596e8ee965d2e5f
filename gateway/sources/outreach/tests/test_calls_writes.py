"""Exact requests of writes."""

from typing import Any

import msgspec
from strawberry import Some

from gateway.sources.outreach import calls_writes, normalise_writes, refusals, wire
from gateway.upstream.call import Call, tag
from schema.types.ids import Kind
from schema.types.inputs.outreach import CreateOutreachStage
from schema.types.inputs.stage import UpdateStageInput

STAGE, PROSPECT = tag(Kind.STAGE), tag(Kind.PROSPECT)


def sent(call: Call[Any]) -> tuple[Any, ...]:
    body = None if call.body is None else msgspec.json.decode(msgspec.json.encode(call.body))
    assert not call.is_safe
    assert call.kept_as is None
    assert call.complaints is refusals.read
    return call.method, call.route, dict(call.params), call.query, body, set(call.tags)


def test_create() -> None:
    for new, attributes in (
        (CreateOutreachStage(name="A"), {"name": "A"}),
        (CreateOutreachStage(name="A", position=None, color=None), {"name": "A"}),
        (
            CreateOutreachStage(name="A", position=0, color=""),
            {"name": "A", "order": 0, "color": ""},
        ),
    ):
        call = calls_writes.create_stage(normalise_writes.new_stage(new))
        body = {"data": {"type": "stage", "attributes": attributes}}
        assert sent(call) == ("POST", "/stages", {}, (), body, {STAGE})


def test_update() -> None:
    for given, attributes in (
        ({"name": "A"}, {"name": "A"}),
        (
            {"name": None, "position": None, "color": None},
            dict.fromkeys(("name", "order", "color")),
        ),
        ({"position": 0}, {"order": 0}),
    ):
        some = {name: Some(value) for name, value in given.items()}
        patch = UpdateStageInput(id="x", **some)  # type: ignore[arg-type]
        call = calls_writes.update_stage("7", normalise_writes.changes(patch))
        body = {"data": {"type": "stage", "id": 7, "attributes": attributes}}
        assert sent(call) == ("PATCH", "/stages/{id}", {"id": "7"}, (), body, {STAGE})


def test_delete() -> None:
    call = calls_writes.delete_stage("7")
    assert sent(call) == ("DELETE", "/stages/{id}", {"id": "7"}, (), None, {STAGE, PROSPECT})


def test_what_counts_as_sent() -> None:
    values = wire.StageValues(" A ", 7, "#FFF")
    assert normalise_writes.is_as_sent(wire.StageAttributes("A", 7.0, "#fff"), values)
    for other in (
        wire.StageAttributes("a", 7.0, "#fff"),
        wire.StageAttributes("A", 8.0, "#fff"),
        wire.StageAttributes("A", None, "#fff"),
        wire.StageAttributes("A", 7.0, None),
    ):
        assert not normalise_writes.is_as_sent(other, values)
    cleared = wire.StageValues(order=None, color="")
    assert normalise_writes.is_as_sent(wire.StageAttributes("any"), cleared)
