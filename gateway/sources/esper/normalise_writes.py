"""The graph's inputs to Esper's words; pure."""

from collections.abc import Mapping
from typing import Any

from strawberry import Some

from gateway.adapter import told
from gateway.errors import Path
from gateway.sources.esper import wire
from schema.types.inputs.esper import CreateEsperPipeline, CreateEsperStage
from schema.types.inputs.process import UpdatePipelineInput
from schema.types.inputs.stage import UpdateStageInput

Fields = dict[str, object]
"""What is written, in Esper's words."""

_WRITABLE = {
    wire.Pipeline: ("name", "description"),
    wire.Stage: ("name", "description", "timeout_seconds"),
}


def new_stage(new: CreateEsperStage) -> Fields:
    """Return the fields of a new stage."""
    return _given(
        {
            "name": new.name,
            "description": told(new.description),
            "timeout_seconds": told(new.timeout_seconds),
        }
    )


def new_pipeline(new: CreateEsperPipeline) -> Fields:
    """Return the fields of a new pipeline."""
    return _given({"name": new.name, "description": told(new.description)})


def stage_changes(patch: UpdateStageInput) -> Fields:
    """Return the fields that a patch sets or clears."""
    own = told(patch.esper)
    return _changes(
        {
            "name": patch.name,
            "description": own and own.description,
            "timeout_seconds": own and own.timeout_seconds,
        }
    )


def pipeline_changes(patch: UpdatePipelineInput) -> Fields:
    """Return the fields that a patch sets or clears."""
    own = told(patch.esper)
    return _changes({"name": patch.name, "description": own and own.description})


def is_whole(changes: Fields, kind: type[wire.Stage | wire.Pipeline]) -> bool:
    """Tell whether all that can be written in an object is given."""
    return set(_WRITABLE[kind]) <= set(changes)


def whole(now: wire.Stage | wire.Pipeline, changes: Fields) -> Fields:
    """Return an object as it is to be, so that a PUT that replaces takes nothing away.

    What is null now is left out, which keeps it so whether a PUT replaces or not.
    """
    return {**_given({name: getattr(now, name) for name in _WRITABLE[type(now)]}), **changes}


def is_as_sent(found: object, sent: Fields) -> bool:
    """Tell whether an object, of Esper's or the graph's, has all that was sent.

    Esper may cut blanks off a text, and take an empty one for none.
    """
    return all(_tidy(getattr(found, name)) == _tidy(value) for name, value in sent.items())


def paths_of_new(at: Path) -> dict[str, Path]:
    """Return where the fields of something new stand in its input."""
    return {
        "": at,
        "name": (*at, "name"),
        "description": (*at, "description"),
        "timeout_seconds": (*at, "timeoutSeconds"),
    }


PATHS_OF_CHANGES: Mapping[str, Path] = {
    "": ("input", "id"),
    "name": ("input", "name"),
    "description": ("input", "esper", "description"),
    "timeout_seconds": ("input", "esper", "timeoutSeconds"),
}
"""Where the fields of a patch stand in its input; what is about none is about the object."""


def _given(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value is not None}


def _changes(fields: Mapping[str, Some[Any] | None]) -> Fields:
    return {name: one.value for name, one in fields.items() if one is not None}


def _tidy(value: object) -> object:
    return value.strip() or None if isinstance(value, str) else value
