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
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from schema.types.source import Source

PREFIX = "STAGEGRAPH_"
SERVER = "server"
_CACHE = "cache"

Table = Mapping[str, Any]
S = TypeVar("S", bound=msgspec.Struct)


class SettingError(Exception):
    """A setting is unknown or bad; the message is one line and shows no secret's value."""


class Secret:
    """A text that does not show itself."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text; to be called only where it is sent."""
        return self._text

    def __repr__(self) -> str:
        """Show nothing."""
        return "Secret(...)"


def _secret(kind: type, value: object) -> Any:
    if kind is not Secret:
        raise NotImplementedError
    text = value.strip() if isinstance(value, str) else ""
    if not text or not text.isascii() or not text.isprintable():
        message = "a secret is printable ASCII"
        raise ValueError(message)
    return Secret(text)


Seconds = Annotated[float, Meta(gt=0, le=600)]
Address = Annotated[str, Meta(pattern=r"^https?://[^\s?#]+\Z")]

_ON_OR_OFF = r"^(on|off)\Z"

_ORIGIN = r"[a-z][a-z0-9+.-]*://[^\s/?#@,*]+"

_PORT = r":(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
_HOST = r"[A-Za-z0-9][A-Za-z0-9._-]*"


class Server(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is not a source's own."""

    host: Annotated[str, Meta(min_length=1, description="an address to listen on")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="a port to listen on, 0 to 65535")] = 8000
    profile: Annotated[
        str,
        Meta(
            pattern=r"^(development|public)\Z",
            description="development, or public: no explorer, introspection, suggestions or trace, "
            "and a cursor key of its own",
        ),
    ] = "development"
    workers: Annotated[
        int,
        Meta(
            ge=1,
            le=256,
            description="processes that serve, such as one per core; more than one share a Redis, "
            "so that each sees what another writes",
        ),
    ] = 1
    deadline: Annotated[
        Seconds, Meta(description="seconds for a source's whole answer, above 0 up to 600")
    ] = 5.0
    max_pages: Annotated[
        int,
        Meta(
            ge=1,
            le=10_000,
            description="pages of one vendor's list that one answer may read, 1 to 10000",
        ),
    ] = 100
    max_body: Annotated[
        int,
        Meta(
            ge=1,
            description="bytes of a request's body, 1 or more",
        ),
    ] = 256_000
    max_variables: Annotated[
        int,
        Meta(
            ge=0,
            description="values in a request's variables, 0 or more",
        ),
    ] = 10_000
    max_tokens: Annotated[
        int,
        Meta(
            ge=1,
            description="tokens of a document, and its lines, and its fields once fragments are "
            "written out, 1 or more",
        ),
    ] = 1000
    max_depth: Annotated[
        int,
        Meta(
            ge=1,
            description="fields inside fields, 1 or more",
        ),
    ] = 20
    max_aliases: Annotated[
        int,
        Meta(
            ge=0,
            description="aliases of an operation, fragments written out, 0 or more",
        ),
    ] = 100
    max_root_fields: Annotated[
        int,
        Meta(
            ge=1,
            description="root fields of an operation, fragments written out, 1 or more",
        ),
    ] = 20
    max_directives: Annotated[
        int,
        Meta(
            ge=0,
            description="directives of an operation, fragments written out, 0 or more",
        ),
    ] = 50
    max_fragments: Annotated[
        int,
        Meta(
            ge=0,
            description="fragments that a document defines, 0 or more",
        ),
    ] = 50
    max_cost: Annotated[
        int,
        Meta(
            ge=0,
            description="upstream calls of an operation, as estimated and as made, 0 or more",
        ),
    ] = 250
    max_values: Annotated[
        int, Meta(ge=1, description="values in an answer, as estimated, 1 or more")
    ] = 250_000
    cursor_key: Annotated[
        Secret | None,
        Meta(
            description="32 bytes or more in base64; a second key after a comma still reads "
            "cursors; left out, a fixed key for development"
        ),
    ] = None
    trace: Annotated[
        str,
        Meta(
            pattern=r"^(off|header|on)\Z",
            description="whether answers list the upstream calls in extensions.upstream: off, on, "
            "or header for requests with X-Stagegraph-Trace: upstream",
        ),
    ] = "header"
    log: Annotated[
        str,
        Meta(
            pattern=r"^(debug|info|warning|error)\Z",
            description="a level: debug, info, warning or error",
        ),
    ] = "info"
    compiled: Annotated[
        str,
        Meta(
            pattern=_ON_OR_OFF,
            description="on or off: whether queries are run by plans made once for each; off, by "
            "graphql-core alone",
        ),
    ] = "on"
    shadow: Annotated[
        int,
        Meta(
            ge=0,
            description="one in so many queries is run by graphql-core as well and compared; 0 is "
            "none",
        ),
    ] = 0
    answers: Annotated[
        str,
        Meta(
            pattern=_ON_OR_OFF,
            description="on or off: whether whole answers are kept, until the first of their parts "
            "ends or is written to",
        ),
    ] = "on"
    stale: Annotated[
        int,
        Meta(
            ge=0,
            le=604_800,
            description="seconds that a kept answer may serve past its time, while its source is "
            "in trouble; 0 is none",
        ),
    ] = 3600
    auth: Annotated[
        str,
        Meta(
            pattern=r"^(open|api-key|jwt)\Z",
            description="how callers are told apart: open (they are not), api-key or jwt",
        ),
    ] = "open"
    allow_open: Annotated[
        bool | Literal["yes", "no"],
        Meta(description="yes or no: whether the gateway may be open to other machines"),
    ] = "no"
    api_keys_file: Annotated[
        Annotated[str, Meta(min_length=1)] | None,
        Meta(
            description="the path of a TOML file of [[keys]], each with name, sha256 (of the key) "
            "and roles: read, write, or such as devrev:read"
        ),
    ] = None
    jwt_jwks: Annotated[
        Annotated[str, Meta(min_length=1)] | None,
        Meta(description="the address (https://...) or the path of the issuer's JSON Web Key Set"),
    ] = None
    jwt_issuer: Annotated[
        Annotated[str, Meta(min_length=1)] | None, Meta(description="what a token's iss must be")
    ] = None
    jwt_audience: Annotated[
        Annotated[str, Meta(min_length=1)] | None,
        Meta(description="what a token's aud must be or hold"),
    ] = None
    jwt_leeway: Annotated[
        float, Meta(ge=0, le=300, description="seconds by which clocks may differ, 0 to 300")
    ] = 10.0
    jwt_roles_claim: Annotated[
        str,
        Meta(
            min_length=1,
            description="the claim with the roles, dots between names: a list, or a text with "
            "blanks; what is no role is passed over",
        ),
    ] = "roles"
    cors: Annotated[
        Annotated[str, Meta(pattern=rf"^(\*|{_ORIGIN}(\s*,\s*{_ORIGIN})*)\Z")] | None,
        Meta(
            description="origins whose pages may ask, comma between, such as https://app.example, "
            "or * for all; left out, none"
        ),
    ] = None
    trusted_documents: Annotated[
        Annotated[str, Meta(min_length=1)] | None,
        Meta(
            description="a file or folder of *.graphql, *.gql, or manifests in JSON; if set, no "
            "other document is run",
        ),
    ] = None
    max_in_flight: Annotated[
        int,
        Meta(
            ge=1,
            le=100_000,
            description="requests that a process runs at once; what is more gets 503",
        ),
    ] = 256
    cache_url: Annotated[
        str,
        Meta(
            pattern=rf"^(memory://|redis://{_HOST}({_PORT})?(/[0-9]{{0,3}})?)\Z",
            description="where answers are kept: memory://, or redis://host:port/db",
        ),
    ] = "memory://"
    cache_bytes: Annotated[
        int, Meta(ge=0, description="bytes of kept answers in this process's memory, about")
    ] = 256 * 10**6
    cache_entries: Annotated[
        int, Meta(ge=0, description="kept answers in this process's memory")
    ] = 100_000

    @property
    def lets_anybody(self) -> bool:
        """Whether the gateway may be open to other machines."""
        return self.allow_open in {True, "yes"}

    @property
    def is_public(self) -> bool:
        """Whether strangers may ask."""
        return self.profile == "public"


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
            msgspec.convert({name: value}, _alone(kind, name), strict=False, dec_hook=_secret)
        except msgspec.ValidationError:
            raise SettingError(complaint(kind, table, name)) from None
    return msgspec.convert(dict(values), kind, strict=False, dec_hook=_secret)


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
