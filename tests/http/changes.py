"""Compares a vendor's whole state before and after a write with what the write is to change."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from tests.http.asking import Change, Row, State

_OTHER_VIEWS = {"stages_by_space", "activities"}
"""Collections that show others once more, and the vendor's own log."""

_MOVED = {"modified_by", "modified_date", "updated_at", "updated_by", "updatedAt", "updater"}
"""What every vendor changes in an object that is written."""


def want_changed(before: State, after: State, change: Change) -> None:
    """Want a state to be as a change makes it, and all else as it was."""
    known = {*change.added, *change.removed, *change.changed}
    assert before.keys() == after.keys()
    assert known <= before.keys()
    for name in before:
        if name not in _OTHER_VIEWS and not _is_view(before, name):
            _want_collection(name, before[name], after[name], change)


def _is_view(state: State, name: str) -> bool:
    """Tell whether a collection is an earlier one under the name that the graph has for it."""
    earlier = list(state)[: list(state).index(name)]
    return any(state[one] and state[one] == state[name] for one in earlier)


def _want_collection(
    name: str, before: Sequence[Row], after: Sequence[Row], change: Change
) -> None:
    old, now = _by_id(name, before), _by_id(name, after)
    gone = set(_by_id(name, change.removed.get(name, ())))
    assert old.keys() - now.keys() == gone, name
    new = [row for key, row in now.items() if key not in old]
    told = change.added.get(name, ())
    assert len(new) == len(told), name
    for row, some in zip(new, told, strict=True):
        assert row == _merged(row, some), name
    changed = change.changed.get(name, {})
    assert changed.keys() <= now.keys(), name
    for key in old.keys() & now.keys():
        was, its = old[key], now[key]
        if key in changed:
            was, its = _settled(_merged(was, changed[key])), _settled(its)
        assert its == was, name


def _by_id(name: str, rows: Sequence[Row]) -> dict[Any, Row]:
    """Return objects by id; where they have none of their own, by all that they have."""
    flat = [_flat(row) for row in rows]
    if name == "untold":
        return {msgspec.json.encode(row): row for row in flat}
    return {row.get("id", msgspec.json.encode(row)): row for row in flat}


def _flat(row: Row) -> Row:
    """Return an object with the ids of those that are shown inside it: they are told elsewhere."""
    return {name: _inner(value) for name, value in row.items()}


def _inner(value: Any) -> Any:
    if isinstance(value, list):
        return [_inner(one) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        its = cast("Row", value)
        return its["id"] if "id" in its else _flat(its)
    return value


def _merged(row: Row, some: Row) -> Row:
    """Return an object with some fields as told, dicts in it likewise."""

    def merged(old: Any, new: Any) -> Any:
        if isinstance(old, dict) and isinstance(new, dict):
            return _merged(cast("Row", old), cast("Row", new))
        return new

    return {**row, **{name: merged(row.get(name), value) for name, value in some.items()}}


def _settled(row: Row) -> Row:
    """Return an object without who changed it last, and when."""
    return {name: _settled_in(value) for name, value in row.items() if name not in _MOVED}


def _settled_in(value: Any) -> Any:
    return _settled(cast("Row", value)) if isinstance(value, dict) else value
