"""Compares what a vendor answers with what the graph calls it, path by path."""

from datetime import datetime
from typing import Any

USER = {
    "type": "kind",
    "display_id": "displayId",
    "id": "sourceId",
    "display_name": "displayName",
    "display_picture.display_id": "picture.displayId",
    "display_picture.id": "picture.sourceId",
    "display_picture.file.type": "picture.fileType",
    "display_picture.file.name": "picture.fileName",
    "display_picture.file.size": "picture.fileSizeBytes",
    "email": "email",
    "full_name": "fullName",
    "state": "state",
}
"""A user of DevRev, from the words of its answers to those of the graph."""


def at(value: Any, path: str) -> Any:
    """What a path of names leads to; through each of a list, and None where it ends early."""
    for number, name in enumerate(path.split(".")):
        if isinstance(value, list):
            rest = ".".join(path.split(".")[number:])
            return [at(one, rest) for one in value]
        if value is None:
            return None
        value = value.get(name)
    return value


def plain(value: Any) -> Any:
    """Write ids and times alike: a number may be an id, and times have several forms."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.0f}"
    if isinstance(value, str) and value[10:11] == "T":
        return datetime.fromisoformat(value)
    return value


def selection(paths: list[str]) -> str:
    """Write paths of names as a selection."""
    found: dict[str, list[str]] = {}
    for path in paths:
        name, _, rest = path.partition(".")
        found.setdefault(name, []).append(rest)
    return " ".join(
        f"{name} {{ {selection(rests)} }}" if all(rests) else name for name, rests in found.items()
    )
