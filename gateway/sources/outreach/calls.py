"""Outreach's endpoints, each as a function that returns a call."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from msgspec import structs

from gateway.adapter import Span, StageAsk
from gateway.sources.outreach import wire
from gateway.upstream.call import Call
from schema.types.stage import StageOrderField

Query = list[tuple[str, str]]

SORTS = {
    StageOrderField.POSITION: "order",
    StageOrderField.CREATED_AT: "createdAt",
    StageOrderField.UPDATED_AT: "updatedAt",
}

# Everything that a stage can tell costs no further call, so every stage is asked for whole.
_WHOLE: Query = [
    ("include", "creator,updater"),
    ("provideAuthorizationMeta", "true"),
    ("provideDataConnections", "true"),
]


def _text(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _within(name: str, span: Span) -> Query:
    """Filter by a span, a second wider at each end as the vendor's precision is not known."""
    query: Query = []
    if span.gte:
        query.append((f"filter[{name}][gte]", _text(span.gte - timedelta(seconds=1))))
    if span.lt:
        query.append((f"filter[{name}][lte]", _text(span.lt + timedelta(seconds=1))))
    return query


def list_stages(ask: StageAsk, rows: int) -> Call[wire.Page]:
    """GET /stages: the first page, in the order asked where Outreach has it."""
    query: Query = [("page[size]", str(rows)), ("count", "false"), *_WHOLE]
    # The new syntax takes commas and dots in names as they are.
    query.append(("newFilterSyntax", "true"))
    query += [("filter[name][]", name) for name in ask.names or ()]
    query += _within("createdAt", ask.created) + _within("updatedAt", ask.updated)
    if ask.order in SORTS:
        query.append(("sort", ("-" if ask.descending else "") + SORTS[ask.order]))
    return Call(method="GET", route="/stages", answer=wire.Page, query=tuple(query))


def get_stage(number: str) -> Call[wire.One]:
    """GET /stages/{id}."""
    return Call(
        method="GET",
        route="/stages/{id}",
        params={"id": number},
        query=tuple(_WHOLE),
        answer=wire.One,
    )


def get_stages(numbers: Sequence[str]) -> Call[wire.Page]:
    """GET /stages with a list of ids, which is one call; unknown ids are simply absent."""
    query = [
        ("filter[id]", ",".join(numbers)),
        ("page[size]", str(len(numbers))),
        ("count", "false"),
        *_WHOLE,
    ]
    return Call(method="GET", route="/stages", answer=wire.Page, query=tuple(query))


def list_prospects(stages: Sequence[str], rows: int) -> Call[wire.Page]:
    """GET /prospects at any of some stages, by id."""
    query = (
        ("filter[stage][id]", ",".join(stages)),
        ("page[size]", str(rows)),
        ("count", "false"),
        ("fields[prospect]", "stage"),
        ("sort", "id"),
    )
    return Call(method="GET", route="/prospects", answer=wire.Page, query=query)


def check() -> Call[wire.Page]:
    """GET /stages, one row: the least that needs the credential and the scope."""
    query = (("page[size]", "1"), ("count", "false"))
    return Call(method="GET", route="/stages", answer=wire.Page, query=query)


def following(page: wire.Page, call: Call[wire.Page]) -> Call[wire.Page] | None:
    """Make the next page's call.

    Only the cursor is taken out of the vendor's link: an address in an answer is never followed.
    """
    if page.links is None or not page.links.next:
        return None
    cursor = parse_qs(urlsplit(page.links.next).query).get("page[after]")
    if not cursor:
        return None
    kept = [pair for pair in call.query if pair[0] != "page[after]"]
    return structs.replace(call, query=(*kept, ("page[after]", cursor[-1])))
