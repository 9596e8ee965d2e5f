"""Writes the parts of the README that come from code; run as `python tests/readme.py`."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec

from gateway.adapter import SourceSettings
from gateway.app import adapter_kinds, settings_kinds
from gateway.sandbox.faults import Kind
from gateway.settings import Secret, Server, takes, variable

README = Path(__file__).parent.parent / "README.md"
OF_QUERIES = README.parent / "tests/queries/README.md"
OF_SANDBOXES = README.parent / "gateway/sandbox/README.md"
SECURITY = README.parent / "SECURITY.md"

OF_BOUNDS = README.parent / "gateway/bounds/README.md"

_SECURED = re.compile(
    r"profile|auth|allow_open|api_keys_file|jwt_\w+|cors|trusted_documents|max_in_flight"
)
"""The settings that the page on security tells."""


def _default(field: msgspec.structs.FieldInfo) -> str:
    value = field.default
    if value is msgspec.NODEFAULT or value is None or isinstance(value, Secret):
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _rows(kind: type[msgspec.Struct], table: str) -> list[str]:
    shared = SourceSettings.__struct_fields__ if issubclass(kind, SourceSettings) else ()
    return [
        f"| `{variable(table, field.name)}` | {_default(field)} | {takes(kind, field.name)} |"
        for field in msgspec.structs.fields(kind)
        if (field.name not in shared or field.name == "base_url") and field.name not in BOUNDS
    ]


_ELSEWHERE = {"max_pages", "max_in_flight"}

BOUNDS = [
    one for one in Server.__struct_fields__ if one.startswith("max_") and one not in _ELSEWHERE
]
"""The settings that bound a request; a page of their own tells of them."""


def bounds_table() -> str:
    """The bounds of a request."""
    of_name = {field.name: field for field in msgspec.structs.fields(Server)}
    return "\n".join(
        [
            "| setting | default | takes |",
            "|---|---|---|",
            *(
                f"| `{variable('server', name)}` | {_default(of_name[name])} "
                f"| {takes(Server, name)} |"
                for name in BOUNDS
            ),
        ]
    )


def _shared_rows() -> list[str]:
    """What every source has, once."""
    return [
        f"| `STAGEGRAPH_<SOURCE>_{field.name.upper()}` | {_defaults(field.name)} "
        f"| {takes(SourceSettings, field.name)} |"
        for field in msgspec.structs.fields(SourceSettings)
        if field.name != "base_url"
    ]


def _defaults(name: str) -> str:
    """Tell a setting's default, source by source where they differ."""
    told = {source.name: _own_default(kind, name) for source, kind in settings_kinds().items()}
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return "; ".join(f"{source} {text}" for source, text in told.items())


def _own_default(kind: type[SourceSettings], name: str) -> str:
    if name == "ttl":
        return ",".join(f"{one}={seconds:g}" for one, seconds in kind.kept.items())
    [field] = [one for one in msgspec.structs.fields(kind) if one.name == name]
    return _default(field)


def settings_table() -> str:
    """Every setting, its default and what it takes."""
    rows = ["| setting | default | takes |", "|---|---|---|"]
    rows.append("| `STAGEGRAPH_CONFIG` |  | the path of a TOML file |")
    rows += [row for row in _rows(Server, "server") if not _is_secured(row)]
    rows += _shared_rows()
    for source, kind in settings_kinds().items():
        rows += _rows(kind, f"sources.{source.value}")
    return "\n".join(rows)


def _is_secured(row: str) -> bool:
    name = row.split("`")[1].removeprefix("STAGEGRAPH_").lower()
    return _SECURED.fullmatch(name) is not None


def secured_table() -> str:
    """The settings of who may ask, and for what."""
    rows = ["| setting | default | takes |", "|---|---|---|"]
    return "\n".join(rows + [row for row in _rows(Server, "server") if _is_secured(row)])


def sources_table() -> str:
    """Every source and what it can do."""
    rows = ["| source | connected by | type | can be | filters it serves | orders it serves |"]
    rows.append("|---|---|---|---|---|---|")
    for source, kind in adapter_kinds().items():
        by = ", or ".join(
            " and ".join(f"`{variable(f'sources.{source.value}', name)}`" for name in group)
            for group in settings_kinds()[source].credentials
        )
        for one in kind.capabilities:
            operations = ", ".join(do.name for do in one.operations)
            filters, orders = ", ".join(one.filters), ", ".join(one.orders)
            rows.append(
                f"| {source.name} | {by} | {one.type.name} | {operations} | {filters} | {orders} |"
            )
    return "\n".join(rows)


def faults_line() -> str:
    """Every kind of fault."""
    return ", ".join(f"`{kind}`" for kind in get_args(Kind)) + "."


def block(name: str, text: str) -> str:
    """Return what follows a marker in the README, up to the next empty line."""
    return re.split(r"\n\n", text.split(f"<!-- {name} -->", 1)[1].lstrip("\n "), maxsplit=1)[0]


def fenced(name: str, text: str) -> str:
    """Return the code in the fence that follows a marker."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


_WIDTH = 160
"""Columns that JSON on one line may take."""


def pretty(value: Any, indent: str = "") -> str:
    """Return JSON as a person would write it: objects and lists that are short on one line."""
    line = json.dumps(value, ensure_ascii=False).replace("{", "{ ").replace("}", " }")
    if not isinstance(value, dict | list) or (indent and len(indent + line) <= _WIDTH):
        return line
    inner = indent + "  "
    if isinstance(value, list):
        rows = [pretty(one, inner) for one in value]
        first, last = "[]"
    else:
        rows = [f'"{name}": {pretty(one, inner)}' for name, one in value.items()]
        first, last = "{}"
    return first + ",".join(f"\n{inner}{row}" for row in rows) + f"\n{indent}{last}"


def with_json(name: str, text: str, answer: Any) -> str:
    """Return the README with some true JSON after a marker."""
    return re.sub(
        rf"(<!-- {name} -->\n```json\n).*?(```)",
        lambda match: match[1] + pretty(answer) + "\n" + match[2],
        text,
        flags=re.DOTALL,
    )


def with_tables(text: str) -> str:
    """Return a page with what the code says now."""
    for name, made in (
        ("sources", "\n" + sources_table()),
        ("settings", "\n" + settings_table()),
        ("faults", "\n" + faults_line()),
        ("secured", "\n" + secured_table()),
        ("bounds", "\n" + bounds_table()),
    ):
        marker = f"<!-- {name} -->"
        if marker not in text:
            continue
        before, after = text.split(marker, 1)
        rest = re.split(r"\n\n(?!\|)", after.lstrip("\n "), maxsplit=1)
        kept = rest[1] if rest[0].startswith(("|", "`")) and len(rest) > 1 else after.lstrip("\n")
        text = before + marker + "\n" + made.lstrip("\n") + "\n\n" + kept
    return text


if __name__ == "__main__":
    for page in (README, OF_SANDBOXES, OF_BOUNDS, SECURITY):
        page.write_text(with_tables(page.read_text()))
