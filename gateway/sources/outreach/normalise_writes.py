"""The graph's inputs to Outreach's words; pure."""

from typing import Any

from msgspec import UNSET, UnsetType, structs
from strawberry import Some

from gateway.adapter.inputs import told
from gateway.sources.outreach import wire
from schema.types.inputs.outreach import CreateOutreachStage
from schema.types.inputs.stage import UpdateStageInput

FIELDS = {"name": "name", "order": "position", "color": "color"}
"""The graph's name of each attribute that can be written."""


def new_stage(new: CreateOutreachStage) -> wire.StageValues:
    """Return the attributes of a new stage."""
    position, color = told(new.position), told(new.color)
    return wire.StageValues(
        new.name,
        UNSET if position is None else position,
        UNSET if color is None else color,
    )


def changes(patch: UpdateStageInput) -> wire.StageValues:
    """Return the attributes that a patch sets or clears."""
    return wire.StageValues(_given(patch.name), _given(patch.position), _given(patch.color))


def _given(field: Some[Any] | None) -> Any | UnsetType:
    return UNSET if field is None else field.value


def is_as_sent(found: wire.StageAttributes, sent: wire.StageValues) -> bool:
    """Tell whether a stage has all that was sent, as far as a vendor may tidy it up."""
    return all(
        _tidy(name, getattr(found, name)) == _tidy(name, value)
        for name, value in structs.asdict(sent).items()
        if value is not UNSET
    )


def _tidy(name: str, value: Any) -> Any:
    """Take off what may get lost: blanks around a text, and the case of a colour's digits."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return (text.casefold() if name == "color" else text) or None
