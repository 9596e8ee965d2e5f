"""For how long a source's answers are kept: STAGEGRAPH_<SOURCE>_TTL."""

import re
from collections.abc import Collection, Mapping
from typing import Annotated

from msgspec import Meta

_PAIR = r"[a-z][a-z_]*=[0-9]{1,7}"

Ttl = Annotated[
    Annotated[int, Meta(ge=0, lt=10_000_000)]
    | Annotated[str, Meta(pattern=rf"^([0-9]{{1,7}}|{_PAIR}(,{_PAIR})*)\Z")]
    | None,
    Meta(
        description="seconds to keep answers for, such as 60, or by type, such as stage=600,work=30"
        "; 0 keeps no answer"
    ),
]
"""Seconds for all kinds of objects, or pairs of a kind and its seconds; None if left out."""


def _pairs(setting: Ttl) -> list[tuple[str, str]]:
    return re.findall(r"([a-z_]+)=([0-9]+)", str(setting))


def judge_ttl(setting: Ttl, known_kinds: Collection[str]) -> str | None:
    """Tell what is wrong with the kinds that a setting names; None if nothing is."""
    names = [name for name, _ in _pairs(setting)]
    for name in names:
        if name not in known_kinds:
            return f"{name} is none of its types, which are {', '.join(known_kinds)}"
        if names.count(name) > 1:
            return f"{name} is told more than once"
    return None


def seconds_for(setting: Ttl, defaults: Mapping[str, float], kind: str) -> float:
    """Return for how many seconds a kind of object is kept.

    Args:
        setting: as judged; None if it was left out.
        defaults: seconds by kind, where the setting does not tell.
        kind: one of the defaults' names.
    """
    if setting is None:
        return defaults[kind]
    pairs = dict(_pairs(setting))
    if not pairs:
        return float(setting)
    return float(pairs[kind]) if kind in pairs else defaults[kind]
