"""What a source is told: its settings, and what the composition root hands to every source."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

import msgspec
from msgspec import Meta, field, structs

from gateway.cache.cache import Cache
from gateway.cache.keys import Scope
from gateway.cache.ttl import Ttl, judge_ttl, seconds_for
from gateway.settings import Address, Seconds, Secret, SettingError, judge_address, variable
from gateway.upstream.auth import Auth, Fixed
from gateway.upstream.client import Client, Refusing
from gateway.upstream.keeping import Keeping
from gateway.upstream.limits import Limit
from gateway.upstream.paces import Paces
from schema.types.ids import Kind
from schema.types.source import Source


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings that every source has; each source's folder adds its own."""

    credentials: ClassVar[Sequence[Sequence[str]]]
    """Names of the settings that connect the source: all of the first group, or of another."""
    credential: ClassVar[str]
    """The one of them that a single credential is."""
    kept: ClassVar[Mapping[str, float]]
    """Seconds for which answers are kept unless told otherwise, by the `kept_as` of their calls.

    Answers of another kind are not kept.
    """

    base_url: Annotated[Address, Meta(description="the address that paths are below")]
    deadline: Annotated[
        Seconds | None,
        Meta(description="seconds for the source's whole answer, above 0 up to 600"),
    ] = None
    concurrency: Annotated[
        int,
        Meta(
            ge=1, le=64, description="calls at once, and connections, with one credential: 1 to 64"
        ),
    ] = 8
    limit: Limit = "none"
    page_size: Annotated[int, Meta(ge=1, le=1000, description="rows per page, 1 to 1000")] = 100
    ttl: Ttl = None
    caller_credentials: Annotated[
        bool | Literal["yes", "no"],
        Meta(
            description="yes or no: whether callers may bring a credential of their own for this "
            "source, in a header such as X-DevRev-Authorization"
        ),
    ] = "no"

    @property
    def lets_callers(self) -> bool:
        """Whether callers may bring a credential of their own."""
        return self.caller_credentials in {True, "yes"}

    def with_credential(self, credential: Secret) -> Self:
        """Return these settings with another credential in the place of the operator's.

        Raises:
            SettingError: if that is not enough to connect the source.
        """
        names = {name for group in self.credentials for name in group}
        secrets = {name: None for name in names if isinstance(getattr(self, name), Secret)}
        return structs.replace(self, **{**secrets, self.credential: credential})

    @property
    def is_connected(self) -> bool:
        """Whether a credential is set."""
        return self._group is not None

    @property
    def wanted_by_many(self) -> str | None:
        """The setting without which several processes get into each other's way; None for none."""
        return None

    @property
    def identity(self) -> Sequence[str]:
        """What tells whose answers these are: the address and the credential in use.

        Secrets are among it, in plain: hash it, and show it nowhere.
        """
        values = [getattr(self, name) for name in self._group or ()]
        return [
            self.base_url,
            *(one.reveal() if isinstance(one, Secret) else one for one in values),
        ]

    @property
    def _group(self) -> Sequence[str] | None:
        """The group of credentials that is set, None where none is."""
        whole = (one for one in self.credentials if all(getattr(self, name) for name in one))
        return next(whole, None)


class World(msgspec.Struct, frozen=True):
    """What the composition root hands to every source.

    Attributes:
        now: the clock, in UTC.
        deadline: seconds, for sources that set none of their own.
        max_pages: pages of one vendor's list that one answer may read.
        cache: keeps answers; None keeps and shares nothing.
        authorization: what is sent as the vendor's Authorization header instead of what the
            source makes of its settings; None sends that.
        refuses: whether nothing may be sent at all.
        paces: the lines before the vendors.
    """

    now: Callable[[], datetime]
    deadline: float
    max_pages: int
    cache: Cache | None = None
    authorization: Secret | None = None
    refuses: bool = False
    paces: Paces = field(default_factory=Paces)

    def client(
        self,
        source: Source,
        settings: SourceSettings,
        auth: Auth,
        headers: Mapping[str, str] | None = None,
    ) -> Client:
        """Return the client of a source under its settings.

        Args:
            source: which one.
            settings: its own.
            auth: its credential.
            headers: sent with every call, beside the credential.

        Raises:
            SettingError: if its base URL is none.
        """
        table = f"sources.{source.value}"
        judge_address(type(settings), table, "base_url", settings.base_url)
        wrong = settings.ttl and judge_ttl(settings.ttl, settings.kept)
        if wrong:
            message = f"{variable(table, 'ttl')} ([{table}] ttl): {wrong}."
            raise SettingError(message)
        keeping = self.cache and Keeping(
            self.cache,
            Scope.of(source, *settings.identity),
            {Kind(name): seconds_for(settings.ttl, settings.kept, name) for name in settings.kept},
            self.paces,
        )
        if self.authorization is not None:
            auth = Fixed({"Authorization": self.authorization.reveal()})
        return (Refusing if self.refuses else Client)(
            source,
            settings.base_url,
            auth,
            headers=headers,
            concurrency=settings.concurrency,
            limit=settings.limit,
            deadline=settings.deadline or self.deadline,
            now=self.now,
            keeping=keeping,
        )
