"""How a write is refused: what is wrong, and the shapes that tell it.

The vendor has no single shape; the words are those of the framework that its shapes come from.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from starlette.responses import JSONResponse, Response

SHAPES = ("typed", "mixed", "text", "list", "map", "errors", "fields")
"""The shapes; `typed` is the one that the vendor's types have for the thing that is written."""

_TYPED = {"workflow_stage": "mixed", "space_role": "fields", "webhook_endpoint": "fields"}
"""The shape by the key of what is written; others may be told in any."""

_BASE = "base"
"""Stands for the field where the whole is wrong."""

BLANK = "can't be blank"
TAKEN = "has already been taken"
UNKNOWN = "must exist"

Complaints = dict[str, list[str]]
"""What is wrong by field; by "" what is wrong with the whole."""


class RefusedError(Exception):
    """A write is refused with 422."""

    def __init__(self, complaints: Mapping[str, list[str]]) -> None:
        super().__init__(complaints)
        self.complaints = complaints


class GoneError(Exception):
    """What is to be written is not there: 404."""


class NotAllowedError(Exception):
    """The credential's user may not do this: 403."""


def refuse_whole(message: str) -> NoReturn:
    """Refuse a write, but none of its fields."""
    raise RefusedError({"": [message]})


def refusal(complaints: Mapping[str, list[str]], shape: str, one: str) -> Response:
    """Answer 422 in a shape.

    Args:
        complaints: what is wrong.
        shape: one of `SHAPES`.
        one: the key of what is written.
    """
    shape = _TYPED.get(one, "fields") if shape == "typed" else shape
    sentences = [_sentence(name, word) for name, words in complaints.items() for word in words]
    named = {name or _BASE: words for name, words in complaints.items()}
    bodies: dict[str, Any] = {
        "mixed": {
            **{name: words for name, words in complaints.items() if name},
            "error": ", ".join(sentences),
        },
        "text": {"error": ", ".join(sentences)},
        "list": {"error": sentences},
        "map": {"error": named},
        "errors": {"errors": named},
        "fields": named,
    }
    return JSONResponse(bodies[shape], 422)


def _sentence(name: str, word: str) -> str:
    """Put a field's name before what is wrong with it."""
    if not name:
        return word
    return f"{name.replace('_', ' ').replace('.', ' ').capitalize()} {word}"
