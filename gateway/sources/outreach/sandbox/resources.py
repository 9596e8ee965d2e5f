"""The collections: what each can be asked by, and how its resources are shown."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple
from urllib.parse import quote_plus

from gateway.sources.outreach.sandbox.answers import RefusedError
from gateway.sources.outreach.sandbox.seed import Resource

ValueKind = Literal["text", "number", "time", "other"]
Data = Mapping[str, Mapping[int, Resource]]
"""Resources by the path of their collection and their number."""

_BASE = "https://api.outreach.io/api/v2"


class Collection(NamedTuple):
    """What a type of resource can be asked by.

    Attributes:
        path: the path of the collection. type: the word in ids and errors.
        attributes: all attributes, with what their values are.
        filterable: attributes to filter by. sortable: attributes to sort by, or "id".
        ends: relationships to filter by, with what of the resource at their end.
        includable: relationships that may be included, with the path of their type.
        many: relationships that are links only, with the path that they lead to.
    """

    path: str
    type: str
    attributes: Mapping[str, ValueKind]
    filterable: frozenset[str]
    sortable: frozenset[str]
    ends: Mapping[str, Sequence[str]]
    includable: Mapping[str, str]
    many: Mapping[str, str]

    def kind_of(self, name: str) -> ValueKind:
        """Return what the values of an attribute or of the id are."""
        return "number" if name == "id" else self.attributes[name]


_TIMES: dict[str, ValueKind] = {"createdAt": "time", "updatedAt": "time"}

STAGES = Collection(
    "stages",
    "stage",
    {"color": "text", "name": "text", "order": "number", **_TIMES},
    frozenset({"id", "name", "order", *_TIMES}),
    frozenset({"id", "name", "order", *_TIMES}),
    {"prospects": ("id",)},
    {"creator": "users", "updater": "users"},
    {"prospects": "prospects"},
)
USERS = Collection(
    "users",
    "user",
    {
        **dict.fromkeys(("email", "firstName", "lastName", "name", "username"), "text"),
        "locked": "other",
        **_TIMES,
    },
    frozenset({"id", "email", "firstName", "lastName", "username", *_TIMES}),
    frozenset({"id", "email", "firstName", "lastName", *_TIMES}),
    {},
    {},
    {},
)
PROSPECTS = Collection(
    "prospects",
    "prospect",
    {
        **dict.fromkeys(("company", "firstName", "lastName", "name", "title"), "text"),
        "emails": "other",
        **_TIMES,
    },
    frozenset({"id", "company", "firstName", "lastName", *_TIMES}),
    frozenset({"id", "company", "firstName", "lastName", *_TIMES}),
    {"stage": ("id", "name"), "owner": ("id",)},
    {"stage": "stages", "owner": "users"},
    {},
)
OPPORTUNITY_STAGES = Collection(
    "opportunityStages",
    "opportunityStage",
    {**STAGES.attributes, "isClosed": "other"},
    STAGES.filterable,
    STAGES.sortable,
    {},
    STAGES.includable,
    {},
)
OPPORTUNITIES = Collection(
    "opportunities",
    "opportunity",
    {"amount": "number", "name": "text", **_TIMES},
    frozenset({"id", "name", "amount", *_TIMES}),
    frozenset({"id", "name", "amount", *_TIMES}),
    {"opportunityStage": ("id",), "owner": ("id",)},
    {"opportunityStage": "opportunityStages", "stage": "opportunityStages", "owner": "users"},
    {},
)
WEBHOOKS = Collection(
    "webhooks",
    "webhook",
    {
        **dict.fromkeys(("action", "cleanupToken", "resource", "secret", "url"), "text"),
        **dict.fromkeys(("disabledReason", "disabledSince", "disabledUntil"), "text"),
        "active": "other",
        "payloadVersion": "number",
        **_TIMES,
    },
    frozenset({"id", "resource", "action", "url", *_TIMES}),
    frozenset({"id", "resource", "action", "url", *_TIMES}),
    {},
    {"creator": "users"},
    {},
)
COLLECTIONS = (STAGES, USERS, PROSPECTS, OPPORTUNITY_STAGES, OPPORTUNITIES, WEBHOOKS)
_BY_TYPE = {one.type: one for one in COLLECTIONS}


def value_of(resource: Resource, name: str) -> Any:
    """Return an attribute or the id."""
    return resource["id"] if name == "id" else resource["attributes"][name]


def values_at(
    resource: Resource, collection: Collection, data: Data, name: str, inner: str
) -> list[Any]:
    """Return what a filter by a relationship looks at, for each resource at its end."""
    if name in collection.many:
        others = data[collection.many[name]].values()
        return [value_of(one, inner) for one in others if _is_at(one, collection.type, resource)]
    end = resource["relationships"][name]["data"]
    if end is None:
        return [None]
    return [value_of(data[collection.includable[name]][end["id"]], inner)]


def _is_at(other: Resource, name: str, resource: Resource) -> bool:
    end = other["relationships"][name]["data"]
    return end is not None and end["id"] == resource["id"]


def included(
    rows: Sequence[Resource], names: Sequence[str], data: Data, show: "Show"
) -> list[Resource]:
    """Return the resources at the ends of some relationships, each once."""
    ends = [row["relationships"][name]["data"] for row in rows for name in names]
    wanted = sorted({(end["type"], end["id"]) for end in ends if end})
    return [show(data[_BY_TYPE[kind].path][number], _BY_TYPE[kind]) for kind, number in wanted]


class Show:
    """Writes resources as they are sent: sparse fields, links, and metadata on request.

    Args:
        asked: the query's parameters by name.
        sparse_fields: what `fields[type]` may name: members of both sorts, attributes alone with
            all relationships sent, or attributes alone with none sent.
    """

    def __init__(self, asked: Mapping[str, str], sparse_fields: str = "members") -> None:
        self._asked = asked
        self._sparse = sparse_fields

    def __call__(self, resource: Resource, collection: Collection) -> Resource:
        """Return a resource of a collection."""
        number = resource["id"]
        shown: Resource = {
            "type": resource["type"],
            "id": number,
            "attributes": resource["attributes"],
            "relationships": {**resource["relationships"], **_links(number, collection)},
            "links": {"self": f"{_BASE}/{collection.path}/{number}"},
        }
        self._trim(shown, collection)
        meta = self._meta(resource)
        return {**shown, "meta": meta} if meta else shown

    def _trim(self, shown: Resource, collection: Collection) -> None:
        fields = self._asked.get(f"fields[{collection.type}]")
        if fields is None:
            return
        wanted = set(fields.split(",")) - {""}
        if self._sparse == "attributes" and wanted - collection.attributes.keys():
            message = f"{min(wanted - collection.attributes.keys())} is not a field."
            parameter = f"fields[{collection.type}]"
            raise RefusedError(message, parameter, 400, "fieldsParameter.unknownResourceField")
        shown["attributes"] = _only(shown["attributes"], wanted)
        if self._sparse != "attributes":
            named = wanted if self._sparse == "members" else set[str]()
            shown["relationships"] = _only(shown["relationships"], named)

    def _meta(self, resource: Resource) -> dict[str, Any]:
        number, meta = resource["id"], dict[str, Any]()
        if self._asked.get("provideAuthorizationMeta") == "true":
            meta |= {"canWrite": True, "canDelete": may_delete(resource)}
        if self._asked.get("provideDataConnections") == "true":
            connection = {"source": "salesforce", "id": f"00Q{number:012d}"}
            meta["dataConnections"] = [connection] if number % 4 == 0 else []
        return meta


def may_delete(resource: Resource) -> bool:
    """Tell whether the user may delete a resource: their own always."""
    return resource.get("is_mine", False) or resource["id"] % 5 != 0


def _only(members: Mapping[str, Any], wanted: set[str]) -> dict[str, Any]:
    return {name: one for name, one in members.items() if name in wanted}


def _links(number: int, collection: Collection) -> dict[str, Any]:
    """Return the relationships to many, whose links are percent-encoded."""
    query = f"{_filter_by_id(collection.type)}={number}"
    return {
        name: {"links": {"related": f"{_BASE}/{path}?{query}"}}
        for name, path in collection.many.items()
    }


@cache
def _filter_by_id(kind: str) -> str:
    return quote_plus(f"filter[{kind}][id]")
