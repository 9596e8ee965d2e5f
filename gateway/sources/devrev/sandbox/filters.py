"""Which records a list answers, and in which order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from gateway.sources.devrev.sandbox.grammar import Field, Fields, Refusal, required, within
from gateway.sources.devrev.sandbox.ids import don_of
from gateway.sources.devrev.sandbox.records import Record, Records

Given = Mapping[str, Any]
Test = Callable[[Record], bool]
Maker = Callable[[Records, Given, Any], Test]
"""Makes a test from all records, all that was given, and the value of one filter."""

_DIRECTIONS = {"asc": False, "desc": True}


class Filter(NamedTuple):
    """What records are chosen by.

    Attributes:
        field: what it takes.
        path: what it looks at, dotted names; "" where that is the filter's own name.
        of: the type of the records that it is about; "" for all.
        maker: makes its test, where it is none of equality or of time.
    """

    field: Field
    path: str = ""
    of: str = ""
    maker: Maker | None = None


Filters = Mapping[str, Filter]


def texts(*words: str, path: str = "") -> Filter:
    """Choose by any of some texts; by known ones alone, if `words` tells them."""
    return Filter(Field("text", many=True, words=words), path)


def ints(path: str = "") -> Filter:
    """Choose by any of some numbers."""
    return Filter(Field("int", many=True), path)


def flag(path: str = "") -> Filter:
    """Choose by a yes or no; a record that does not tell says no."""
    return Filter(Field("bool"), path)


def ids(*words: str, path: str = "") -> Filter:
    """Choose by what a record points at, through any of some DONs or display ids."""
    return Filter(Field("id", many=True, words=words), path)


def date(path: str = "") -> Filter:
    """Choose by a span of time, which a query cannot tell."""
    return Filter(Field("date", place="body"), path)


def ends(name: str, path: str = "") -> Filters:
    """Choose by a time from its one end, its other or both."""
    return {f"{name}.{kind}": Filter(Field(kind), path or name) for kind in ("after", "before")}


def silent(field: Field) -> Filter:
    """Take a field that chooses nothing."""

    def make(records: Records, given: Given, value: Any) -> Test:
        del records, given, value
        return lambda _: True

    return Filter(field, maker=make)


def within_of(kind: str, filters: Filters) -> Filters:
    """Gather the filters of one type of record under its name."""
    return {
        f"{kind}.{name}": one._replace(path=one.path or name, of=kind)
        for name, one in filters.items()
    }


def fields(filters: Filters) -> Fields:
    """Return what the filters take."""
    return {name: one.field for name, one in filters.items()}


def chosen(
    records: Records, table: str, filters: Filters, given: Given, *, keeps_others: bool
) -> list[Record]:
    """Return the records of a table that fit all conditions; an empty list is none.

    Args:
        records: all tables.
        table: which is chosen from.
        filters: by name.
        given: what the request tells, filters and other things.
        keeps_others: whether filters about one type of record leave the other types alone,
            instead of leaving them out.
    """
    tests: list[Test] = []
    for name, value in given.items():
        if name in filters and value != []:
            one = filters[name]
            make = one.maker or _by_path(name, one)
            tests.append(_of(one.of, make(records, given, value), keeps_others=keeps_others))
    return [one for one in records.all(table) if all(test(one) for test in tests)]


def _of(kind: str, test: Test, *, keeps_others: bool) -> Test:
    if not kind:
        return test
    return lambda record: test(record) if record["type"] == kind else keeps_others


def _by_path(name: str, one: Filter) -> Maker:
    path = (one.path or name).split(".")

    def make(records: Records, given: Given, value: Any) -> Test:
        del given
        fits = _fits(one.field.kind, value)
        return lambda record: fits(records.at(record, path))

    return make


def _fits(kind: str, value: Any) -> Callable[[list[Any]], bool]:
    if kind in {"date", "after", "before"}:
        test = within(value)
        return lambda found: any(test(one) for one in found)
    if kind == "bool":
        return lambda found: (found or [False]) == [value]
    wanted = set(cast("list[Any]", value)) if isinstance(value, list) else {value}
    if kind == "id":
        wanted = {don_of(one) for one in wanted}
    return lambda found: not wanted.isdisjoint(found)


def custom_fields(records: Records, given: Given, value: Any) -> Test:
    """Make the test of custom fields: all of them as told, or one of those told in a list."""
    del records, given

    def test(record: Record) -> bool:
        own: Record = record.get("custom_fields", {})
        return all(
            name in own and (own[name] in one if isinstance(one, list) else own[name] == one)
            for name, one in value.items()
        )

    return test


def alike(path: str) -> Maker:
    """Return what tests whether any object at a path has all fields of any that is told."""

    def make(records: Records, given: Given, value: Any) -> Test:
        del given

        def has(owned: Record, name: str, wanted: object) -> bool:
            found = records.at(owned, [name])
            return wanted in found or (isinstance(wanted, str) and don_of(wanted) in found)

        return lambda record: any(
            all(has(owned, name, wanted) for name, wanted in one.items())
            for one in value
            for owned in records.at(record, [path])
        )

    return make


def below(records: Records, given: Given, value: Any) -> Test:
    """Make the test of parts: whether any of some stands above, at most `level` levels."""
    del value
    wanted = {don_of(one) for one in required(given, "parent_part.parts")}
    level: int | None = given.get("parent_part.level")

    def test(record: Record) -> bool:
        path, ups = ["parent_part"], 1
        while found := records.at(record, path * ups):
            if not wanted.isdisjoint(found):
                return True
            ups += 1
            if level is not None and ups > level:
                return False
        return False

    return test


def ordered(records: list[Record], sort_by: Sequence[str], sortable: Sequence[str]) -> list[Record]:
    """Sort by fields such as `name:asc`; a field alone is ascending, and a missing one comes last.

    Raises:
        Refusal: for a field or a direction that there is not.
    """
    for text in reversed(sort_by):
        name, _, word = text.partition(":")
        direction = _DIRECTIONS.get(word or "asc")
        if direction is None or name not in sortable:
            message = f"sort_by does not take {text}"
            raise Refusal(
                message,
                type="value_not_permitted",
                field_name="sort_by",
                allowed_values=list(sortable),
            )
        have = [one for one in records if name in one]
        have.sort(key=lambda one, name=name: one[name], reverse=direction)
        records = have + [one for one in records if name not in one]
    return records
