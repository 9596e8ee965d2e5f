"""What gets, lists, exports and counts answer, in every position of the switches."""

from collections.abc import Mapping
from typing import Any

from gateway.sandbox.switches import Switches
from gateway.sources.devrev.sandbox import paging
from gateway.sources.devrev.sandbox.families import Family
from gateway.sources.devrev.sandbox.filters import chosen, fields, ordered
from gateway.sources.devrev.sandbox.grammar import Field, Fields, Refusal, required, unknown
from gateway.sources.devrev.sandbox.records import Record, Records

Given = Mapping[str, Any]

_MOST_EXPORTED = 5000
_MOST_COUNTED = 100
"""Where a count that is cut off ends; the vendor does not tell where its own does."""


class Unknown(Exception):  # noqa: N818 - it is the vendor's answer, not an error
    """There is no such object; the vendor answers 404."""


def takes(family: Family, verb: str) -> Fields:
    """Return what a request takes: "get", "list", "export" or "count" of a type of object."""
    if verb == "get":
        return {"id": Field("id", words=family.words), **family.also_by}
    if not family.is_paged:
        return {}
    ways: dict[str, Fields] = {
        "list": paging.TWO_WAY if family.is_two_way else paging.FIELDS,
        "export": {"first": Field("int"), "sort_by": paging.FIELDS["sort_by"]},
        "count": {},
    }
    return {**fields(family.filters), **ways[verb]}


class Reading:
    """Answers about the records as they are now.

    Args:
        records: all tables.
        switches: the emulator's.
    """

    def __init__(self, records: Records, switches: Switches) -> None:
        self._records = records
        self._switches = switches

    def answer(self, family: Family, verb: str, given: Given) -> Record:
        """Return the body of an answer.

        Args:
            family: the type of object.
            verb: "get", "list", "export" or "count".
            given: the request's fields.

        Raises:
            Refusal: for what makes no sense.
            Unknown: where there is no such object.
        """
        if verb == "get":
            return {family.one: self.shown(family.table, self._found(family, given))}
        rows = self._chosen(family, given)
        if not family.is_paged:
            return {family.many: [self.shown(family.table, one) for one in rows]}
        if verb == "count":
            return self._count(len(rows))
        rows = self._ordered(family, rows, given)
        if verb == "export":
            first = paging.size(given, "first", _MOST_EXPORTED)
            return {family.many: [self.shown(family.table, one) for one in rows[:first]]}
        return self._page(family, rows, given)

    def owner(self) -> Record:
        """Return the dev user to whom the token belongs."""
        [owner, *_] = self._records.all("people")
        return self.shown("people", owner)

    def shown(self, table: str, record: Record) -> Record:
        """Return a record of a table as gets and lists answer it."""
        everything = self._switches["answers"] == "everything"
        row = self._records.shown(table, record, everything=everything)
        if table == "works" and self._switches["work_stage"] == "name":
            return {**row, "stage": {"name": row["stage"]["name"]}}
        return row

    def untold(self, table: str, record: Record) -> Record:
        """Return the fields of a record that gets and lists leave out."""
        everything = self._switches["answers"] == "everything"
        return self._records.untold(table, record, everything=everything)

    def _found(self, family: Family, given: Given) -> Record:
        """Find by id, or the default of what else is given, which goes first and is listed first.

        That is a stage diagram of a type of work, or a rev org of an account.
        """
        others = {name: [given[name]] for name in ("leaf_type", "account") if name in given}
        if others:
            wanted = {"is_custom_leaf_type": False, **given, **others}
            rows = self._matching(family, wanted)
            found = next((one for one in rows if one.get("is_default", True)), None)
        else:
            text = required(given, "id")
            if self._switches["display_ids"] == "refused" and not text.startswith("don:"):
                message = "id is not an ID"
                raise Refusal(message, type="invalid_id", field_name="id")
            found = self._records.find(family.table, text)
        if found is None:
            raise Unknown
        return found

    def _matching(self, family: Family, given: Given) -> list[Record]:
        keeps_others = self._switches["type_filters"] == "keep"
        return chosen(self._records, family.table, family.filters, given, keeps_others=keeps_others)

    def _chosen(self, family: Family, given: Given) -> list[Record]:
        ids = "stage.stages"
        if not self._serves("stage_ids", ids, given):
            given = {name: one for name, one in given.items() if name != ids}
        return self._matching(family, given)

    def _ordered(self, family: Family, rows: list[Record], given: Given) -> list[Record]:
        served = self._serves("sort_by", "sort_by", given)
        return ordered(rows, given.get("sort_by", ()), family.sortable) if served else rows

    def _serves(self, switch: str, field: str, given: Given) -> bool:
        """Tell whether a field has an effect.

        Raises:
            Refusal: where it is given, and refused.
        """
        position = self._switches[switch]
        if field in given and position == "refused":
            raise unknown(field)
        return position == "served"

    def _count(self, found: int) -> Record:
        most = _MOST_COUNTED if self._switches["works_count"] == "capped" else found
        return {"count": min(found, most), "has_more": found > most}

    def _page(self, family: Family, rows: list[Record], given: Given) -> Record:
        switch = self._switches["page_size"]
        limit = paging.size(given, "limit", paging.DEFAULT if switch == "refused" else family.most)
        limit = min(limit, paging.DEFAULT) if switch == "clamped" else limit
        page = paging.page(family.route, rows, given, limit)
        names = ("next_cursor", "prev_cursor") if family.is_two_way else ("cursor",)
        # At an end the field is left out; one name alone leads on, and two lead back as well.
        cursors = zip(names, (page.after, page.before), strict=False)
        return {
            family.many: [self.shown(family.table, one) for one in page.rows],
            **{name: one for name, one in cursors if one is not None},
        }
