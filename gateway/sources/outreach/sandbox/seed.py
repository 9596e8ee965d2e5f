"""The company's Outreach: 12 users, 45 stages, 200 prospects, and a little of all else."""

from typing import Any, NamedTuple

from gateway.sandbox.anew import anew
from gateway.sandbox.company import PEOPLE, day, dice, stamp

Resource = dict[str, Any]

_USERS = 12
_STAGES = 45
_PROSPECTS = 200
_OPPORTUNITIES = 30
_POSITIONS = 20
"""Fewer than stages, as nothing keeps people from giving two stages the same."""

_STEPS = ("New", "Contacted", "Engaged", "Qualified Lead", "In Review", "Negotiation",
          "Won", "Lost", "Nurture")  # fmt: skip
_SEGMENTS = ("Enterprise", "Mid-Market", "SMB", "Partner", "Renewal")
# Names that are hard to put into a query string, or look like words of its grammar.
_OWN_NAMES = {
    5: "Enterprise: In Review, legal",
    12: "Mid-Market: 10..50 seats",
    17: 'Mid-Market: "Lost"',
    21: "SMB: [new] lead",
    25: "SMB: Prüfung & Freigabe",
    30: "Partner: 検討中 🤝",
    34: "Partner: won/invoiced?=#",
    39: "__null__",
    41: "Renewal: 50 % + 1",
    44: "partner: negotiation",
}
_COLORS = ("#5951ff", "#00b67a", "#ffb020", "#e5484d", "#0091ff", "#8e4ec6")
_COMPANIES = ("Acme", "Globex", "Initech", "Umbrella", "Hooli", "Stark", "Wayne", "Wonka")


class Seed(NamedTuple):
    """All resources by type and number."""

    stages: dict[int, Resource]
    users: dict[int, Resource]
    prospects: dict[int, Resource]
    opportunityStages: dict[int, Resource]  # noqa: N815 - the collection's path
    opportunities: dict[int, Resource]
    webhooks: dict[int, Resource]


@anew
def seed(scale: int) -> Seed:
    """Make the data; stages and prospects are multiplied by `scale`."""
    steps = range(1, len(_STEPS) + 1)
    return Seed(
        {number: _stage(number) for number in range(1, _STAGES * scale + 1)},
        {number: _user(number) for number in range(1, _USERS + 1)},
        {number: _prospect(number, scale) for number in range(1, _PROSPECTS * scale + 1)},
        {number: _opportunity_stage(number) for number in steps},
        {number: _opportunity(number) for number in range(1, _OPPORTUNITIES + 1)},
        {1: _webhook(1, "prospect"), 2: _webhook(2, "user")},
    )


def _to(kind: str, number: int | None) -> Resource:
    return {"data": None if number is None else {"type": kind, "id": number}}


def _user(number: int) -> Resource:
    person = PEOPLE[number - 1]
    return {
        "type": "user",
        "id": number,
        "attributes": {
            "createdAt": stamp(day(number)),
            "email": person.email,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "locked": number % 6 == 0,
            "name": person.full_name,
            "updatedAt": stamp(day(100 + number)),
            "username": person.email.split("@")[0],
        },
        "relationships": {},
    }


def _stage(number: int) -> Resource:
    chance = dice(f"outreach stage {number}")
    index = number - 1
    step = _STEPS[index % len(_STEPS)]
    segment = _SEGMENTS[index // len(_STEPS) % len(_SEGMENTS)]
    batch = index // _STAGES
    plain = _OWN_NAMES.get(1 + index % _STAGES, f"{segment}: {step}")
    updated = day(200) if number % 9 == 0 else day(60 + chance.randrange(10**8) / 10**6)
    return {
        "type": "stage",
        "id": number,
        "attributes": {
            "color": None if number % 11 == 0 else chance.choice(_COLORS),
            "createdAt": stamp(day(10 + index % 40)),
            "name": plain + (f" ({batch + 1})" if batch else ""),
            "order": None if number % 13 == 0 else index % _POSITIONS,
            "updatedAt": stamp(updated),
        },
        "relationships": {
            "creator": _to("user", chance.randrange(1, _USERS + 1)),
            "updater": _to("user", None if number % 7 == 0 else chance.randrange(1, _USERS + 1)),
        },
    }


def _prospect(number: int, scale: int) -> Resource:
    chance = dice(f"outreach prospect {number}")
    person = chance.choice(PEOPLE)
    company = chance.choice(_COMPANIES)
    # A few stages are busy and some are empty, as in life.
    stage = None if number % 17 == 0 else 1 + int(_STAGES * scale * chance.random() ** 2)
    return {
        "type": "prospect",
        "id": number,
        "attributes": {
            "company": company,
            "createdAt": stamp(day(20 + number % 90)),
            "emails": [f"{person.first_name.lower()}@{company.lower()}.example"],
            "firstName": person.first_name,
            "lastName": person.last_name,
            "name": person.full_name,
            "title": chance.choice(("CTO", "Head of Sales", "Buyer", "Engineer")),
            "updatedAt": stamp(day(120 + chance.randrange(1000) / 10)),
        },
        "relationships": {
            "owner": _to("user", chance.randrange(1, _USERS + 1)),
            "stage": _to("stage", stage),
        },
    }


def _opportunity_stage(number: int) -> Resource:
    step = _STEPS[number - 1]
    return {
        "type": "opportunityStage",
        "id": number,
        "attributes": {
            "color": _COLORS[number % len(_COLORS)],
            "createdAt": stamp(day(15)),
            "isClosed": step in {"Won", "Lost"},
            "name": step,
            "order": number - 1,
            "updatedAt": stamp(day(60 + number)),
        },
        "relationships": {"creator": _to("user", 1), "updater": _to("user", None)},
    }


def _opportunity(number: int) -> Resource:
    chance = dice(f"outreach opportunity {number}")
    stage = _to("opportunityStage", chance.randrange(1, len(_STEPS) + 1))
    return {
        "type": "opportunity",
        "id": number,
        "attributes": {
            "amount": 1000 * chance.randrange(1, 90),
            "createdAt": stamp(day(40 + number)),
            "name": f"{chance.choice(_COMPANIES)} {number}",
            "updatedAt": stamp(day(130 + number)),
        },
        "relationships": {
            "opportunityStage": stage,
            "owner": _to("user", chance.randrange(1, _USERS + 1)),
            "stage": {**stage},
        },
    }


def _webhook(number: int, resource: str) -> Resource:
    return {
        "type": "webhook",
        "id": number,
        "attributes": {
            "action": "*",
            "active": True,
            "cleanupToken": f"cleanup-{number}",
            "createdAt": stamp(day(30)),
            "disabledReason": None,
            "disabledSince": None,
            "disabledUntil": None,
            "payloadVersion": 2,
            "resource": resource,
            "secret": None,
            "updatedAt": stamp(day(30)),
            "url": f"https://hooks.northwind.example/{resource}",
        },
        "relationships": {"creator": _to("user", 1)},
    }
