"""Looks ahead: which fields of a field's result are selected."""

from collections.abc import Iterator
from typing import Any

from strawberry.types import Info
from strawberry.types.nodes import SelectedField, Selection


def selects(info: Info[Any, Any], name: str) -> bool:
    """Tell whether a field is selected below, through fragments too."""
    # Whoever runs an operation time and again may keep what is the same in each run.
    remembered: dict[str, bool] = getattr(info, "remembered", {})
    if name not in remembered:
        remembered[name] = any(one.name == name for one in _below(info))
    return remembered[name]


def selected_below(info: Info[Any, Any], name: str) -> frozenset[str]:
    """Return the names of the fields that are selected of the field `name` below.

    Names are the graph's, whatever a query's aliases are. Fragments count whatever type they are
    on, as the type of the result is not known yet.
    """
    found = [one for one in _below(info) if one.name == name]
    return frozenset(field.name for one in found for field in _fields(one.selections))


def _below(info: Info[Any, Any]) -> Iterator[SelectedField]:
    for field in info.selected_fields:
        yield from _fields(field.selections)  # the same field may be selected in several places


def _fields(selections: list[Selection]) -> Iterator[SelectedField]:
    """Yield the fields that are not left out by a directive, those in fragments too."""
    for selection in selections:
        if _is_left_out(selection):
            continue
        if isinstance(selection, SelectedField):
            yield selection
        else:
            yield from _fields(selection.selections)


def _is_left_out(selection: Selection) -> bool:
    directives = selection.directives
    return bool(directives.get("skip", {}).get("if")) or not directives.get("include", {}).get(
        "if", True
    )
