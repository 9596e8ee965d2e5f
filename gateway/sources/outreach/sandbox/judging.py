"""Judges the body of a write, and gathers all that is wrong with it."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import msgspec

from gateway.sandbox.switches import Switches
from gateway.sources.outreach.sandbox.answers import Error, InvalidError, wrong
from gateway.sources.outreach.sandbox.fields import Field, Form, title
from gateway.sources.outreach.sandbox.resources import Collection, Data
from gateway.sources.outreach.sandbox.seed import Resource

_AUTHORS = "creator", "updater"


class Change(NamedTuple):
    """What a good body writes: attributes, and resources at the ends of relationships or none."""

    attributes: Mapping[str, Any]
    ends: Mapping[str, Mapping[str, Any] | None]


class Judge:
    """Judges one body.

    Args:
        collection: of what is written. form: what of it can be written.
        data: all resources, to find those at the ends of relationships.
        switches: `mismatch`, `read_only`, `stage_name`, `too_long`.
        old: the resource that is changed, None for a new one.
    """

    def __init__(
        self,
        collection: Collection,
        form: Form,
        data: Data,
        switches: Switches,
        old: Resource | None,
    ) -> None:
        self._collection = collection
        self._form = form
        self._data = data
        self._switches = switches
        self._old = old
        self._errors: list[Error] = []
        self._is_too_long = False

    def change(self, body: bytes) -> Change:
        """Read a body.

        Raises:
            InvalidError: with all that is wrong with it.
        """
        data = self._document(body)
        self._name(data)
        attributes = self._attributes(self._members(data, "attributes"))
        ends = self._ends(self._members(data, "relationships"))
        if self._errors:
            raise InvalidError(self._errors)
        if self._is_too_long:
            # The database's own refusal, which names no field, comes after all others.
            detail = "Data provided is too long."
            raise InvalidError([wrong(detail, code="validationDataTooLongError")])
        return Change(attributes, ends)

    def _document(self, body: bytes) -> dict[str, Any]:
        try:
            document: Any = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InvalidError([wrong("The request body is not valid JSON.", "")]) from None
        data: Any = cast("Any", document).get("data") if isinstance(document, dict) else None
        if not isinstance(data, dict):
            raise InvalidError([wrong("Data must be an object.", "/data")])
        return cast("dict[str, Any]", data)

    def _name(self, data: Mapping[str, Any]) -> None:
        """Judge type and id: both are wanted as in the address, a new resource has no id yet."""
        status = int(self._switches["mismatch"])
        if data.get("type") != self._collection.type:
            detail = f"Type must be '{self._collection.type}'."
            raise InvalidError([wrong(detail, "/data/type")], status)
        if self._old is None:
            if "id" in data:
                raise InvalidError([wrong("Id is given by the server.", "/data/id")])
        elif "id" not in data:
            raise InvalidError([wrong("Id can't be blank.", "/data/id")])
        elif not is_id(data["id"], self._old["id"]):
            raise InvalidError([wrong("Id must be the one in the URL.", "/data/id")], status)

    def _members(self, data: Mapping[str, Any], name: str) -> dict[str, Any]:
        found = data.get(name, {})
        if not isinstance(found, dict):
            self._errors.append(wrong(f"{title(name)} must be an object.", f"/data/{name}"))
            return {}
        return cast("dict[str, Any]", found)

    def _attributes(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Judge attributes: those that nobody knows are passed over."""
        written: dict[str, Any] = {}
        for name in self._collection.attributes:
            field = self._form.attributes.get(name)
            if field is None or (field.is_fixed and self._old is not None):
                if name in given:
                    self._read_only(name, "attributes")
            elif name in given or self._old is None:
                written[name] = given.get(name, field.default)
                self._judge(name, self._field(name, field), written[name])
        return written

    def _field(self, name: str, field: Field) -> Field:
        is_stage = self._collection.path in {"stages", "opportunityStages"} and name == "name"
        return field._replace(
            is_required=field.is_required
            or (is_stage and self._switches["stage_name"] == "required")
        )

    def _judge(self, name: str, field: Field, value: Any) -> None:
        complaint = field.complaint(name, value)
        if complaint is None and field.is_too_long(value):
            if self._switches["too_long"] == "data":
                self._is_too_long = True
                return
            complaint = f"{title(name)} is too long (maximum is {field.longest} characters)."
        if complaint is not None:
            self._errors.append(wrong(complaint, f"/data/attributes/{name}"))

    def _ends(self, given: Mapping[str, Any]) -> dict[str, Mapping[str, Any] | None]:
        written: dict[str, Mapping[str, Any] | None] = {}
        for name, path in self._form.ends.items():
            if name in given or self._old is None:
                written[name] = self._end(name, path, given.get(name, {"data": None}))
        for name in dict.fromkeys(
            (*self._collection.includable, *self._collection.many, *_AUTHORS)
        ):
            if name in given and name not in written:
                self._read_only(name, "relationships")
        return written

    def _end(self, name: str, path: str, given: Any) -> Mapping[str, Any] | None:
        """Return what a relationship is to lead to."""
        pointer, kind = f"/data/relationships/{name}", path.removesuffix("s")
        if not isinstance(given, dict) or "data" not in given:
            self._errors.append(wrong(f"{title(name)} must have data.", pointer))
            return None
        end: Any = cast("dict[str, Any]", given)["data"]
        if end is None:
            return None
        named = cast("dict[str, Any]", end) if isinstance(end, dict) else {}
        if named.get("type") != kind:
            self._errors.append(wrong(f"{title(name)} must be of type '{kind}'.", pointer))
            return None
        for number in self._data[path]:
            if is_id(named.get("id"), number):
                return {"type": kind, "id": number}
        detail = f"Could not find '{kind}' with ID '{named.get('id')}'."
        self._errors.append(wrong(detail, pointer))
        return None

    def _read_only(self, name: str, member: str) -> None:
        if self._switches["read_only"] == "refused":
            self._errors.append(wrong(f"{title(name)} is read-only.", f"/data/{member}/{name}"))


def is_id(given: Any, number: int) -> bool:
    """Tell whether an id of a body is a number: as an integer, or as strict JSON:API has it."""
    return not isinstance(given, bool) and given in (number, str(number))
