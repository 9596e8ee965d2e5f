"""What the emulator answers about: stages, states, stage diagrams and dev users."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.sources.devrev.sandbox import filters
from gateway.sources.devrev.sandbox.grammar import Field, Fields


class Family(NamedTuple):
    """What a type of object can be asked by.

    Attributes:
        route: what its endpoints begin with. table: where its records are.
        word: its type in ids. one: what a get answers under. many: what a list answers under.
        asked: what a get takes. filters: what a list takes besides paging.
        sortable: what a list can be sorted by; the vendor names none, so it is a guess.
        is_two_way: whether its lists have two cursors.
    """

    route: str
    table: str
    word: str
    one: str
    many: str
    asked: Fields
    filters: Fields
    sortable: Sequence[str]
    is_two_way: bool = False


def _by_id(word: str) -> Fields:
    return {"id": Field("id", words=(word,))}


_TEXTS = Field("text", many=True)
_INTS = Field("int", many=True)
_BOOL = Field("bool")
_DATES = ("created_date", "modified_date")

STAGES = Family(
    "stages.custom", "stages", "custom_stage", "custom_stage", "result",
    _by_id("custom_stage"),
    {"name": _TEXTS, "ordinal": _INTS},
    ("name", "ordinal", *_DATES),
)  # fmt: skip
STATES = Family(
    "states.custom", "states", "custom_state", "custom_state", "result",
    _by_id("custom_state"),
    {"name": _TEXTS, "ordinal": _INTS, "is_final": _BOOL},
    ("name", "ordinal", *_DATES),
)  # fmt: skip
DIAGRAMS = Family(
    "stage-diagrams", "workflows", "stage_diagram", "stage_diagram", "result",
    {**_by_id("stage_diagram"), "leaf_type": Field("text"), "is_custom_leaf_type": _BOOL},
    {"name": _TEXTS, "leaf_type": _TEXTS, "is_custom_leaf_type": _BOOL},
    ("name", "leaf_type", *_DATES),
)  # fmt: skip
DEV_USERS = Family(
    "dev-users", "people", "devu", "dev_user", "dev_users",
    _by_id("devu"),
    filters.OF_DEV_USERS,
    ("display_name", "full_name", "email", *_DATES),
    is_two_way=True,
)  # fmt: skip

FAMILIES = (STAGES, STATES, DIAGRAMS, DEV_USERS)
