"""Structs some of whose fields are decoded when they are read: a query selects few of many."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, TypeVar, Union, cast, get_args

import msgspec
from msgspec import Meta, Raw, structs

T = TypeVar("T")

_LATE = Meta(extra={"late": True})

Late = Annotated[T | None, _LATE]
"""A field that most queries do not ask for, with the default None."""

_NULL = Raw(b"null")
"""What a field that is missing is read as."""


@cache
def in_parts(kind: Any) -> Any:
    """Return a struct that reads as another does, but decodes its late fields when they are read.

    It is for what is known to decode: of a late field that makes no sense nothing is told before.

    Args:
        kind: a frozen struct, or a union of such that a tag tells apart.

    Returns:
        A subclass, or a union of such; the same one if none of its fields is late.
    """
    if not isinstance(kind, type):
        return cast("Any", Union)[tuple(map(in_parts, get_args(kind)))]
    fields = structs.fields(kind)
    late = {one.name: one.type for one in fields if _is_late(one.type)}
    if not late:
        return kind
    made = msgspec.defstruct(
        kind.__name__,
        [(name, Raw, _NULL) for name in late],
        bases=(kind,),
        tag=cast("Any", kind).__struct_config__.tag,
        frozen=True,
        kw_only=True,
    )
    for name, type_ in late.items():
        setattr(made, name, _decoded(getattr(kind, name).__get__, type_))
    return made


def _is_late(type_: Any) -> bool:
    return any(one is _LATE for one in getattr(type_, "__metadata__", ()))


def _decoded(read: Callable[[Any], Raw], type_: Any) -> property:
    """Return a property that decodes what is in the place of a field."""
    decode: Callable[[Raw], Any] = msgspec.json.Decoder(type_).decode
    return property(lambda one: decode(read(one)))
