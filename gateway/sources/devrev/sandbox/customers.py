"""Accounts, rev orgs, rev users and groups."""

from string import ascii_letters

from gateway.sandbox.company import day, dice, stamp
from gateway.sources.devrev.sandbox.catalog import some_tags
from gateway.sources.devrev.sandbox.ids import don, named
from gateway.sources.devrev.sandbox.records import Record, Ref
from gateway.sources.devrev.sandbox.staff import someone

_ACCOUNTS = ("Acme", "Globex", "Initech", "Umbrella", "Hooli", "Stark")
_REV_ORGS = ("Acme EU", "Acme US", *_ACCOUNTS[1:])
_CONTACTS = (
    "Ana Costa", "Ben Adler", "Chidi Eze", "Dora Kis", "Emil Berg", "Fay Wong",
    "Gus Lind", "Hira Shah", "Igor Novak", "Jana Hill", "Kofi Mensah", "Lea Moreau",
)  # fmt: skip
_GROUPS = (("Support EMEA", "dev_user"), ("Support AMER", "dev_user"), ("Platform", "dev_user"),
           ("Beta customers", "rev_user"))  # fmt: skip


def account(number: int) -> Ref:
    """Stand for the account of a number, from 1."""
    return Ref("accounts", don("account", number))


def rev_org(number: int) -> Ref:
    """Stand for the rev org of a number, from 1."""
    return Ref("rev_orgs", don("revo", _code(number)))


def contact(number: int) -> Ref:
    """Stand for the rev user of a number, from 1."""
    return Ref("rev_users", don("revu", _code(100 + number)))


def group(number: int) -> Ref:
    """Stand for the group of a number, from 1."""
    return Ref("groups", don("group", number))


def account_of(rev_org_number: int) -> int:
    """Return the number of a rev org's account: the first account has two."""
    return max(1, rev_org_number - 1)


REV_ORGS = len(_REV_ORGS)
CONTACTS = len(_CONTACTS)
GROUPS = len(_GROUPS)


def _code(number: int) -> str:
    return "".join(dice(f"devrev code {number}").choices(ascii_letters, k=8))


def _atom(what: str, number: int) -> Record:
    return {
        "created_by": someone(f"{what} {number}"),
        "created_date": stamp(day(6 + number)),
        "modified_by": someone(f"{what} {number} changed"),
        "modified_date": stamp(day(80 + number)),
    }


def accounts() -> list[Record]:
    """Make the accounts."""
    return [
        {
            **_atom("account", number),
            **named("account", number),
            "display_name": name,
            "artifacts": [],
            "custom_fields": {"tnt__segment": "enterprise" if number % 2 else "smb"},
            "custom_schema_fragments": [don("custom_type_fragment", 3)],
            "description": f"{name}, a customer.",
            "domains": [f"{name.lower()}.example"],
            "external_refs": [f"crm-{number:04d}"],
            "owned_by": [someone(f"account {number} owner")],
            "stock_schema_fragment": don("custom_type_fragment", 102),
            "tags": some_tags(f"account {number}"),
            "tier": ("gold", "silver", "bronze")[number % 3],
            "websites": [f"www.{name.lower()}.example"],
        }
        for number, name in enumerate(_ACCOUNTS, start=1)
    ]


def rev_orgs() -> list[Record]:
    """Make the rev orgs, two of the first account and one of each other."""
    return [
        {
            **_atom("rev org", number),
            **named("revo", _code(number)),
            "display_name": name,
            "account": account(account_of(number)),
            "artifacts": [],
            "custom_fields": {},
            "custom_schema_fragments": [],
            "description": f"{name}, a part of a customer.",
            "domain": f"{name.lower().replace(' ', '.')}.example",
            "external_ref": f"org-{number:04d}",
            "stock_schema_fragment": don("custom_type_fragment", 103),
            "tags": some_tags(f"rev org {number}"),
        }
        for number, name in enumerate(_REV_ORGS, start=1)
    ]


def rev_users() -> list[Record]:
    """Make the customers' people; they are only ever summed up."""
    return [
        {
            **named("revu", _code(100 + number)),
            "display_name": name.split(" ")[0],
            "email": f"{name.lower().replace(' ', '.')}@customer.example",
            "full_name": name,
            "state": "active" if number % 6 else "shadow",
            "external_ref": f"contact-{number:04d}",
            "rev_org": rev_org(number % REV_ORGS + 1),
        }
        for number, name in enumerate(_CONTACTS, start=1)
    ]


def groups() -> list[Record]:
    """Make the groups."""
    return [
        {
            **_atom("group", number),
            **named("group", number),
            "description": f"{name}.",
            "is_default": number == 1,
            "member_type": member_type,
            "name": name,
            "owner": someone(f"group {number} owner"),
            "sync_metadata": {"external_reference": f"grp-{number}", "origin_system": "scim"},
        }
        for number, (name, member_type) in enumerate(_GROUPS, start=1)
    ]
