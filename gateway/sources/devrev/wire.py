"""DevRev's answers in DevRev's words.

Only `id` is required of any object (the vendor's OpenAPI), so everything else may be missing.
Times are UTC with milliseconds.
"""

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct

from gateway.upstream.origin import Int32, Time
from gateway.upstream.parts import Late

_NAME = "[A-Za-z0-9][A-Za-z0-9_.-]*"

DON = rf"^don(:{_NAME}(/{_NAME})*){{3,}}\Z"
"""DevRev's object names, such as don:core:dvrv-us-1:devo/0:custom_stage/1."""

DISPLAY_ID = r"^[A-Z][A-Z_]{0,30}-[0-9]{1,18}\Z"
"""What DevRev shows to people instead, such as STG-12."""

CUSTOMER_ID = r"^REVU?-[A-Za-z0-9]{1,32}\Z"
"""What it shows of rev orgs and rev users, such as REV-AbCdEfGh."""

MAX_ID = 128

Don = Annotated[str, Meta(pattern=DON, max_length=MAX_ID)]


class File(Struct, frozen=True):
    """A file of an artifact; `size` is in bytes."""

    type: str | None = None
    name: str | None = None
    size: Annotated[int, Meta(ge=0, lt=2**53)] | None = None


class Artifact(Struct, frozen=True):
    """The summary of an artifact."""

    id: str | None = None
    display_id: str | None = None
    file: File | None = None


class User(Struct, frozen=True):
    """The summary of a user, of any type, and of the user himself what it shares with it."""

    id: str | None = None
    type: str | None = None
    display_id: str | None = None
    display_name: str | None = None
    full_name: str | None = None
    email: str | None = None
    state: str | None = None
    display_picture: Artifact | None = None


class State(Struct, frozen=True):
    """The summary of a custom state."""

    id: str | None = None
    display_id: str | None = None
    name: str | None = None
    is_final: bool | None = None


class Named(Struct, frozen=True):
    """What objects are found by."""

    id: Don
    display_id: str | None = None


class Stage(Named, frozen=True):
    """A custom stage."""

    name: str | None = None
    ordinal: Int32 | None = None
    state: Late[State] = None
    created_by: Late[User] = None
    created_date: Time | None = None
    modified_by: Late[User] = None
    modified_date: Time | None = None


class StageSummary(Struct, frozen=True):
    """The stage of a node or a transition: with a name at most, but no state and no ordinal."""

    id: Don


class Transition(Struct, frozen=True):
    """A way out of a node."""

    target_stage: StageSummary


class Node(Struct, frozen=True):
    """A node of a stage diagram; one that does not tell its stage makes no sense."""

    stage: StageSummary
    is_start: bool | None = None
    is_deprecated: bool | None = None
    transitions: list[Any] | None = None


class Diagram(Named, frozen=True, kw_only=True):
    """A stage diagram."""

    stages: list[Any]
    name: str | None = None
    leaf_type: str | None = None
    is_default: bool | None = None
    is_custom_leaf_type: bool | None = None
    created_by: Late[User] = None
    created_date: Time | None = None
    modified_by: Late[User] = None
    modified_date: Time | None = None


class OneStage(Struct, frozen=True, rename={"found": "custom_stage"}):
    """The answer of stages.custom.get."""

    found: Raw


class OneDiagram(Struct, frozen=True, rename={"found": "stage_diagram"}):
    """The answer of stage-diagrams.get."""

    found: Raw


class Self(Struct, frozen=True):
    """The answer of dev-users.self."""

    dev_user: User


class Page(Struct, frozen=True):
    """A page of stages or of diagrams; `cursor` is left out on the last one."""

    result: list[Raw]
    cursor: str | None = None
