"""DevRev's names of objects: DONs and display ids.

The vendor's pages show display ids of works, parts, users, tags, accounts, artifacts and vistas;
the prefixes of all others are the emulator's own.
"""

import re
from typing import NamedTuple

_DON = re.compile(r"don:[a-z]+:[a-z0-9-]+:devo/[A-Za-z0-9]+(?::([a-z_]+)/[A-Za-z0-9_-]+)+")
_DISPLAY_ID = re.compile(r"([A-Z]+)-[A-Za-z0-9]+")


class Word(NamedTuple):
    """What a type of object is called: the service in its DON, and the prefix of display ids."""

    service: str
    prefix: str


WORDS = {
    "custom_stage": Word("core", "STG"),
    "custom_state": Word("core", "STA"),
    "stage_diagram": Word("core", "SDG"),
    "devu": Word("identity", "DEVU"),
    "revu": Word("identity", "REVU"),
    "account": Word("identity", "ACC"),
    "revo": Word("identity", "REV"),
    "group": Word("identity", "GRP"),
    "product": Word("core", "PROD"),
    "capability": Word("core", "CAPL"),
    "feature": Word("core", "FEAT"),
    "enhancement": Word("core", "ENH"),
    "linkable": Word("core", "LNK"),
    "runnable": Word("core", "RUN"),
    "tag": Word("core", "TAG"),
    "vista": Word("core", "VISTA"),
    "artifact": Word("core", "ARTIFACT"),
    "issue": Word("core", "ISS"),
    "ticket": Word("core", "TKT"),
    "task": Word("core", "TASK"),
    "opportunity": Word("core", "OPP"),
    "sla": Word("core", "SLA"),
    "sla_tracker": Word("core", "SLAT"),
    "metric_definition": Word("core", "MET"),
    "org_schedule": Word("core", "SCHED"),
    "sync_unit": Word("integration", "SYNC"),
    "channel": Word("core", "CHAN"),
    "webhook": Word("integration", "WEBHOOK"),
}

TABLES = {
    "custom_stage": "stages", "custom_state": "states", "stage_diagram": "workflows",
    "devu": "people", "revu": "rev_users", "account": "accounts", "revo": "rev_orgs",
    "group": "groups", "tag": "tags", "vista": "vistas", "vista_group_item": "sprints",
    "artifact": "artifacts", "channel": "channels", "webhook": "webhooks",
    **dict.fromkeys(
        ("product", "capability", "feature", "enhancement", "linkable", "runnable"), "parts"
    ),
    **dict.fromkeys(("issue", "ticket", "task", "opportunity"), "works"),
}  # fmt: skip
"""Where the objects of each type stand, of those that requests can name."""

_WORD_OF = {word.prefix: name for name, word in WORDS.items()}


def don(word: str, number: int | str) -> str:
    """Return the DON of an object."""
    service = WORDS[word].service if word in WORDS else "core"
    return f"don:{service}:dvrv-us-1:devo/0:{word}/{number}"


def named(word: str, number: int | str) -> dict[str, str]:
    """Return the two ids that an object begins with."""
    return {"display_id": f"{WORDS[word].prefix}-{number}", "id": don(word, number)}


def word_of(text: str) -> str | None:
    """Tell which type of object an id names, "" where that is not known; None for no id."""
    found = _DON.fullmatch(text)
    if found:
        return found[1]
    found = _DISPLAY_ID.fullmatch(text)
    return _WORD_OF.get(found[1], "") if found else None


def don_of(text: str) -> str:
    """Return the DON that a display id stands for; any other text as it is."""
    found = _DISPLAY_ID.fullmatch(text)
    word = _WORD_OF.get(found[1]) if found else None
    return don(word, text.partition("-")[2]) if word else text
