"""Judges what the inputs of Esper's stages and pipelines have in common; nothing is sent."""

from collections.abc import Mapping
from typing import Any

from gateway import errors
from gateway.adapter import Judge, Written, told
from gateway.sources.esper.normalise_writes import Fields
from schema.types.ids import GlobalId
from schema.types.mutation_errors import Constraint
from schema.types.resource import Resource
from schema.types.source import Source

_LONGEST = 10_000
"""Characters of a text. Esper tells no number; what is too long for it, it refuses itself."""


def judge_new(judge: Judge, name: str, description: str | None) -> None:
    """Judge the texts of something new; a description of None is none."""
    judge.text(name, "name", longest=_LONGEST)
    if description is not None:
        judge.text(description, "description", longest=_LONGEST, may_be_empty=True)


def judge_changes(judge: Judge, changes: Fields) -> None:
    """Judge what is to be changed."""
    if "name" in changes:
        judge.text(_text(changes["name"]), "name", longest=_LONGEST)
    description = changes.get("description")
    if description is not None:
        judge.text(_text(description), "esper", "description", longest=_LONGEST, may_be_empty=True)


def judge_others(judge: Judge, others: Mapping[str, Any], what: str) -> None:
    """Refuse blocks of other sources.

    Args:
        judge: notes them.
        others: the blocks by name, absent ones too.
        what: the object, such as "stage".
    """
    for name, block in others.items():
        if told(block) is not None:
            words = f"The {what} is one of {Source.ESPER.name}."
            judge.wrong(words, Constraint.WRONG_SOURCE, name)


def surely_new(key: GlobalId, row: Resource) -> Written:
    """Return an object that equals what was to be created.

    Raises:
        errors.Unsure: if it does not tell when it was created, and so may be older than that.
    """
    if row.created_at is None:
        message = (
            "An earlier try under this idempotency key may have been applied: "
            f"{key.source.name} has one that equals the input, and does not tell how old it is. "
            "Look at it yourself; write again under a new key."
        )
        raise errors.Unsure(key.source, message)
    return Written(key=key, row=row, since=row.created_at)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
