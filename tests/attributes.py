"""What an object of the graph has in it, whether or not it was read before."""

from dataclasses import fields
from typing import Any


def attributes(one: Any) -> dict[str, Any]:
    """Return all attributes of an object, those that are made on reading too."""
    return {field.name: getattr(one, field.name) for field in fields(one) if field.init}
