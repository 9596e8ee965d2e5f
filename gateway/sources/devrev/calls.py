"""DevRev's endpoints, each as a function that returns a call.

Every reading endpoint exists as GET and as POST. Only the POST forms are used: how a GET writes
lists is told differently by the vendor's OpenAPI, client and guide.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import structs

from gateway.sources.devrev import refusals, wire, wire_works
from gateway.upstream.call import Call
from schema.types.ids import Kind


class Paged(Protocol):
    """A page of any list; without a cursor it is the last one."""

    @property
    def cursor(self) -> str | None:
        """What the next page is asked for with."""
        ...


P = TypeVar("P", bound=Paged)
T = TypeVar("T")


def _post(route: str, answer: type[T], kind: Kind | None = None, **body: object) -> Call[T]:
    return Call(
        method="POST", route=route, answer=answer, body=body, kept_as=kind, reason=refusals.read
    )


def _is_plain(name: str) -> bool:
    return name.isprintable() and name != "" and name == name.strip()


def exactly(**conditions: Sequence[str] | None) -> dict[str, list[str]]:
    """Return what DevRev is asked for: any of some exact texts, field by field.

    Texts that DevRev may read otherwise (empty, with blanks around them, unprintable) are no
    condition, and neither is an empty list.
    """
    return {
        field: list(texts)
        for field, texts in conditions.items()
        if texts and all(map(_is_plain, texts))
    }


def list_stages(names: Sequence[str] | None, rows: int) -> Call[wire.Page]:
    """POST /stages.custom.list: the first page, of any of some exact names."""
    return _post("/stages.custom.list", wire.Page, Kind.STAGE, limit=rows, **exactly(name=names))


def get_stage(id: str) -> Call[wire.OneStage]:  # noqa: A002 - the vendor's word
    """POST /stages.custom.get, by DON or display id."""
    return _post("/stages.custom.get", wire.OneStage, Kind.STAGE, id=id)


def list_diagrams(
    names: Sequence[str] | None, leaf_types: Sequence[str] | None, rows: int
) -> Call[wire.Page]:
    """POST /stage-diagrams.list: the first page, by exact names and types of works, not by ids."""
    chosen = exactly(name=names, leaf_type=leaf_types)
    return _post("/stage-diagrams.list", wire.Page, Kind.WORKFLOW, limit=rows, **chosen)


def get_diagram(id: str) -> Call[wire.OneDiagram]:  # noqa: A002 - the vendor's word
    """POST /stage-diagrams.get, by DON or display id."""
    return _post("/stage-diagrams.get", wire.OneDiagram, Kind.WORKFLOW, id=id)


def list_works(
    conditions: Mapping[str, Any], rows: int, sort_by: Sequence[str] = ()
) -> Call[wire_works.Works]:
    """POST /works.list: the first page; `mode` is left out, as its own is to go on."""
    order = {"sort_by": list(sort_by)} if sort_by else {}
    return _post("/works.list", wire_works.Works, Kind.WORK, **conditions, limit=rows, **order)


def get_work(id: str) -> Call[wire_works.OneWork]:  # noqa: A002 - the vendor's word
    """POST /works.get, by DON or display id."""
    return _post("/works.get", wire_works.OneWork, Kind.WORK, id=id)


def count_works(conditions: Mapping[str, Any]) -> Call[wire_works.Count]:
    """POST /works.count, which only newer clients know."""
    return _post("/works.count", wire_works.Count, Kind.WORK, **conditions)


def check() -> Call[wire.Self]:
    """POST /dev-users.self: whose token it is."""
    return _post("/dev-users.self", wire.Self)


def following(page: P, call: Call[P]) -> Call[P] | None:
    """Make the next page's call; the cursor is opaque, goes back as it came, and leads on alone."""
    if not page.cursor:
        return None
    return structs.replace(call, body={**call.body, "cursor": page.cursor})
