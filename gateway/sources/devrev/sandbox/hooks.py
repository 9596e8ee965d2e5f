"""Webhooks: who is told of what, as the vendor's OpenAPI has it."""

from base64 import b64encode

from gateway.sandbox.company import day, stamp
from gateway.sources.devrev.sandbox.ids import named
from gateway.sources.devrev.sandbox.records import Record
from gateway.sources.devrev.sandbox.staff import someone

_HOOKS = (
    ("active", "https://hooks.northwind.example/works", ("work_created", "work_updated")),
    ("inactive", "https://crm.northwind.example/devrev", ("account_updated", "rev_org_updated")),
    ("unverified", "https://hooks.northwind.example/people", ("dev_user_created",)),
)


def webhooks() -> list[Record]:
    """Make one webhook of each status."""
    return [
        {
            "created_by": someone(f"webhook {number}"),
            "created_date": stamp(day(60 + number)),
            **named("webhook", number),
            "modified_by": someone(f"webhook {number} changed"),
            "modified_date": stamp(day(150 + number)),
            "event_types": list(events),
            "headers": [{"name": "X-Team", "value": "platform"}] if number == 1 else [],
            "secret": b64encode(f"northwind hook {number}".encode()).decode(),
            "status": status,
            "url": url,
        }
        for number, (status, url, events) in enumerate(_HOOKS, start=1)
    ]
