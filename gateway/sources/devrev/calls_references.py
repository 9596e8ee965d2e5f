"""DevRev's lists of what inputs name by id, each a page as a call, over POST like all else."""

import re
from collections.abc import Mapping

from gateway.sources.devrev import wire_references as wire
from gateway.sources.devrev.normalise import is_don
from gateway.upstream.call import Call
from schema.types.ids import Kind
from schema.types.reference import ReferenceKind

_VISTA = re.compile(r"VISTA-[0-9]{1,18}")

LISTS: Mapping[ReferenceKind, tuple[str, type[wire.Page]]] = {
    ReferenceKind.STATE: ("/states.custom.list", wire.States),
    ReferenceKind.PERSON: ("/dev-users.list", wire.People),
    ReferenceKind.PART: ("/parts.list", wire.Parts),
    ReferenceKind.TAG: ("/tags.list", wire.Tags),
    ReferenceKind.SPRINT: ("/vistas.groups.list", wire.Sprints),
    ReferenceKind.ACCOUNT: ("/accounts.list", wire.Accounts),
    ReferenceKind.REV_ORG: ("/rev-orgs.list", wire.RevOrgs),
    ReferenceKind.GROUP: ("/groups.list", wire.Groups),
}
"""Each kind's route and answer."""


def is_vista(text: str) -> bool:
    """Tell whether a text has the form of a vista's DON or display id."""
    if is_don(text):
        return text.rpartition(":")[2].startswith("vista/")
    return _VISTA.fullmatch(text) is not None


def list_references(kind: ReferenceKind, vista: str | None, rows: int) -> Call[wire.Page]:
    """POST to a kind's list: the first page, of sprints those of a vista or all."""
    route, answer = LISTS[kind]
    body = {"limit": rows} if vista is None else {"limit": rows, "parent_id": [vista]}
    return Call(method="POST", route=route, answer=answer, body=body, kept_as=Kind(kind.value))
