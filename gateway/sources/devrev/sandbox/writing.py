"""Creates, updates and deletes: each happens whole, or is refused."""

from collections.abc import Mapping

from gateway.sources.devrev.sandbox.desk import Desk, Writes
from gateway.sources.devrev.sandbox.grammar import Refusal, check_id, expect, required, unknown
from gateway.sources.devrev.sandbox.ids import named
from gateway.sources.devrev.sandbox.reading import Unknown
from gateway.sources.devrev.sandbox.records import Record, Ref
from gateway.sources.devrev.sandbox.writes_catalog import CATALOG
from gateway.sources.devrev.sandbox.writes_flow import FLOW
from gateway.sources.devrev.sandbox.writes_hooks import HOOKS
from gateway.sources.devrev.sandbox.writes_works import WORK

WRITES = (*FLOW, WORK, *CATALOG, HOOKS)


def create(desk: Desk, writes: Writes, body: Mapping[str, object]) -> Record:
    """Add a record and return it.

    Raises:
        Refusal, Unknown: where nothing has changed.
    """
    made = writes.create(desk, body)
    table = writes.family.table
    word: str = made["type"] if "type" in made else writes.family.words[0]
    atom = {"created_by": desk.writer, "created_date": desk.now}
    record = {**atom, **named(word, desk.records.number(table)), **made}
    return _settled(desk, writes, record)


def update(desk: Desk, writes: Writes, body: Mapping[str, object]) -> Record:
    """Change a record and return it.

    Raises:
        Refusal, Unknown: where nothing has changed.
    """
    record = _found(desk, writes, body)
    told = {name: one for name, one in body.items() if name != "id"}
    return _settled(desk, writes, {**record, **writes.update(desk, record, told)})


def delete(desk: Desk, writes: Writes, body: Mapping[str, object]) -> None:
    """Remove a record, with every mention of it.

    Raises:
        Refusal, Unknown: where nothing has changed.
    """
    for name in body:
        if name != "id":
            raise unknown(name)
    record = _found(desk, writes, body)
    table = writes.family.table
    is_part = table == "parts"
    if is_part and desk.switches["delete_used_parts"] == "refused":
        holders = desk.records.holders(Ref(table, record["id"]))
        if holders:
            message = f"{record['display_id']} is in use by {holders[0][1]['id']}"
            raise Refusal(message, type="bad_request")
    desk.records.drop(table, record)


def _settled(desk: Desk, writes: Writes, record: Record) -> Record:
    """Put a record into its table, without what is None, and see to the others."""
    told = {**record, "modified_by": desk.writer, "modified_date": desk.now}
    kept = {name: one for name, one in told.items() if one is not None}
    desk.records.put(writes.family.table, kept)
    if writes.settle:
        writes.settle(desk, kept)
    return kept


def _found(desk: Desk, writes: Writes, body: Mapping[str, object]) -> Record:
    text = required(body, "id")
    expect("id", text, "string")
    check_id("id", writes.family.words, text)
    if desk.switches["display_ids"] == "refused" and not text.startswith("don:"):
        message = "id is not an ID"
        raise Refusal(message, type="invalid_id", field_name="id")
    found = desk.records.find(writes.family.table, text)
    if found is None:
        raise Unknown
    return found
