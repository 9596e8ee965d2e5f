"""Settings: the environment, one TOML file, or both; read once into frozen structs.

Names: `STAGEGRAPH_PORT` is `port` in the table `[server]`, `STAGEGRAPH_CACHE_URL` is `url` in the
table `[cache]`, `STAGEGRAPH_<SOURCE>_TOKEN` is `token` in the table `[sources.<source>]`. The
environment wins over the file.

Each struct's fields tell with `msgspec.Meta(description=...)` what the setting takes; the error
of a bad setting and the README's table are made of it.
"""

import base64
import tomllib
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar, cast, get_args, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from gateway.settings.kinds import SettingError, read_secret
from gateway.settings.server import Server
from schema.types.source import Source

PREFIX = "STAGEGRAPH_"
SERVER = "server"
_CACHE = "cache"

Table = Mapping[str, Any]
S = TypeVar("S", bound=msgspec.Struct)


class Settings(msgspec.Struct, frozen=True):
    """Everything read.

    Attributes:
        server: what is not a source's own.
        sources: each source's settings, in the struct of its own folder.
    """

    server: Server
    sources: Mapping[Source, Any]

    def cors(self) -> list[str]:
        """Return the origins whose pages may ask, as browsers write them; "*" is all."""
        given = self.server.cors or ""
        return [origin.strip() for origin in given.split(",") if origin]

    def cursor_keys(self) -> list[bytes]:
        """Return the keys that sign cursors, the first of which signs new ones.

        Raises:
            SettingError: if they are no keys, or left out where strangers may ask.
        """
        if self.server.cursor_key is None:
            if self.server.is_public:
                message = (
                    f"{variable(SERVER, 'profile')} public wants "
                    f"{complaint(Server, SERVER, 'cursor_key')}"
                )
                raise SettingError(message)
            return [b"stagegraph's key for development"]
        return [_cursor_key(text) for text in self.server.cursor_key.reveal().split(",")]


def _cursor_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) < 32:  # noqa: PLR2004 - told in the setting's description
        raise SettingError(complaint(Server, SERVER, "cursor_key"))
    return key


def variable(table: str, name: str) -> str:
    """Return the environment's name of a setting, such as STAGEGRAPH_PORT."""
    middle = "" if table == SERVER else table.removeprefix("sources.") + "_"
    return f"{PREFIX}{middle}{name}".upper()


def _in_file(table: str, name: str) -> str:
    """Return the file's name of a setting, such as "[server] port"."""
    if table == SERVER and name.startswith(f"{_CACHE}_"):
        return f"[{_CACHE}] {name.removeprefix(f'{_CACHE}_')}"
    return f"[{table}] {name}"


def takes(kind: type[msgspec.Struct], name: str) -> str:
    """Return what a setting takes, in words."""
    hint = get_type_hints(kind, include_extras=True)[name]
    told = [one.description for one in get_args(hint)[1:] if isinstance(one, Meta)]
    return next(text for text in reversed(told) if text)


def judge_address(kind: type[msgspec.Struct], table: str, name: str, text: str) -> None:
    """Want a setting to be the address of a host, with a port that there is.

    Raises:
        SettingError: if it is none, or has a name or password in it, which nobody would send.
    """
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if "@" in text.partition("://")[2].partition("/")[0]:
        where = f"{variable(table, name)} ({_in_file(table, name)})"
        message = f"{where} takes an address without a name or a password before its host."
        raise SettingError(message)
    if not is_good:
        raise SettingError(complaint(kind, table, name))


def in_the_clear(settings: "Settings") -> list[str]:
    """Tell of each connected source that is asked over plain HTTP at another machine."""
    return [
        f"{variable(f'sources.{source.value}', 'base_url')} is http://...: whoever is on the way "
        "sees the credential, and can change answers"
        for source, own in settings.sources.items()
        if own.is_connected and _is_in_the_clear(own.base_url)
    ]


def _is_in_the_clear(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches a host."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def complaint(kind: type[msgspec.Struct], table: str, name: str) -> str:
    """Return the one line that tells what a bad setting takes."""
    return f"{variable(table, name)} ({_in_file(table, name)}) takes {takes(kind, name)}."


def judge(kind: type[S], table: str, values: Table) -> S:
    """Read a table of settings into its struct.

    Args:
        kind: the struct, whose fields have descriptions.
        table: the table's name in the file, such as "server" or "sources.devrev".
        values: texts from the environment, and texts and numbers from the file.

    Raises:
        SettingError: naming the first setting that is unknown or bad.
    """
    known = kind.__struct_fields__
    for name in values:
        if name not in known:
            listed = ", ".join(variable(table, one) for one in known)
            message = (
                f"{variable(table, name)} ({_in_file(table, name)}) is no setting; known: {listed}."
            )
            raise SettingError(message)
    for name, value in values.items():
        try:
            msgspec.convert({name: value}, _alone(kind, name), strict=False, dec_hook=read_secret)
        except msgspec.ValidationError:
            raise SettingError(complaint(kind, table, name)) from None
    return msgspec.convert(dict(values), kind, strict=False, dec_hook=read_secret)


@cache
def _alone(kind: type[msgspec.Struct], name: str) -> Any:
    """Return a struct of one field, so that its error cannot be another field's."""
    return msgspec.defstruct("One", [(name, get_type_hints(kind, include_extras=True)[name])])


def _from_file(path: str) -> tuple[dict[str, Any], dict[Source, dict[str, Any]]]:
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{PREFIX}CONFIG takes the path of a TOML file; {path}: {error}."
        raise SettingError(message) from None
    server, cache = tables.pop(SERVER, {}), tables.pop(_CACHE, {})
    sources = cast("dict[str, Any]", tables.pop("sources", {}))
    found = {SERVER: server, _CACHE: cache, "sources": sources, **tables}
    if type(sources) is dict:
        found.update({f"sources.{name}": one for name, one in sources.items()})
    known = [SERVER, _CACHE, "sources", *(f"sources.{source.value}" for source in Source)]
    for name, table in found.items():
        if name not in known or not isinstance(table, dict):
            listed = ", ".join(f"[{one}]" for one in known if one != "sources")
            message = f"{path}: [{name}] is no table of settings; known: {listed}."
            raise SettingError(message)
    server |= {f"{_CACHE}_{name}": value for name, value in cache.items()}
    return server, {source: dict(sources.get(source.value, {})) for source in Source}


def _no_tables() -> dict[Source, dict[str, Any]]:
    return {source: {} for source in Source}


def read(environment: Mapping[str, str], kinds: Mapping[Source, type[msgspec.Struct]]) -> Settings:
    """Read all settings.

    Args:
        environment: such as `os.environ`; an empty text is as if unset.
        kinds: the struct of each source's settings.

    Raises:
        SettingError: naming the first setting that is unknown or bad.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and value
    }
    path = given.pop("config", None)
    server, sources = _from_file(path) if path else ({}, _no_tables())
    for name, value in given.items():
        owner, _, rest = name.partition("_")
        if rest and owner in {source.value for source in Source}:
            sources[Source(owner)][rest] = value
        else:
            server[name] = value
    settings = Settings(
        judge(Server, SERVER, server),
        {
            source: judge(kind, f"sources.{source.value}", sources[source])
            for source, kind in kinds.items()
        },
    )
    settings.cursor_keys()
    return settings
