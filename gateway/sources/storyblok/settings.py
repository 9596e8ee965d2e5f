"""Storyblok's own settings."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gateway.adapter import SourceSettings
from gateway.settings import Address, Secret, SettingError, variable
from gateway.upstream.limits import Limit

_TABLE = "sources.storyblok"

_REGIONS: Mapping[str, str] = {
    "eu": "https://mapi.storyblok.com",
    "us": "https://api-us.storyblok.com",
    "ca": "https://api-ca.storyblok.com",
    "ap": "https://api-ap.storyblok.com",
    "cn": "https://app.storyblokchina.cn",
}
"""The Management API's address by region, as the vendor's official clients have it."""

_Spaces = Annotated[str, Meta(pattern=r"^\s*[1-9][0-9]{0,15}(\s*,\s*[1-9][0-9]{0,15})*\s*$")]


class Settings(SourceSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A personal access token or an OAuth token connects Storyblok.

    Raises:
        SettingError: if both are set; which of them is meant cannot be told.
    """

    # An OAuth token does as well, see `is_connected`.
    credentials = (("token",), ("oauth_token",))
    credential = "token"
    kept = {"stage": 300, "workflow": 300, "person": 300, "space": 300, "space_role": 300}

    # Left out it is the region's address; "" is none at all.
    base_url: Annotated[
        Address,
        Meta(description="the address that /v1/... is below; left out, the one of the region"),
    ] = ""
    token: Annotated[
        Secret | None, Meta(description="a personal access token; it is sent as it is")
    ] = None
    oauth_token: Annotated[
        Secret | None, Meta(description="an OAuth access token, without the word Bearer")
    ] = None
    region: Annotated[
        Literal["eu", "us", "ca", "ap", "cn"], Meta(description="eu, us, ca, ap or cn")
    ] = "eu"
    spaces: Annotated[
        _Spaces | None,
        Meta(
            description="ids of spaces, comma between, such as 1001,1002; left out, all spaces "
            "that the token sees"
        ),
    ] = None
    # What the vendor grants from its plan Growth on; the plan Starter has 3 calls a second.
    limit: Limit = "6/1"
    # The vendor serves no more than 100 rows a page.
    page_size: Annotated[int, Meta(ge=1, le=100, description="rows per page, 1 to 100")] = 100

    def __post_init__(self) -> None:
        """Find the address of the region, and refuse two credentials."""
        if self.token and self.oauth_token:
            message = (
                f"{variable(_TABLE, 'token')} and {variable(_TABLE, 'oauth_token')} "
                f"([{_TABLE}] token and oauth_token) are both set; set one of them."
            )
            raise SettingError(message)
        if not self.base_url:
            msgspec.structs.force_setattr(self, "base_url", _REGIONS[self.region])

    @property
    def space_ids(self) -> tuple[str, ...] | None:
        """The spaces to read, each once; None for all that the token sees."""
        if self.spaces is None:
            return None
        return tuple(dict.fromkeys(one.strip() for one in self.spaces.split(",")))
