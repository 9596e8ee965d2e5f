"""What the emulator answers about, and what each can be asked by."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.sources.devrev.sandbox.filters import (
    Filter,
    Filters,
    Given,
    Test,
    alike,
    below,
    custom_fields,
    date,
    ends,
    flag,
    ids,
    ints,
    silent,
    texts,
    within_of,
)
from gateway.sources.devrev.sandbox.grammar import Field, Fields
from gateway.sources.devrev.sandbox.records import Records
from gateway.sources.devrev.sandbox.works_filters import OF_WORKS, PARTS, SYNC, USERS, WORDS


class Family(NamedTuple):
    """What a type of object can be asked by.

    Attributes:
        route: what its endpoints begin with. table: where its records are.
        one: what a get answers under. many: what a list answers under.
        words: its types in ids. filters: what a list takes besides paging.
        sortable: what a list can be sorted by; the vendor names none, so it is a guess.
        also_by: what a get takes besides its id.
        is_two_way: whether its lists have two cursors.
        is_paged: whether its lists have pages; one without takes nothing at all.
        most: the largest page, where the vendor states one.
        verbs: what can be done.
    """

    route: str
    table: str
    one: str
    many: str
    words: Sequence[str]
    filters: Filters
    sortable: Sequence[str]
    also_by: Fields = {}
    is_two_way: bool = True
    is_paged: bool = True
    most: int | None = None
    verbs: Sequence[str] = ("get", "list")


_DATES = ("created_date", "modified_date")
_CUSTOM = Filter(Field("object"), maker=custom_fields)

STAGES = Family(
    "stages.custom", "stages", "custom_stage", "result", ("custom_stage",),
    {"name": texts(), "ordinal": ints()},
    ("name", "ordinal", *_DATES),
    is_two_way=False,
)  # fmt: skip
STATES = Family(
    "states.custom", "states", "custom_state", "result", ("custom_state",),
    {"name": texts(), "ordinal": ints(), "is_final": flag()},
    ("name", "ordinal", *_DATES),
    is_two_way=False,
)  # fmt: skip
DIAGRAMS = Family(
    "stage-diagrams", "workflows", "stage_diagram", "result", ("stage_diagram",),
    {"name": texts(), "leaf_type": texts(), "is_custom_leaf_type": flag()},
    ("name", "leaf_type", *_DATES),
    also_by={"leaf_type": Field("text"), "is_custom_leaf_type": Field("bool")},
    is_two_way=False,
)  # fmt: skip
DEV_USERS = Family(
    "dev-users", "people", "dev_user", "dev_users", ("devu",),
    {
        "email": texts(),
        "state": texts("active", "deactivated", "deleted", "locked", "shadow", "unassigned"),
        "external_identity": Filter(
            Field("object", many=True, place="body"), maker=alike("external_identities")
        ),
        "external_identity.id": Filter(
            Field("text", place="query"), "external_identities.id"
        ),
        "external_identity.issuer": Filter(
            Field("text", place="query"), "external_identities.issuer"
        ),
        "created_date": date(),
        "modified_date": date(),
        "custom_fields": _CUSTOM,
    },
    ("display_name", "full_name", "email", *_DATES),
)  # fmt: skip
WORKS = Family(
    "works", "works", "work", "works", WORDS,
    OF_WORKS,
    ("title", "actual_close_date", "target_close_date", *_DATES),
    verbs=("get", "list", "export", "count"),
)  # fmt: skip


def _planned(name: str) -> Filters:
    return {**ends(name), f"{name}_v2": date(name)}


_ENHANCEMENT: Filters = {
    "accounts": ids("account"),
    "opportunities": ids("opportunity"),
    "rev_score_tier": texts("high", "low", "medium"),
    "stage_v2": ids("custom_stage", path="stage_v2.stage"),
    "state_v2": texts(),
    "tickets": ids("ticket"),
    **_planned("actual_close_date"),
    **_planned("actual_start_date"),
    **_planned("target_close_date"),
    **_planned("target_start_date"),
}
PARTS_OF_PRODUCTS = Family(
    "parts", "parts", "part", "parts", PARTS,
    {
        "type": texts(*PARTS),
        "created_by": ids(*USERS),
        "custom_fields": _CUSTOM,
        **within_of("enhancement", _ENHANCEMENT),
        "modified_by": ids(*USERS),
        "name": texts(),
        "owned_by": ids(*USERS),
        "parent_part.level": Filter(Field("int"), maker=below),
        "parent_part.parts": Filter(Field("id", many=True, words=PARTS), maker=below),
        "subtype": texts(),
        "tags": ids("tag", path="tags.tag"),
    },
    ("name", "type", *_DATES),
)  # fmt: skip
TAGS = Family(
    "tags", "tags", "tag", "tags", ("tag",),
    {"name": texts()},
    ("name", *_DATES),
)  # fmt: skip
ACCOUNTS = Family(
    "accounts", "accounts", "account", "accounts", ("account",),
    {
        "created_by": ids(*USERS),
        **ends("created_date"),
        "custom_fields": _CUSTOM,
        "display_name": texts(),
        "domains": texts(),
        "external_refs": texts(),
        **ends("modified_date"),
        "owned_by": ids(*USERS),
        "stage": ids("custom_stage"),
        "subtype": texts(),
        "tags": ids("tag", path="tags.tag"),
        "tier": texts(),
        "websites": texts(),
    },
    ("display_name", "tier", *_DATES),
)  # fmt: skip
REV_ORGS = Family(
    "rev-orgs", "rev_orgs", "rev_org", "rev_orgs", ("revo",),
    {
        "account": ids("account"),
        "created_by": ids(*USERS),
        **ends("created_date"),
        "custom_fields": _CUSTOM,
        "display_name": texts(),
        "external_ref": texts(),
        **ends("modified_date"),
        "tags": ids("tag", path="tags.tag"),
    },
    ("display_name", *_DATES),
    also_by={"account": Field("id", words=("account",))},
)  # fmt: skip
GROUPS = Family(
    "groups", "groups", "group", "groups", ("group",),
    {
        "created_by": ids(*USERS),
        "group_type": texts("dynamic", "static"),
        "ingestion_source": texts("airdrop", "scim", path="sync_metadata.origin_system"),
        "is_default": flag(),
        "member_type": texts("dev_user", "rev_user"),
        "name": texts(),
        **SYNC,
    },
    ("name", *_DATES),
)  # fmt: skip


def _of_objects(records: Records, given: Given, value: Sequence[str]) -> Test:
    """Make the test of what a sprint holds; a filter tells it in the singular."""
    del records, given
    return lambda record: record["object_type"].removesuffix("s") in value


_STATES = ("active", "completed", "planned")
VISTAS = Family(
    "vistas", "vistas", "vista", "vistas", ("vista",),
    {
        "type": texts("curated", "dynamic", "grouped"),
        "created_by": ids(*USERS),
        "flavor": texts("nnl", "sprint_board", "support_inbox"),
        "is_default": flag(),
        "members": ids(*USERS, "group", path="shared_with.member"),
        "object_type": texts(path="filter_type"),
        "shared_with": Filter(
            Field("object", many=True, place="body"), maker=alike("shared_with")
        ),
        "shared_with.member": Filter(
            Field("id", words=(*USERS, "group"), place="query"), "shared_with.member"
        ),
        "shared_with.role": Filter(Field("id", words=("role",), place="query")),
        "skip_items": silent(Field("bool")),
        "state": silent(Field("text", many=True, words=_STATES)),
    },
    ("name", *_DATES),
    most=100,
)  # fmt: skip
SPRINTS = Family(
    "vistas.groups", "sprints", "vista_group", "vista_group", ("vista_group_item",),
    {
        "type": texts("curated", "dynamic"),
        "ancestor_part": ids(*PARTS),
        "applies_to_part.include_child_parts": silent(Field("bool")),
        "applies_to_part.parts": ids(*PARTS, path="applies_to_part"),
        "created_by": ids(*USERS),
        "created_date": date(),
        "end_date": date(),
        "group_object_type": texts("conversation", "part", "work")._replace(maker=_of_objects),
        "modified_date": date(),
        "parent_id": ids("vista", path="parent"),
        "start_date": date(),
        "state": texts(*_STATES),
    },
    ("name", "start_date", "end_date"),
)  # fmt: skip
WEBHOOKS = Family(
    "webhooks", "webhooks", "webhook", "webhooks", ("webhook",),
    {},
    (),
    is_paged=False,
)  # fmt: skip

FAMILIES = (
    STAGES, STATES, DIAGRAMS, DEV_USERS, WORKS, PARTS_OF_PRODUCTS, TAGS, ACCOUNTS, REV_ORGS, GROUPS,
    VISTAS, SPRINTS, WEBHOOKS,
)  # fmt: skip
