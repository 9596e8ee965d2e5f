"""The company's people as DevRev's dev users."""

from gateway.sandbox.company import PEOPLE, Person, day, dice, stamp
from gateway.sources.devrev.sandbox.ids import don, named
from gateway.sources.devrev.sandbox.records import Record, Ref

_TITLES = ("developer", "designer", "qa", "product_manager", "support", "tech_lead")
_SKILLS = ("Python", "Go", "SQL", "Figma", "Kubernetes", "Negotiation")
_BOSSES = 3
_STATES = {18: "locked", 19: "deactivated", 20: "shadow"}


def person(number: int) -> Ref:
    """Stand for the dev user of a number, from 1."""
    return Ref("people", don("devu", number))


def someone(what: str) -> Ref:
    """Stand for a dev user, always the same for the same word."""
    return person(dice(f"devrev {what}").randrange(1, len(PEOPLE) + 1))


def people() -> list[Record]:
    """Make the 20 dev users."""
    return [_dev_user(one) for one in PEOPLE]


def _picture(one: Person) -> Record:
    if one.number % 4 == 0:
        return {}
    file = {
        "type": "image/png",
        "name": f"{one.first_name.lower()}.png",
        "size": 20_000 + 137 * one.number,
    }
    return {"display_picture": {**named("artifact", one.number), "file": file}}


def _dev_user(one: Person) -> Record:
    chance = dice(f"devrev person {one.number}")
    boss = (one.number - 1) % _BOSSES + 1
    return {
        "created_by": person(1),
        "created_date": stamp(day(one.number)),
        **named("devu", one.number),
        "modified_by": person(boss),
        "modified_date": stamp(day(100 + one.number)),
        "display_name": one.first_name.lower(),
        **_picture(one),
        "email": one.email,
        "full_name": one.full_name,
        "phone_numbers": [f"+1555010{one.number:04d}"] if one.number % 3 else [],
        "state": _STATES.get(one.number, "active"),
        "custom_fields": {"tnt__office": chance.choice(("Berlin", "Lagos", "Pune", "Austin"))},
        "custom_schema_fragments": [don("custom_type_fragment", 1)],
        "experience_start_date": stamp(day(-365 * chance.randrange(1, 20))),
        "external_identities": [
            {
                "display_name": one.full_name,
                "id": f"U{one.number:08d}",
                "is_verified": one.number % 5 != 0,
                "issuer": "https://northwind.slack.example",
            }
        ],
        "job_history": [
            {
                "employment_status": {"id": 1, "label": "Full time", "ordinal": 1},
                "is_current": True,
                "location": "Remote",
                "start_date": stamp(day(one.number)),
                "title": chance.choice(_TITLES),
            }
        ],
        **({"reports_to": person(boss)} if one.number > _BOSSES else {}),
        "skills": [{"name": name} for name in chance.sample(_SKILLS, 2)],
        "stock_schema_fragment": don("custom_type_fragment", 100),
    }
