"""Works of all four types."""

from collections.abc import Mapping
from random import Random
from typing import Any

from gateway.sandbox.company import PEOPLE, day, dice, stamp
from gateway.sources.devrev.sandbox import customers, flow
from gateway.sources.devrev.sandbox.catalog import some_part, some_tags
from gateway.sources.devrev.sandbox.choices import (
    CHANNELS,
    FORECASTS,
    PRIORITIES,
    SENTIMENTS,
    VISIBILITIES,
    choice,
)
from gateway.sources.devrev.sandbox.ids import don, named
from gateway.sources.devrev.sandbox.planning import SPRINTS, sprint
from gateway.sources.devrev.sandbox.records import At, Record, Ref
from gateway.sources.devrev.sandbox.service import service
from gateway.sources.devrev.sandbox.staff import person

WORKS = 240

_TYPES = ("issue", "ticket", "issue", "task", "issue", "ticket", "opportunity", "issue")
_VERBS = ("Fix", "Speed up", "Explain", "Rework", "Ship", "Retire")
_THINGS = ("invoices", "search facets", "the device lock", "roll-out reports", "synonyms", "login")
_SYNC = ("succeeded", "modified", "failed")
_LOGGED = 9
_FIRST_LOG = 1000
_UPLOADS = 8
"""Files that are attached to nothing yet."""


def works(scale: int) -> list[Record]:
    """Make 240 works for each unit of scale; the numbers run through all types."""
    return [_work(number) for number in range(1, WORKS * scale + 1)]


def _some(chance: Random, most: int) -> list[Ref]:
    return [person(one) for one in chance.sample(range(1, len(PEOPLE) + 1), most)]


def _place(kind: str, chance: Random) -> int:
    """Return the number of a stage; tasks pass through the stages of issues."""
    return chance.choice(list(flow.FLOWS.get(kind, flow.FLOWS["issue"])))


def _work(number: int) -> Record:
    chance = dice(f"devrev work {number}")
    kind = _TYPES[number % len(_TYPES)]
    opened = 20 + number % 180 + chance.random()
    stage = _place(kind, chance)
    state = flow.state_of(stage)
    return {
        "type": kind,
        "created_by": _some(chance, 1)[0],
        "created_date": stamp(day(opened)),
        **named(kind, number),
        "modified_by": _some(chance, 1)[0],
        "modified_date": stamp(day(opened + 30 * chance.random())),
        **({"actual_close_date": stamp(day(opened + 9))} if state.is_final else {}),
        "applies_to_part": some_part(f"work {number}"),
        "artifacts": [Ref("artifacts", _log(number))] if number % _LOGGED == 0 else [],
        "body": f"{chance.choice(_VERBS)} it for customer {number}.\n\n* see the call's notes",
        "custom_fields": {
            "tnt__effort": chance.randrange(1, 13),
            "tnt__is_public": number % 2 == 0,
        },
        "custom_schema_fragments": [don("custom_type_fragment", 4 + number % 3)],
        "owned_by": _some(chance, 1 + number % 2),
        "reported_by": _reporters(kind, number, chance),
        "stage": At(flow.stage_don(stage), "waits for a decision" if number % 9 == 0 else None),
        "stock_schema_fragment": don("custom_type_fragment", 110),
        **({"subtype": "incident"} if number % 7 == 0 else {}),
        **({"sync_metadata": _sync(number, opened, chance)} if number % 3 == 0 else {}),
        "tags": some_tags(f"work {number}"),
        **({"target_close_date": stamp(day(opened + 40))} if number % 4 else {}),
        "title": f"{chance.choice(_VERBS)} {chance.choice(_THINGS)}",
        **({"external_ref": f"NW-{number}"} if number % 5 == 0 else {}),
        "state_display_name": state.name.replace("_", " ").capitalize(),
        **_OWN[kind](number, opened, chance),
    }


def artifacts(scale: int) -> list[Record]:
    """Make the logs of every ninth work, and some files that are attached to nothing."""
    logged = range(_LOGGED, WORKS * scale + 1, _LOGGED)
    free = range(-_UPLOADS, 0)
    return [
        {
            **named("artifact", _FIRST_LOG + number),
            "file": {"type": "text/plain", "name": f"log-{number}.txt", "size": 900 + number},
        }
        for number in (*free, *logged)
    ]


def _log(number: int) -> str:
    return don("artifact", _FIRST_LOG + number)


def channels() -> list[Record]:
    """Make the channels that tickets come by."""
    return [named("channel", number) for number in range(1, len(CHANNELS) + 1)]


def _channel(word: str) -> Ref:
    return Ref("channels", don("channel", CHANNELS.index(word) + 1))


def _reporters(kind: str, number: int, chance: Random) -> list[Ref]:
    if kind == "ticket":
        return [customers.contact(number % customers.CONTACTS + 1)]
    return _some(chance, 1)


def _sync(number: int, opened: float, chance: Random) -> Record:
    unit = {
        **named("sync_unit", 1),
        "external_system_type": "jira",
        "is_archived": False,
        "name": "Northwind Jira",
        "sync_run": {"mode": "sync_from_devrev", "progress": {"state": "completed"}},
        "sync_type": "periodic",
    }
    return {
        "external_reference": f"https://jira.northwind.example/browse/NW-{number}",
        "last_sync_in": {
            "status": chance.choice(_SYNC),
            "sync_date": stamp(day(opened + 1)),
            "sync_unit": unit,
        },
        "last_sync_out": {
            "status": chance.choice(_SYNC),
            "sync_date": stamp(day(opened + 2)),
            "sync_unit": unit,
        },
        "origin_system": "jira",
    }


def _issue(number: int, opened: float, chance: Random) -> Record:
    priority = chance.randrange(1, 5)
    return {
        **({"actual_start_date": stamp(day(opened + 3))} if number % 3 else {}),
        "developed_with": [some_part(f"work {number} too")] if number % 4 == 0 else [],
        "estimated_effort": chance.randrange(1, 40) / 2,
        "priority": f"p{priority - 1}",
        "priority_v2": choice(priority, PRIORITIES),
        **(service(number, "issue", opened, chance) if number % 2 else {}),
        **({"sprint": sprint(chance.randrange(1, SPRINTS + 1))} if number % 5 else {}),
        "target_start_date": stamp(day(opened + 2)),
    }


def _ticket(number: int, opened: float, chance: Random) -> Record:
    org = chance.randrange(1, customers.REV_ORGS + 1)
    source = chance.choice(CHANNELS)
    return {
        "account": customers.account(customers.account_of(org)),
        "channels": sorted({source, chance.choice(CHANNELS)}),
        "channels_v2": [_channel(source)],
        "group": customers.group(chance.randrange(1, customers.GROUPS)),
        "needs_response": number % 3 == 0,
        "rev_org": customers.rev_org(org),
        "sentiment": choice(chance.randrange(1, len(SENTIMENTS) + 1), SENTIMENTS),
        "sentiment_modified_date": stamp(day(opened + 1)),
        "sentiment_summary": "The customer waits, but kindly.",
        "severity": chance.choice(("blocker", "high", "low", "medium")),
        **service(number, "ticket", opened, chance),
        "source_channel": source,
        "source_channel_v2": _channel(source),
        "visibility": choice(1 + number % 2, VISIBILITIES),
        "is_frozen": False,
        "is_spam": number % 20 == 1,
    }


def _task(number: int, opened: float, chance: Random) -> Record:
    return {
        "priority": f"p{chance.randrange(4)}",
        "start_date": stamp(day(opened + 2)),
        "embedded": number % 2 == 0,
    }


def _opportunity(number: int, opened: float, chance: Random) -> Record:
    del opened
    amount = 5_000 * chance.randrange(1, 60)
    forecast = chance.randrange(1, len(FORECASTS) + 1)
    org = chance.randrange(1, customers.REV_ORGS + 1)
    return {
        "account": customers.account(customers.account_of(org)),
        "annual_contract_value": {"amount": f"{amount}.00", "currency": "USD"},
        "contacts": [customers.contact(number % customers.CONTACTS + 1)],
        "forecast_category_v2": choice(forecast, FORECASTS),
        "value": {"amount": f"{2 * amount}.50", "currency": "USD"},
        "amount": float(amount),
        "customer_budget": float(3 * amount),
        "forecast_category": FORECASTS[forecast - 1],
        "priority": f"p{chance.randrange(4)}",
        "probability": chance.randrange(101) / 100,
    }


_OWN: Mapping[str, Any] = {
    "issue": _issue,
    "ticket": _ticket,
    "task": _task,
    "opportunity": _opportunity,
}
"""What each type has of its own."""
