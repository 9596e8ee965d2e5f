"""The emulator's state: tables of records that point at each other, and how they are shown.

A record has the shape of the vendor's answer, but a `Ref` in the place of each summary of another
object. So a change of an object is seen wherever it is summed up.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

Record = dict[str, Any]


class Ref(NamedTuple):
    """Stands for the summary of a record."""

    table: str
    id: str


class At(NamedTuple):
    """Stands for where a work is: the vendor's `legacy-stage`."""

    stage: str
    notes: str | None = None


_USER = (
    "type", "display_id", "id", "display_name", "display_picture", "email", "full_name", "state",
)  # fmt: skip

_SUMMARIES: Mapping[str, tuple[str, ...]] = {
    "stages": ("display_id", "id", "name"),
    "states": ("display_id", "id", "is_final", "name"),
    "people": _USER,
    "rev_users": (*_USER, "external_ref", "rev_org"),
    "accounts": ("display_id", "id", "display_name"),
    "rev_orgs": ("type", "display_id", "id", "display_name"),
    "groups": ("display_id", "id", "member_type", "name", "sync_metadata"),
    "parts": ("type", "display_id", "id", "name", "owned_by", "sync_metadata"),
    "tags": ("display_id", "id", "name", "style_new"),
    "vistas": ("type", "display_id", "flavor", "id", "name"),
    "sprints": ("type", "end_date", "id", "name", "start_date", "state"),
    "artifacts": ("display_id", "id", "file"),
    "channels": ("display_id", "id"),
}
"""The fields of each table's summaries."""

_TYPES = {"people": "dev_user", "rev_users": "rev_user", "rev_orgs": "rev_org"}
"""The `type` that only summaries tell."""

_SYNC_SUMMARY = ("external_reference", "origin_system")

UNDOCUMENTED: Mapping[str, frozenset[str]] = {
    "stages": frozenset({"marketplace_ref", "sync_metadata"}),
    "parts": frozenset({"parent_part"}),
    "works": frozenset(
        {
            "is_frozen", "is_spam",
            "embedded", "start_date",
            "amount", "customer_budget", "forecast_category", "probability",
        }
    ),
}  # fmt: skip
"""What requests and newer clients know and the vendor's OpenAPI leaves out of answers."""

_UNTOLD: Mapping[str, frozenset[str]] = {
    "workflows": frozenset({"ui"}),
    "works": frozenset({"custom_schema_spec", "is_archived", "staged_info"}),
    "parts": frozenset(
        {
            "code_inferred_surface_area", "code_repo_paths", "code_repo_url",
            "custom_schema_spec", "links",
        }
    ),
}  # fmt: skip
"""What requests alone know."""

_PRIORITIZED = "issue"
"""The one type of work whose `priority` is documented."""

_MOST_ROWS = 10_000
"""So many records are kept as they were shown; what a sandbox starts with is a tenth of it."""


class _Row(NamedTuple):
    """A record as it is shown, and what `shown` leaves out of it."""

    record: Record
    shown: Record
    untold: Record


class _Rows:
    """What was shown of records; it holds for as long as nothing changes that others sum up."""

    def __init__(self) -> None:
        self.summaries: dict[Ref, Record] = {}
        # By the record's id() and `everything`; the row holds the record, and with it its id().
        self.of_records: dict[tuple[int, bool], _Row] = {}


class Seed:
    """All tables as they are at the start, each made when it is first looked at.

    Any number of `Records` may begin with it: records are never changed in place, so that they,
    and what was shown of them, are shared.
    """

    def __init__(self, made_by: Mapping[str, Callable[[], Sequence[Record]]]) -> None:
        self.names = tuple(made_by)
        self.rows = _Rows()
        self._made_by = made_by
        self._tables: dict[str, Sequence[Record]] = {}

    def table(self, name: str) -> Sequence[Record]:
        """Return a table's records."""
        if name not in self._tables:
            self._tables[name] = self._made_by[name]()
        return self._tables[name]


class _Table:
    """Records by DON, with their DONs by display id."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.by_don = {one["id"]: one for one in records}
        self.dons = {one["display_id"]: one["id"] for one in records if "display_id" in one}
        self.last = len(records)


class Records:
    """All tables; ids are DONs or display ids. A record is replaced, and never changed in place."""

    def __init__(self, seed: Seed) -> None:
        self.names = seed.names
        self._seed = seed
        self._tables: dict[str, _Table] = {}
        self._rows = seed.rows

    def _table(self, name: str) -> _Table:
        if name not in self._tables:
            self._tables[name] = _Table(self._seed.table(name))
        return self._tables[name]

    def all(self, table: str) -> list[Record]:
        """Return a table's records, oldest first."""
        return list(self._table(table).by_don.values())

    def find(self, table: str, text: str) -> Record | None:
        """Return a record by DON or display id."""
        found = self._table(table)
        return found.by_don.get(found.dons.get(text, text))

    def number(self, table: str) -> int:
        """Return a number for a new record; none is given twice."""
        found = self._table(table)
        found.last += 1
        return found.last

    def put(self, table: str, record: Record) -> None:
        """Add a record, or put it into the place of the one with its DON."""
        self._forget_rows(table)
        found = self._table(table)
        found.by_don[record["id"]] = record
        if "display_id" in record:
            found.dons[record["display_id"]] = record["id"]

    def drop(self, table: str, record: Record) -> None:
        """Remove a record, and every mention of it."""
        ref = Ref(table, record["id"])
        for other, holder in self.holders(ref):
            self.put(other, _without(holder, ref))
        self._forget_rows(table)
        found = self._table(table)
        del found.by_don[record["id"]]
        found.dons.pop(record.get("display_id"), None)

    def holders(self, ref: Ref) -> list[tuple[str, Record]]:
        """Return the records that mention another, each with its table."""
        return [
            (table, one)
            for table in self.names
            for one in self._table(table).by_don.values()
            if _mentions(one, ref)
        ]

    def at(self, value: Any, path: Sequence[str]) -> list[Any]:
        """Return all that a path of names leads to; it goes through lists and other records.

        Where it ends at another record it gives that record's DON.
        """
        if isinstance(value, list):
            return [found for one in cast("list[Any]", value) for found in self.at(one, path)]
        if not path:
            return [value.id if isinstance(value, Ref) else value]
        if isinstance(value, Ref):
            value = self._table(value.table).by_don[value.id]
        elif isinstance(value, At):
            stage = self._table("stages").by_don[value.stage]
            value = {**stage, "stage": Ref("stages", value.stage)}
        fields = cast("Record", value)
        return self.at(fields[path[0]], path[1:]) if path[0] in fields else []

    def shown(self, table: str, record: Record, *, everything: bool) -> Record:
        """Return a record as the vendor's get answers it; it is kept, and not to be changed.

        Args:
            table: where the record stands.
            record: the record.
            everything: whether with what the vendor's OpenAPI leaves out of answers.
        """
        return self._row(table, record, everything=everything).shown

    def untold(self, table: str, record: Record, *, everything: bool) -> Record:
        """Return the fields of a record that `shown` leaves out."""
        return self._row(table, record, everything=everything).untold

    def _row(self, table: str, record: Record, *, everything: bool) -> _Row:
        rows, key = self._rows.of_records, (id(record), everything)
        row = rows.get(key)
        if row is None:
            if len(rows) >= _MOST_ROWS:
                rows.clear()
            hidden = _hidden(table, record, everything=everything)
            fields = {name: self._shown(one) for name, one in record.items()}
            untold = {name: fields.pop(name) for name in record if name in hidden}
            row = rows[key] = _Row(record, fields, untold)
        return row

    def _forget_rows(self, table: str) -> None:
        """Forget what was shown, where other records sum up those of a table."""
        if table in _SUMMARIES:
            self._rows = _Rows()

    def _shown(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        if isinstance(value, Ref):
            return self._summary(value)
        if isinstance(value, At):
            return self._place(value)
        if isinstance(value, list):
            return [self._shown(one) for one in cast("list[Any]", value)]
        if isinstance(value, dict):
            fields = cast("Record", value)
            return {name: self._shown(one) for name, one in fields.items()}
        return value

    def _summary(self, ref: Ref) -> Record:
        summaries = self._rows.summaries
        if ref not in summaries:
            summaries[ref] = self._sum_up(ref)
        return summaries[ref]

    def _sum_up(self, ref: Ref) -> Record:
        record = self._table(ref.table).by_don[ref.id]
        summary: Record = {}
        if ref.table in _TYPES:
            summary["type"] = _TYPES[ref.table]
        for name in _SUMMARIES[ref.table]:
            if name in record:
                value = self._shown(record[name])
                if name == "sync_metadata":
                    value = {part: value[part] for part in _SYNC_SUMMARY if part in value}
                summary[name] = value
        return summary

    def _place(self, at: At) -> Record:
        stage = self._table("stages").by_don[at.stage]
        return {
            "name": stage["name"],
            **({} if at.notes is None else {"notes": at.notes}),
            "ordinal": stage["ordinal"],
            "stage": self._summary(Ref("stages", at.stage)),
            "state": self._shown(stage["state"]),
        }


def _hidden(table: str, record: Record, *, everything: bool) -> set[str]:
    hidden = set(_UNTOLD.get(table, ()))
    if not everything:
        hidden |= UNDOCUMENTED.get(table, frozenset())
        if table == "works" and record["type"] != _PRIORITIZED:
            hidden.add("priority")
    return hidden


def _mentions(value: Any, ref: Ref) -> bool:
    if isinstance(value, list):
        return any(_mentions(one, ref) for one in cast("list[Any]", value))
    if isinstance(value, dict):
        return any(_mentions(one, ref) for one in cast("Record", value).values())
    return value == ref


def _without(value: Any, ref: Ref) -> Any:
    """Leave out a mention of a record; a list loses the whole object that holds it."""
    if isinstance(value, list):
        return [
            _without(one, ref)
            for one in cast("list[Any]", value)
            if one != ref and not (isinstance(one, dict) and ref in one.values())
        ]
    if isinstance(value, dict):
        fields = cast("Record", value)
        return {name: _without(one, ref) for name, one in fields.items() if one != ref}
    return value
