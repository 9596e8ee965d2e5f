"""DevRev's own settings."""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from gateway.adapter import SourceSettings
from gateway.settings import Address, Secret

Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]


class Settings(SourceSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A token connects DevRev."""

    credentials = (("token",),)
    credential = "token"
    # Everything but works changes seldom, and no event tells of it.
    kept = {
        "stage": 300,
        "workflow": 300,
        "work": 30,
        "state": 300,
        "person": 300,
        "part": 300,
        "tag": 300,
        "sprint": 300,
        "account": 300,
        "rev_org": 300,
        "group": 300,
    }
    base_url: Annotated[
        Address, Meta(description="DevRev's address without a path, https://... or http://...")
    ] = "https://api.devrev.ai"
    token: Annotated[
        Secret | None,
        Meta(description="a personal access token or the like, without the word Bearer"),
    ] = None
    beta: Annotated[
        bool | Literal["on", "off"],
        Meta(description="on or off: whether DevRev is asked for its beta fields"),
    ] = "off"
    version: Annotated[
        Day | None,
        Meta(description="a version of DevRev's API, such as 2024-01-24; left out, DevRev's own"),
    ] = None
    # DevRev states no maximum. A page of a hundred works has to look a little further: whether more
    # follow, and whether some of those are as old as the last one.
    page_size: Annotated[int, Meta(ge=1, le=1000, description="rows per page, 1 to 1000")] = 120

    @property
    def identity(self) -> Sequence[str]:
        """What is asked of DevRev decides what it answers, as well as who asks."""
        return [*super().identity, f"beta {self.is_beta}", f"version {self.version}"]

    @property
    def is_beta(self) -> bool:
        """Whether DevRev is asked for its beta version."""
        return self.beta in {True, "on"}

    @property
    def headers(self) -> dict[str, str]:
        """Return what is sent with every call beside the credential."""
        headers: dict[str, str] = {}
        if self.is_beta:
            headers["X-DevRev-Scope"] = "beta"
        if self.version:
            headers["X-Devrev-Version"] = self.version
        return headers
