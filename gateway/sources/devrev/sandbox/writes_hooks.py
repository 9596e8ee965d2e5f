"""How webhooks are written; no event is ever sent to one."""

from base64 import b64encode
from secrets import token_bytes
from typing import Any

from gateway.sources.devrev.sandbox.desk import Body, Desk, Writes, listed
from gateway.sources.devrev.sandbox.families import WEBHOOKS
from gateway.sources.devrev.sandbox.forms import Form, Slot, deny, needed
from gateway.sources.devrev.sandbox.records import Record

_HEADERS = 8
_SECRET = 24
_OBJECTS = (
    "account", "article", "conversation", "dashboard", "dev_user", "group", "incident", "job",
    "link", "part", "question_answer", "rev_org", "rev_user", "sla_tracker", "survey",
    "survey_response", "sync_history", "tag", "timeline_entry", "webhook", "widget", "work",
)  # fmt: skip
_EVENTS = tuple(
    sorted(
        [
            "ai_agent_response", "group_member_added", "group_member_removed",
            "sla_tracker_fetched", "sync_unit_updated", "verify", "work_fetched",
            *(f"{name}_{what}" for name in _OBJECTS for what in ("created", "deleted", "updated")),
        ]
    )
)  # fmt: skip

_TYPES = Slot("text", many=True, words=_EVENTS)
_HEADER = Slot(
    "object",
    many=True,
    items=_HEADERS,
    form={"name": needed(Slot("text")), "value": needed(Slot("text"))},
    is_open=True,
)
_URL = Slot("text", pattern=r"https?://[^\s/]+\S*")
_BYTES = Slot("bytes", least=8, most=32)
_NEW: Form = {
    "event_types": _TYPES,
    "headers": _HEADER,
    "secret": _BYTES,
    "url": needed(_URL),
}
_HOOK: Form = {
    "action": Slot("text", words=("activate", "deactivate")),
    "event_types": Slot("object", form=dict.fromkeys(("add", "remove", "set"), _TYPES)),
    "headers": Slot(
        "object",
        form={
            "add": _HEADER,
            "remove": Slot("text", many=True, items=_HEADERS),
            "set": _HEADER,
        },
    ),
    "secret": _BYTES,
    "url": _URL,
}


def _secret() -> str:
    return b64encode(token_bytes(_SECRET)).decode()


def _new(desk: Desk, body: Body) -> Record:
    filled = desk.fill(_NEW, body)
    return {
        "event_types": [],
        "headers": [],
        **filled,
        "secret": filled.get("secret") or _secret(),
        "status": "unverified",
    }


def _changed(desk: Desk, record: Record, body: Body) -> Record:
    filled = desk.fill(_HOOK, body)
    changes = {name: filled[name] for name in ("url", "secret") if name in filled}
    if changes.get("secret") == "":
        changes["secret"] = _secret()
    if changes and record["status"] == "active":
        changes["status"] = "unverified"
    if "action" in filled:
        changes["status"] = {"activate": "active", "deactivate": "inactive"}[filled["action"]]
    if "event_types" in filled:
        changes["event_types"] = listed(record["event_types"], filled["event_types"])
    if "headers" in filled:
        told: Record = dict(filled["headers"])
        told["remove"] = [{"name": name} for name in told.get("remove", ())]
        changes["headers"] = listed(record["headers"], told, _name)
        if len(changes["headers"]) > _HEADERS:
            deny("headers", "too many")
    return changes


def _name(header: Any) -> str:
    return header["name"]


HOOKS = Writes(WEBHOOKS, _new, _changed, is_deletable=True)
