"""Structs whose parts are decoded when they are read: of a large object a query selects a few."""

from collections.abc import Callable
from functools import cache, reduce
from operator import attrgetter, or_
from typing import Any, cast, get_args

import msgspec
from msgspec import Raw, inspect, structs

_PLAIN = (
    inspect.NoneType,
    inspect.BoolType,
    inspect.IntType,
    inspect.FloatType,
    inspect.StrType,
    inspect.DateTimeType,
    inspect.LiteralType,
)

_NULL = Raw(b"null")
"""What a part that is missing is read as."""


@cache
def in_parts(kind: Any) -> Any:
    """Return what reads as a struct does, but decodes its objects and lists when they are read.

    Args:
        kind: a frozen struct, or a union of such that a tag tells apart.

    Returns:
        A struct, or a union of such, of the same fields; the same one if it has no parts. It is for
        what is known to decode: of a part that makes no sense nothing is told before it is read.
    """
    if not isinstance(kind, type):
        return reduce(or_, map(in_parts, get_args(kind)))
    parts = [one for one in structs.fields(kind) if one.default is None and not _is_plain(one.type)]
    if not parts:
        return kind
    hidden = {f"_{one.name}": one.encode_name for one in parts}
    named = {one.name: one.encode_name for one in structs.fields(kind) if one not in parts}
    told = [_field(one) for one in structs.fields(kind) if one not in parts]
    config = cast("Any", kind).__struct_config__
    return msgspec.defstruct(
        kind.__name__,
        [*told, *((name, Raw, _NULL) for name in hidden)],
        namespace={one.name: property(_decoded(f"_{one.name}", one.type)) for one in parts},
        rename={**named, **hidden},
        tag=config.tag,
        tag_field=config.tag_field,
        frozen=True,
        kw_only=True,
    )


def _is_plain(type_: Any) -> bool:
    """Tell whether a value is no more than a text, a number or the like."""
    told = inspect.type_info(type_)
    members = told.types if isinstance(told, inspect.UnionType) else (told,)
    return all(isinstance(one, _PLAIN) for one in members)


def _field(one: structs.FieldInfo) -> tuple[str, Any] | tuple[str, Any, Any]:
    return (one.name, one.type) if one.required else (one.name, one.type, one.default)


def _decoded(hidden: str, type_: Any) -> Callable[[Any], Any]:
    decode = msgspec.json.Decoder(type_).decode
    read = attrgetter(hidden)
    return lambda one: decode(read(one))
