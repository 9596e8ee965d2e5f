"""Judges what the inputs of Esper's stages and pipelines have in common; nothing is sent."""

from gateway.adapter import Judge
from gateway.sources.esper.normalise_writes import Fields

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


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
