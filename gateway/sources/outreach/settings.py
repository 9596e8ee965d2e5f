"""Outreach's own settings."""

from typing import Annotated

from msgspec import Meta, structs

from gateway.adapter import SourceSettings
from gateway.settings import Address, Secret, SettingError, judge_address, variable
from gateway.upstream.limits import Limit

TABLE = "sources.outreach"

_FLOW = ("client_id", "client_secret", "refresh_token")
"""What the refresh flow needs."""

_Path = Annotated[str, Meta(min_length=1)]
_Uri = Annotated[str, Meta(pattern=r"^[!-~]+\Z")]
_Endpoint = Annotated[str, Meta(pattern=r"^https?://[^\s/?#{}]+/[^\s?#{}]*\Z")]


class Settings(SourceSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An access token connects Outreach, or an application with a refresh token.

    Raises:
        SettingError: if both are set, or one of them in part; or if the token URL is none.
    """

    credentials = (("token",), _FLOW)
    credential = "token"
    kept = {"stage": 300, "person": 300, "prospect": 30}

    base_url: Annotated[
        Address, Meta(description="the address up to and with /api/v2, https://... or http://...")
    ] = "https://api.outreach.io/api/v2"
    token: Annotated[
        Secret | None,
        Meta(
            description="an OAuth access token, without the word Bearer; it lives two hours, so "
            "better a client id, a client secret and a refresh token"
        ),
    ] = None
    client_id: Annotated[
        Secret | None, Meta(description="the id of the OAuth application that renews the token")
    ] = None
    client_secret: Annotated[Secret | None, Meta(description="the secret of that application")] = (
        None
    )
    refresh_token: Annotated[
        Secret | None,
        Meta(description="that application's refresh token for the user who reads"),
    ] = None
    redirect_uri: Annotated[
        _Uri | None,
        Meta(description="that application's redirect URI; only where Outreach wants it sent"),
    ] = None
    token_file: Annotated[
        _Path | None,
        Meta(
            description="the path of a file, in a folder that can be written, where renewed "
            "tokens are kept over restarts and shared by workers; it is made if it is not there",
        ),
    ] = None
    # Left out it is beside the base URL; "" is none at all.
    token_url: Annotated[
        _Endpoint,
        Meta(
            description="where tokens are renewed, https://... or http://...; left out, the base "
            "URL with /oauth/token in the place of /api/v2"
        ),
    ] = ""
    # So many calls has each user in a fixed hour.
    limit: Limit = "10000/3600"
    # 1000 rows are proven in production (Airbyte's connector); a tenant's stages then fit one page.
    page_size: Annotated[int, Meta(ge=1, le=1000, description="rows per page, 1 to 1000")] = 1000

    @property
    def wanted_by_many(self) -> str | None:
        """Whoever renews the token takes it from the others, unless they share it by a file."""
        return "token_file" if self.refresh_token and not self.token_file else None

    def __post_init__(self) -> None:
        """Find where tokens are renewed, and refuse credentials of which none can be meant."""
        given = [name for name in _FLOW if getattr(self, name)]
        missing = [name for name in _FLOW if name not in given]
        if self.token and given:
            message = (
                f"{variable(TABLE, 'token')} and {variable(TABLE, given[0])} "
                f"([{TABLE}] token and {given[0]}) are both set; set one of them."
            )
            raise SettingError(message)
        if given and missing:
            message = (
                f"{variable(TABLE, given[0])} ([{TABLE}] {given[0]}) is set without "
                f"{' and '.join(variable(TABLE, name) for name in missing)}."
            )
            raise SettingError(message)
        if self.token_url:
            judge_address(type(self), TABLE, "token_url", self.token_url)
        if not self.token_url:
            root = self.base_url.rstrip("/").removesuffix("/api/v2")
            structs.force_setattr(self, "token_url", f"{root}/oauth/token")
