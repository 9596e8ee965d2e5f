"""Outreach's endpoints, each as a function that returns a call."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

from msgspec import structs

from gateway import errors
from gateway.adapter import Span, StageAsk
from gateway.sources.outreach import wire
from gateway.upstream.call import Call
from schema.types.ids import Kind
from schema.types.source import Source
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

_SLACK = timedelta(seconds=1)
_NAMES_LENGTH = 1500
"""Characters of the address that names may take, so that it stays near 2 KB."""


def _text(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _within(name: str, span: Span) -> Query:
    """Filter by a span, a second wider at each end as the vendor's precision is not known.

    An end that no calendar has a second beyond is left open.
    """
    query: Query = []
    for end, time, slack in (("gte", span.gte, -_SLACK), ("lte", span.lt, _SLACK)):
        if time is not None:
            try:
                query.append((f"filter[{name}][{end}]", _text(time + slack)))
            except OverflowError:
                continue
    return query


def _named(names: Sequence[str] | None) -> Query:
    """Filter by exact names, unless Outreach may read one of them as something else.

    Texts with underscores around them stand for null and the like; an empty one may count as no
    filter; a vendor may trim blanks. Names beyond the length of an address are too many. The
    gateway filters again in any case.
    """
    query = [("filter[name][]", name) for name in names or ()]
    is_plain = all(
        name and name.isprintable() and name == name.strip() and not name.startswith("__")
        for _, name in query
    )
    if is_plain and sum(len(quote(key + name)) for key, name in query) <= _NAMES_LENGTH:
        return query
    return []


def _list(route: str, kept_as: Kind, query: Query) -> Call[wire.Page]:
    return Call(method="GET", route=route, answer=wire.Page, query=tuple(query), kept_as=kept_as)


def list_stages(ask: StageAsk, rows: int) -> Call[wire.Page]:
    """GET /stages: the first page, in the order asked where Outreach has it."""
    query: Query = [("page[size]", str(rows)), ("count", "false"), *_WHOLE]
    # The new syntax takes commas and dots in names as they are.
    query.append(("newFilterSyntax", "true"))
    query += _named(ask.names)
    query += _within("createdAt", ask.created) + _within("updatedAt", ask.updated)
    if ask.order in SORTS:
        query.append(("sort", ("-" if ask.descending else "") + SORTS[ask.order]))
    return _list("/stages", Kind.STAGE, query)


def get_stage(number: str) -> Call[wire.One]:
    """GET /stages/{id}."""
    return Call(
        method="GET",
        route="/stages/{id}",
        params={"id": number},
        query=tuple(_WHOLE),
        answer=wire.One,
        kept_as=Kind.STAGE,
    )


def get_stages(numbers: Sequence[str], rows: int) -> Call[wire.Page]:
    """GET /stages with a list of ids, which is one call; unknown ids are simply absent."""
    query = [
        ("filter[id]", ",".join(numbers)),
        ("page[size]", str(min(rows, len(numbers)))),
        ("count", "false"),
        *_WHOLE,
    ]
    return _list("/stages", Kind.STAGE, query)


def list_prospects(
    stages: Sequence[str], past: int, rows: int, *, is_trimmed: bool
) -> Call[wire.Page]:
    """GET /prospects at any of some stages, by id.

    Args:
        stages: numbers of the stages.
        past: only prospects with a larger number.
        rows: rows of the page.
        is_trimmed: whether only the relationship to the stage is asked for, which saves nearly
            all of a prospect's hundreds of fields.
    """
    query: Query = [("filter[stage][id]", ",".join(stages))]
    if past:
        query.append(("filter[id]", f"{past + 1}..inf"))
    query += [("page[size]", str(rows)), ("count", "false"), ("sort", "id")]
    if is_trimmed:
        query.append(("fields[prospect]", "stage"))
    return _list("/prospects", Kind.PROSPECT, query)


def list_users(rows: int) -> Call[wire.Page]:
    """GET /users: the first page."""
    query = (("page[size]", str(rows)), ("count", "false"))
    return Call(method="GET", route="/users", answer=wire.Page, query=query, kept_as=Kind.PERSON)


def check() -> Call[wire.Page]:
    """GET /stages, one row: the least that needs the credential and the scope."""
    query = (("page[size]", "1"), ("count", "false"))
    return Call(method="GET", route="/stages", answer=wire.Page, query=query)


def renew(route: str, grant: wire.Grant) -> Call[wire.Granted]:
    """POST to the token URL, as JSON; forms do as well. Without the envelope of all else.

    It is sent once, as the refresh token that it spends is good once.
    """
    return Call(method="POST", route=route, answer=wire.Granted, body=grant, is_safe=False)


def has_more(page: wire.Page) -> bool:
    """Tell whether a page is followed by another."""
    return page.links is not None and bool(page.links.next)


def following(page: wire.Page, call: Call[wire.Page]) -> Call[wire.Page] | None:
    """Make the next page's call.

    Only the cursor is taken out of the vendor's link: an address in an answer is never followed.

    Raises:
        errors.BadResponse: if the link has no cursor, so that rows would be lost.
    """
    if page.links is None or not page.links.next:
        return None
    try:
        cursor = parse_qs(urlsplit(page.links.next).query).get("page[after]")
    except ValueError:
        cursor = None
    if not cursor:
        message = f"{Source.OUTREACH.name} sent a link to the next page that makes no sense."
        raise errors.BadResponse(Source.OUTREACH, message)
    kept = [pair for pair in call.query if pair[0] != "page[after]"]
    return structs.replace(call, query=(*kept, ("page[after]", cursor[-1])))
