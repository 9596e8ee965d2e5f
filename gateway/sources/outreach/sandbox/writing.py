"""Creates, changes and deletes resources. Whatever is refused changes nothing."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from gateway.sandbox.company import stamp
from gateway.sandbox.switches import Switches
from gateway.sources.outreach.sandbox.answers import ForbiddenError, InvalidError, wrong
from gateway.sources.outreach.sandbox.fields import FORMS, title
from gateway.sources.outreach.sandbox.judging import Change, Judge
from gateway.sources.outreach.sandbox.resources import Collection, may_delete
from gateway.sources.outreach.sandbox.seed import Resource

_ME = {"type": "user", "id": 1}
"""Whose token it is."""

_RIGHTS = {"POST": "write", "PATCH": "write", "DELETE": "delete"}

Rows = Mapping[str, dict[int, Resource]]


class Writer:
    """Writes into the state.

    `new` and `changed` return the resource as it will be, which `put` puts into the state.

    Args:
        data: resources by the path of their collection and their number; changed in place.
        switches: `scopes`, `stage_names`, `delete_in_use`, and those of `Judge`.
    """

    def __init__(self, data: Rows, switches: Switches) -> None:
        self._data = data
        self._switches = switches
        # A number is never given again, also when the last resource has gone.
        self._numbers = {path: count(max(rows, default=0) + 1) for path, rows in data.items()}

    def allow(self, method: str, collection: Collection) -> None:
        """Want the token's scope; one right does not give another.

        Raises:
            ForbiddenError: if the token has only `<path>.read`.
        """
        if self._switches["scopes"] == "read":
            scope = f"{collection.path}.{_RIGHTS[method]}"
            detail = f"Your authorization does not include the required scope '{scope}'."
            raise ForbiddenError(detail, "unauthorizedOauthScope", "Unauthorized OAuth Scope")

    def new(self, collection: Collection, body: bytes) -> Resource:
        """Make a resource.

        Raises:
            InvalidError: if the body is wrong.
        """
        change = self._judged(collection, body, None)
        now = stamp(datetime.now(UTC))
        return _derived(
            {
                "type": collection.type,
                "id": next(self._numbers[collection.path]),
                "attributes": {
                    **dict.fromkeys(collection.attributes),
                    **_given_by_the_server(collection),
                    **change.attributes,
                    "createdAt": now,
                    "updatedAt": now,
                },
                "relationships": {
                    **{name: {"data": _ME} for name in _authors(collection)},
                    **{name: {"data": end} for name, end in change.ends.items()},
                },
                "is_mine": True,
            }
        )

    def changed(self, collection: Collection, old: Resource, body: bytes) -> Resource:
        """Return a resource with what a body changes.

        Raises:
            InvalidError: if the body is wrong.
        """
        change = self._judged(collection, body, old)
        ends = {name: {"data": end} for name, end in change.ends.items()}
        if "updater" in _authors(collection):
            ends["updater"] = {"data": _ME}
        now = stamp(datetime.now(UTC))
        return _derived(
            {
                **old,
                "attributes": {**old["attributes"], **change.attributes, "updatedAt": now},
                "relationships": {**old["relationships"], **ends},
            }
        )

    def put(self, collection: Collection, resource: Resource) -> None:
        """Put a resource into the state."""
        self._data[collection.path][resource["id"]] = resource

    def delete(self, collection: Collection, old: Resource) -> None:
        """Take a resource out of the state.

        Raises:
            ForbiddenError: if its metadata tells that the user may not delete it.
            InvalidError: if others are at it, unless those are then at none.
        """
        if not may_delete(old):
            detail = "You are not authorized to perform that request."
            raise ForbiddenError(detail, "unauthorizedRequest", "Unauthorized Request")
        path, names = FORMS[collection.path].users
        ends = [
            one["relationships"][name]
            for name in names
            for one in self._data.get(path, {}).values()
        ]
        held = [end for end in ends if end["data"] and end["data"]["id"] == old["id"]]
        if held and self._switches["delete_in_use"] == "refused":
            detail = f"{title(collection.type)} is in use by {path}."
            raise InvalidError([wrong(detail, "/data")])
        for end in held:
            end["data"] = None
        del self._data[collection.path][old["id"]]

    def _judged(self, collection: Collection, body: bytes, old: Resource | None) -> Change:
        form = FORMS[collection.path]
        change = Judge(collection, form, self._data, self._switches, old).change(body)
        if collection.path == "stages" and change.attributes.get("name") is not None:
            self._refuse_second(change.attributes["name"], old)
        return change

    def _refuse_second(self, name: str, old: Resource | None) -> None:
        """Refuse a stage of a name that another one has."""
        how = self._switches["stage_names"]
        others = [one for one in self._data["stages"].values() if one is not old]
        if how == "free" or all(one["attributes"]["name"] != name for one in others):
            return
        if how == "taken":
            raise InvalidError([wrong("Stages name has already been taken.", "/data")])
        detail = "A Stage with this name already exists."
        raise InvalidError([wrong(detail, code="validationDuplicateValueError")])


def _authors(collection: Collection) -> list[str]:
    return [name for name in ("creator", "updater") if name in collection.includable]


def _given_by_the_server(collection: Collection) -> dict[str, Any]:
    return {"cleanupToken": secrets.token_hex(16)} if collection.path == "webhooks" else {}


def _derived(resource: Resource) -> Resource:
    """Fill what follows from other fields: full names, and an opportunity's older `stage`."""
    attributes, relationships = resource["attributes"], resource["relationships"]
    if "firstName" in attributes:
        names = (attributes["firstName"], attributes["lastName"])
        attributes["name"] = " ".join(name for name in names if name) or None
    if "opportunityStage" in relationships:
        relationships["stage"] = {**relationships["opportunityStage"]}
    return resource
