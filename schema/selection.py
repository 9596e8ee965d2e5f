"""Looks ahead: which fields of a field's result are selected."""

from typing import Any

from strawberry.types import Info
from strawberry.types.nodes import SelectedField, Selection


def selects(info: Info[Any, Any], name: str) -> bool:
    """Tell whether a field is selected below, through fragments too."""
    return any(_selects(field.selections, name) for field in info.selected_fields)


def _is_left_out(selection: Selection) -> bool:
    directives = selection.directives
    return bool(directives.get("skip", {}).get("if")) or not directives.get("include", {}).get(
        "if", True
    )


def _selects(selections: list[Selection], name: str) -> bool:
    """Look through fragments."""
    for selection in selections:
        if _is_left_out(selection):
            continue
        if isinstance(selection, SelectedField):
            if selection.name == name:
                return True
        elif _selects(selection.selections, name):
            return True
    return False
