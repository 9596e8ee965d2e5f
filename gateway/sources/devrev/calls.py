"""DevRev's endpoints, each as a function that returns a call.

Every reading endpoint exists as GET and as POST. Only the POST forms are used: how a GET writes
lists is told differently by the vendor's OpenAPI, client and guide.
"""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import structs

from gateway.sources.devrev import wire
from gateway.upstream.call import Call

T = TypeVar("T")


def _post(route: str, answer: type[T], **body: object) -> Call[T]:
    return Call(method="POST", route=route, answer=answer, body=body)


def _is_plain(name: str) -> bool:
    return name.isprintable() and name != "" and name == name.strip()


def _exactly(**conditions: Sequence[str] | None) -> dict[str, list[str]]:
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
    return _post("/stages.custom.list", wire.Page, limit=rows, **_exactly(name=names))


def get_stage(id: str) -> Call[wire.OneStage]:  # noqa: A002 - the vendor's word
    """POST /stages.custom.get, by DON or display id."""
    return _post("/stages.custom.get", wire.OneStage, id=id)


def list_diagrams(
    names: Sequence[str] | None, leaf_types: Sequence[str] | None, rows: int
) -> Call[wire.Page]:
    """POST /stage-diagrams.list: the first page, by exact names and types of works, not by ids."""
    chosen = _exactly(name=names, leaf_type=leaf_types)
    return _post("/stage-diagrams.list", wire.Page, limit=rows, **chosen)


def get_diagram(id: str) -> Call[wire.OneDiagram]:  # noqa: A002 - the vendor's word
    """POST /stage-diagrams.get, by DON or display id."""
    return _post("/stage-diagrams.get", wire.OneDiagram, id=id)


def check() -> Call[wire.Self]:
    """POST /dev-users.self: whose token it is."""
    return _post("/dev-users.self", wire.Self)


def following(page: wire.Page, call: Call[wire.Page]) -> Call[wire.Page] | None:
    """Make the next page's call; the cursor is opaque and goes back as it came."""
    if not page.cursor:
        return None
    return structs.replace(call, body={**call.body, "cursor": page.cursor})
