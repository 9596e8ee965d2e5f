"""The settings of all that is not a source's own."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gateway.settings.kinds import Seconds, Secret

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
