"""What a row of the table of all writes is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.types.ids import GlobalId, Kind
from schema.types.source import Source

Row = dict[str, Any]
State = Mapping[str, Any]
"""All objects of one vendor, by collection."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a write does to a vendor's state; all else stays as it is.

    Attributes:
        added: by collection, some fields of each new object, in order.
        removed: by collection, the objects that are no longer.
        changed: by collection and id, what is other in an object; dicts are merged.
    """

    added: Mapping[str, Sequence[Row]] = field(default_factory=dict[str, Sequence[Row]])
    removed: Mapping[str, Sequence[Row]] = field(default_factory=dict[str, Sequence[Row]])
    changed: Mapping[str, Mapping[Any, Row]] = field(
        default_factory=dict[str, Mapping[Any, Row]],
    )


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One write, made for a state.

    Attributes:
        input: the mutation's, without a key.
        change: what it does.
        rows: the list of the graph that shows it, with its arguments.
        shown: what that list's row of the object has afterwards, beside its id; None if the object
            is no longer.
        id: global id of the object; None for a new one.
    """

    input: Row
    change: Change
    rows: str
    shown: Row | None
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Write:
    """One row of the table.

    Attributes:
        mutation: its name.
        member: the source, or the one-of's member.
        call: method and route of the vendor's write call.
        ask: makes the write for a state; 0 and 1 make two that differ.
        mark: what of a list's row shows that it was applied, as a selection.
        reads: methods and routes that are read before it is sent.
    """

    mutation: str
    member: str
    call: tuple[str, str]
    ask: Callable[[State, int], Asked]
    mark: str
    reads: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """As tests are called."""
        return f"{self.mutation}-{self.member}"

    @property
    def source(self) -> Source:
        """Whose write it is."""
        return next(one for one in Source if self.member.startswith(one.value))

    @property
    def is_new(self) -> bool:
        """Whether it makes an object."""
        return self.mutation.startswith(("create", "duplicate"))

    @property
    def is_gone(self) -> bool:
        """Whether it takes an object away."""
        return self.mutation.startswith("delete")

    @property
    def field(self) -> str:
        """The payload's field that tells the object."""
        if self.is_gone:
            return "deletedId"
        words = {"Stage": "stage", "TargetList": "stage", "Work": "work", "Pipeline": "pipeline"}
        return next((one for end, one in words.items() if self.mutation.endswith(end)), "workflow")


def gid(source: Source, kind: Kind, source_id: object, scope: str = "") -> str:
    """Return a global id."""
    return str(GlobalId(source, kind, scope, str(source_id)))


def one(rows: Sequence[Row], source_id: object) -> Row:
    """Return the object of an id."""
    return next(row for row in rows if row["id"] == source_id)
