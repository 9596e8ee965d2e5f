"""Outreach's own settings."""

from typing import Annotated

from msgspec import Meta

from gateway.adapter import SourceSettings
from gateway.settings import Address, Secret
from gateway.upstream.limits import Limit


class Settings(SourceSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bearer token connects Outreach."""

    credentials = (("token",),)

    base_url: Annotated[
        Address, Meta(description="the address up to and with /api/v2, https://... or http://...")
    ] = "https://api.outreach.io/api/v2"
    token: Annotated[
        Secret | None, Meta(description="an OAuth access token, without the word Bearer")
    ] = None
    # So many calls has each user in a fixed hour.
    limit: Annotated[Limit, Meta(description="calls/seconds such as 6/1, or none")] = "10000/3600"
    # 1000 rows are proven in production (Airbyte's connector); a tenant's stages then fit one page.
    page_size: Annotated[int, Meta(ge=1, le=1000, description="rows per page, 1 to 1000")] = 1000
