"""Parts, tags, accounts, rev orgs, groups, vistas and their groups, chosen by what they have."""

from typing import Any

import pytest

from gateway.sources.devrev.tests.plain import Api
from tests.fixtures import Sandbox

SPRINT = "don:core:dvrv-us-1:devo/0:vista/1:vista_group_item"
LATE = "2025-02-20T00:00:00Z"
EARLY = "2025-01-15T09:00:00Z"

# A route, a body, and the names of what is found, in the seed's order.
FOUND: list[tuple[str, dict[str, Any], list[str]]] = [
    ("parts", {"type": ["product"]}, ["Northwind Cloud", "Northwind Devices"]),
    ("parts", {"name": ["Search", "search"]}, ["Search"]),
    ("parts", {"custom_fields": {"tnt__cost_centre": 4007}}, ["Invoices"]),
    ("parts", {"parent_part": {"parts": ["CAPL-3"], "level": 1}}, ["Invoices", "Dunning"]),
    ("parts", {"parent_part": {"parts": ["CAPL-3"]}}, ["Invoices", "Dunning", "E-invoicing"]),
    ("parts", {"parent_part": {"parts": ["PROD-1"], "level": 1}}, ["Billing", "Search"]),
    ("parts", {"parent_part": {"parts": []}}, [
        "Northwind Cloud", "Northwind Devices", "Billing", "Search", "Fleet control", "Firmware",
        "Invoices", "Dunning", "Facets", "Synonyms", "Remote lock", "Staged roll-out",
        "E-invoicing", "Facets that count", "Lock on loss", "Delta updates",
    ]),
    ("parts", {"enhancement": {"state_v2": ["in_progress"]}}, [
        "E-invoicing", "Facets that count", "Lock on loss", "Delta updates",
    ]),
    ("parts", {"enhancement": {"stage_v2": ["STG-5"]}}, []),
    ("parts", {"enhancement": {"target_close_date": {"before": "2025-11-16T09:00:00Z"}}}, [
        "E-invoicing", "Facets that count",
    ]),
    ("parts", {"enhancement": {"actual_start_date_v2": {"type": "range", "after": LATE}}}, [
        "Lock on loss", "Delta updates",
    ]),
    ("parts", {"enhancement": {"tickets": ["TKT-1"]}}, []),
    ("tags", {"name": ["Renewal", "debt"]}, ["debt", "Renewal"]),
    ("accounts", {"display_name": ["Acme"]}, ["Acme"]),
    ("accounts", {"domains": ["hooli.example"]}, ["Hooli"]),
    ("accounts", {"websites": ["www.stark.example"]}, ["Stark"]),
    ("accounts", {"external_refs": ["crm-0002", "crm-0003"]}, ["Globex", "Initech"]),
    ("accounts", {"tier": ["gold"]}, ["Initech", "Stark"]),
    ("accounts", {"custom_fields": {"tnt__segment": "smb"}}, ["Globex", "Umbrella", "Stark"]),
    ("accounts", {"created_date": {"before": EARLY}}, ["Acme", "Globex", "Initech"]),
    ("accounts", {"created_date": {"after": EARLY, "before": EARLY}}, ["Initech"]),
    ("accounts", {"stage": ["STG-1"]}, []),
    ("rev-orgs", {"account": ["ACC-1"]}, ["Acme EU", "Acme US"]),
    ("rev-orgs", {"external_ref": ["org-0003"]}, ["Globex"]),
    ("rev-orgs", {"display_name": ["Hooli", "Acme"]}, ["Hooli"]),
    ("rev-orgs", {"modified_date": {"before": "2025-03-29T09:00:00Z"}}, ["Acme EU", "Acme US"]),
    ("groups", {"member_type": ["rev_user"]}, ["Beta customers"]),
    ("groups", {"is_default": True}, ["Support EMEA"]),
    ("groups", {"is_default": False}, ["Support AMER", "Platform", "Beta customers"]),
    ("groups", {"name": ["Platform"], "ingestion_source": ["scim"]}, ["Platform"]),
    ("groups", {"sync_metadata": {"external_reference": ["grp-2"]}}, ["Support AMER"]),
    ("groups", {"group_type": ["dynamic"]}, []),
    ("vistas", {"is_default": True, "skip_items": True}, ["Cloud sprints"]),
    ("vistas", {"flavor": ["sprint_board"], "state": ["active"]}, [
        "Cloud sprints", "Device sprints",
    ]),
    ("vistas", {"object_type": ["parts"]}, []),
    ("vistas", {"members": ["DEVU-5"]}, ["Device sprints"]),
    ("vistas", {"shared_with": [{"member": "DEVU-4"}]}, ["Cloud sprints"]),
    ("vistas", {"type": ["dynamic"]}, []),
    ("vistas.groups", {"parent_id": ["VISTA-2"], "state": ["active", "planned"]}, [
        "Sprint 3", "Sprint 4",
    ]),
    ("vistas.groups", {"state": ["planned"], "type": ["curated"]}, ["Sprint 4", "Sprint 4"]),
    ("vistas.groups", {"group_object_type": ["part", "conversation"]}, []),
    ("vistas.groups", {"group_object_type": ["work"], "state": ["active"]}, [
        "Sprint 3", "Sprint 3",
    ]),
    ("vistas.groups", {"start_date": {"type": "range", "after": "2025-05-20T00:00:00Z"}}, [
        "Sprint 4", "Sprint 4",
    ]),
    ("vistas.groups", {"ancestor_part": ["PROD-1"]}, []),
    ("vistas.groups", {"applies_to_part": {"parts": ["PROD-1"], "include_child_parts": True}}, []),
]  # fmt: skip


def many(route: str) -> str:
    return {"rev-orgs": "rev_orgs", "vistas.groups": "vista_group"}.get(route, route)


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [one.get("name") or one["display_name"] for one in rows]


def query_of(body: dict[str, Any], above: str = "") -> str | None:
    """The body as a query; None where a query cannot tell it."""
    parts = list[str]()
    for name, value in body.items():
        if isinstance(value, dict) and name != "custom_fields":
            if "type" in value:
                return None
            inner = query_of(value, f"{above}{name}.")
            if inner is None:
                return None
            parts.append(inner)
        elif name == "shared_with":
            return None
        else:
            values: list[Any] = value if isinstance(value, list) else [value]
            texts = [one if isinstance(one, str) else str(one).lower() for one in values]
            texts = [text.replace("'", '"') for text in texts]
            parts += [f"{above}{name}={text}" for text in texts]
    return "&".join(parts)


@pytest.mark.parametrize(("route", "body", "found"), FOUND)
def test_objects_are_chosen(api: Api, route: str, body: dict[str, Any], found: list[str]) -> None:
    rows = api.ok(f"{route}.list", **body)[many(route)]
    assert names(rows) == found
    query = query_of(body)
    if query is not None:
        assert api.get(f"{route}.list", query).json()[many(route)] == rows


@pytest.mark.parametrize(
    ("route", "field"),
    [
        ("parts", "owned_by"),
        ("parts", "created_by"),
        ("parts", "modified_by"),
        ("accounts", "owned_by"),
        ("accounts", "created_by"),
        ("rev-orgs", "created_by"),
        ("groups", "created_by"),
        ("vistas", "created_by"),
    ],
)
def test_objects_of_a_person(sandbox: Sandbox, api: Api, route: str, field: str) -> None:
    rows = sandbox.state("devrev")[route.replace("-", "_")]

    def people(row: dict[str, Any]) -> set[str]:
        own = row[field] if isinstance(row[field], list) else [row[field]]
        return {text for one in own for text in (one["id"], one["display_id"])}

    for text in people(rows[0]):
        expected = [one for one in rows if text in people(one)]
        assert 0 < len(expected) <= len(rows)
        assert api.ok(f"{route}.list", **{field: [text]}) == {many(route): expected}
        assert api.get(f"{route}.list", f"{field}={text}").json() == {many(route): expected}


@pytest.mark.parametrize("route", ["parts", "accounts", "rev-orgs"])
def test_objects_with_a_tag(sandbox: Sandbox, api: Api, route: str) -> None:
    rows = sandbox.state("devrev")[route.replace("-", "_")]
    for tag in ("TAG-1", "TAG-2"):
        expected = [one for one in rows if tag in {own["tag"]["display_id"] for own in one["tags"]}]
        assert len(expected) < len(rows)
        assert api.ok(f"{route}.list", tags=[tag]) == {many(route): expected}


def test_the_default_rev_org_of_an_account(api: Api) -> None:
    first = api.ok("rev-orgs.list", account=["ACC-1"])["rev_orgs"][0]
    assert api.ok("rev-orgs.get", account="ACC-1") == {"rev_org": first}
    assert api.get("rev-orgs.get", "account=ACC-1").json() == {"rev_org": first}
    assert api.post("rev-orgs.get", account="ACC-99").status_code == 404


def test_a_sprint_by_its_don(api: Api) -> None:
    sprint = api.ok("vistas.groups.get", id=f"{SPRINT}/3")["vista_group"]
    assert (sprint["name"], sprint["state"], sprint["parent"]["display_id"]) == (
        "Sprint 3",
        "active",
        "VISTA-1",
    )
    assert api.post("vistas.groups.get", id=f"{SPRINT}/99").status_code == 404
    assert api.refusal(api.post("vistas.groups.get", id="VISTA-1"))["field_name"] == "id"


def test_objects_are_sorted(api: Api) -> None:
    for route, field in (
        ("parts", "name"),
        ("tags", "name"),
        ("accounts", "display_name"),
        ("rev-orgs", "display_name"),
        ("groups", "name"),
        ("vistas", "name"),
        ("vistas.groups", "start_date"),
    ):
        rows = api.ok(f"{route}.list")[many(route)]
        rows.sort(key=lambda one, field=field: one[field], reverse=True)
        assert api.ok(f"{route}.list", sort_by=[f"{field}:desc"])[many(route)] == rows
