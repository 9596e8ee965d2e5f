"""Esper's own settings."""

from typing import Annotated

from msgspec import Meta, structs

from gateway.adapter import SourceSettings
from gateway.settings import Address, Secret, SettingError, takes, variable
from gateway.upstream.limits import Limit

_TABLE = "sources.esper"


class Settings(SourceSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An API key and the tenant that it belongs to connect Esper.

    Raises:
        SettingError: if there is a key, but neither a tenant nor an address to send it to.
    """

    credentials = (("tenant", "api_key"), ("base_url", "api_key"))
    credential = "api_key"
    kept = {"pipeline": 60, "stage": 60, "target_list": 30}

    # Left out it is the tenant's address; "" is none at all.
    base_url: Annotated[
        Address,
        Meta(
            description="the address up to and with /api/pipelines/v0, https://... or http://...; "
            "left out, the tenant's"
        ),
    ] = ""
    tenant: Annotated[
        Annotated[str, Meta(pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,57}[A-Za-z0-9])?\Z")] | None,
        Meta(
            description="the tenant's name, which is acme where the console is "
            "acme.esper.cloud: letters, digits and inner hyphens, 59 at most"
        ),
    ] = None
    api_key: Annotated[
        Secret | None, Meta(description="an API key, without the word before it")
    ] = None
    auth_prefix: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}\Z",
            description="the word before the key: Bearer, or Token for an auth token",
        ),
    ] = "Bearer"
    # No limit is documented; this is what Esper's own tools keep to.
    limit: Limit = "8000/300"

    def __post_init__(self) -> None:
        """Make the address of the tenant's name, as Esper's own client does."""
        if not self.base_url and self.tenant:
            address = f"https://{self.tenant}-api.esper.cloud/api/pipelines/v0"
            structs.force_setattr(self, "base_url", address)
        if self.api_key is not None and not self.base_url:
            message = (
                f"{variable(_TABLE, 'tenant')} ([{_TABLE}] tenant) takes "
                f"{takes(type(self), 'tenant')}; {variable(_TABLE, 'api_key')} is set without it."
            )
            raise SettingError(message)
