"""OAuth's refresh flow: an access token that is renewed by a refresh token, which changes with it.

Outreach's access tokens live two hours, it gives one a minute, and a refresh token is good once.
So each renewal is made once for all calls that wait for it, and for all who share the token file.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Self

from msgspec import UNSET, structs

from gateway import errors
from gateway.adapter import World
from gateway.cache.cache import How
from gateway.settings import Secret, SettingError, variable
from gateway.sources.outreach import calls
from gateway.sources.outreach.settings import TABLE, Settings
from gateway.sources.outreach.tokens import TokenFile, Tokens
from gateway.sources.outreach.wire import Grant
from gateway.upstream.auth import Fixed
from gateway.upstream.client import Client
from gateway.upstream.trace import Trace
from schema.types.source import Source

_log = logging.getLogger(__name__)

_BAD_REQUEST = 400
"""OAuth's status for a refresh token that is no good; others answer 401."""

_DEADLINE = 60.0
"""Seconds, whoever waits: an exchange that is broken off may have been carried out."""

_MINUTE = timedelta(minutes=1)
"""Outreach gives one token in it."""

_LONGEST_WAIT = timedelta(hours=1)
"""No answer keeps the gateway from asking again for longer."""

_FILE = variable(TABLE, "token_file")


def bearer(access_token: str) -> Mapping[str, str]:
    """Return the header that carries an access token."""
    return {"Authorization": f"Bearer {access_token}"}


class RefreshFlow:
    """Satisfies `gateway.upstream.auth.Auth`.

    Args:
        client: whose base URL is the token URL but for its last segment.
        route: that segment, with a slash before it.
        grant: what a renewal sends, with the refresh token of the settings.
        file: keeps the tokens; None keeps them as long as the gateway runs.
        now: the clock, in UTC.

    Raises:
        SettingError: if the file cannot be used.
    """

    def __init__(
        self,
        client: Client,
        route: str,
        grant: Grant,
        file: TokenFile | None,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._route = route
        self._grant = grant
        self._file = file
        self._now = now
        self._lineage = _lineage(grant)
        self._tokens: Tokens | None = None
        self._refused = ""
        self._renewal: tuple[asyncio.Task[Tokens], Trace] | None = None
        self._throttled_until: datetime | None = None
        if file is None:
            _log.warning("%s is not set: renewed tokens are lost when the gateway ends", _FILE)
        else:
            file.check()
            self._adopt(file.read())

    @classmethod
    def connect(cls, settings: Settings, world: World, deadline: float = _DEADLINE) -> Self:
        """Make the flow of settings that have all that it needs.

        Args:
            settings: the source's own.
            world: hands in the clock.
            deadline: seconds for the lock of the file, and again for the exchange.
        """
        address, _, last = settings.token_url.rpartition("/")
        client = Client(
            Source.OUTREACH,
            address,
            Fixed({}),
            concurrency=1,
            limit=None,  # it is judged here when to ask again
            deadline=deadline,
            now=world.now,
        )
        grant = Grant(
            client_id=_text(settings.client_id),
            client_secret=_text(settings.client_secret),
            refresh_token=_text(settings.refresh_token),
            redirect_uri=settings.redirect_uri or UNSET,
        )
        file = TokenFile(settings.token_file) if settings.token_file else None
        return cls(client, "/" + last, grant, file, world.now)

    async def headers(self, trace: Trace) -> Mapping[str, str]:
        """Return the header of an access token that is not about to run out.

        Raises:
            errors.Unauthenticated: if Outreach refuses to renew it.
            errors.UpstreamFailure: if it could not be asked to.
        """
        tokens = self._good() or await self._renewed(trace)
        return bearer(tokens.access_token)

    def forget(self, refused: Mapping[str, str]) -> bool:
        """Let the next call renew a token that was refused, unless it is new.

        Outreach would not give another one yet, and what refuses a new one refuses the next.
        """
        tokens = self._tokens
        if tokens is None:
            return False
        if bearer(tokens.access_token) == refused and tokens.access_token != self._refused:
            if tokens.is_new(self._now()):
                return False
            self._refused = tokens.access_token
        return True

    async def close(self) -> None:
        """Wait for a renewal that is under way: its refresh token would be lost."""
        if self._renewal is not None:
            await asyncio.wait({self._renewal[0]})
        await self._client.close()

    def _good(self) -> Tokens | None:
        """Return the tokens in hand if they can be used."""
        tokens = self._tokens
        if tokens is None or tokens.access_token == self._refused or tokens.is_due(self._now()):
            return None
        return tokens

    async def _renewed(self, trace: Trace) -> Tokens:
        """Renew, or wait for the renewal that is under way; who gives up does not end it.

        All who wait for its call count it.
        """
        how = How.JOINED
        if self._renewal is None:
            how, told = How.SENT, Trace()
            self._renewal = asyncio.create_task(self._renew(told)), told
            self._renewal[0].add_done_callback(self._settle)
        renewal, told = self._renewal
        try:
            return await asyncio.shield(renewal)
        finally:
            trace.calls += told.calls
            for sent in told.log:
                trace.log.note(structs.replace(sent, how=how, name=renewal.get_name()))

    def _settle(self, renewal: asyncio.Task[Tokens]) -> None:
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()  # nobody may be left to be told

    async def _renew(self, trace: Trace) -> Tokens:
        if self._file is None:
            return await self._exchange(trace)
        try:
            return await self._renew_with(self._file, trace)
        except SettingError as error:
            _log.error("%s", error)
            message = (
                f"{Source.OUTREACH.name}'s token cannot be renewed; an operator must look at "
                f"{_FILE}, of which the log tells more."
            )
            raise errors.Unavailable(Source.OUTREACH, message) from error

    async def _renew_with(self, file: TokenFile, trace: Trace) -> Tokens:
        """Take what another has renewed meanwhile, else renew and keep it."""
        async with AsyncExitStack() as stack:
            # The exchange has a time of its own, however long the lock was waited for.
            async with self._client.deadline():
                await stack.enter_async_context(file.locked())
            self._adopt(await asyncio.to_thread(file.read))
            tokens = self._good()
            if tokens is not None:
                return tokens
            tokens = await self._exchange(trace)
            try:
                await asyncio.to_thread(file.write, tokens)
            except OSError as error:
                _log.error("%s cannot be written: %s", _FILE, error.strerror)
            return tokens

    def _adopt(self, found: Tokens | None) -> None:
        """Take tokens out of the file that stem from the same settings and are newer."""
        if found is None or found.lineage != self._lineage:
            return
        if self._tokens is None or found.obtained_at > self._tokens.obtained_at:
            self._tokens = found

    async def _exchange(self, trace: Trace) -> Tokens:
        self._refuse_too_early()
        latest = self._tokens.refresh_token if self._tokens else self._grant.refresh_token
        call = calls.renew(self._route, structs.replace(self._grant, refresh_token=latest))
        # Its own trace, as the caller's tells what became of the caller's write.
        own = Trace(trace.log)
        try:
            async with self._client.deadline():
                answer = await self._client.send(call, own)
        except (errors.Unauthenticated, errors.Forbidden) as failure:
            raise _refused(failure) from failure
        except (errors.Refused, errors.Missing, errors.BadResponse) as failure:
            raise _misunderstood(failure) from failure
        except errors.Throttled as failure:
            told = failure.retry_after
            wait = _MINUTE if told is None else min(timedelta(seconds=told), _LONGEST_WAIT)
            self._throttled_until = self._now() + wait
            raise
        finally:
            trace.calls += own.calls
        granted, now = answer.body, answer.fetched_at
        self._tokens = Tokens(
            granted.access_token,
            granted.refresh_token or latest,
            now,
            now + timedelta(seconds=granted.seconds),
            self._lineage,
        )
        return self._tokens

    def _refuse_too_early(self) -> None:
        """Ask for no token until Outreach may give one, where it has told that it is too early."""
        if self._throttled_until is None:
            return
        left = (self._throttled_until - self._now()).total_seconds()
        if left > 0:
            message = f"{Source.OUTREACH.name} gives no new token yet; try again later."
            raise errors.Throttled(Source.OUTREACH, message, status=429, retry_after=left)


def _text(secret: Secret | None) -> str:
    return secret.reveal() if secret else ""


def _lineage(grant: Grant) -> str:
    """Tell settings apart, so that a file of older ones is not taken for theirs."""
    own = f"{grant.client_id}\n{grant.refresh_token}".encode()
    return hashlib.blake2b(own, digest_size=16).hexdigest()


def _refused(failure: errors.UpstreamFailure) -> errors.UpstreamFailure:
    message = (
        f"{Source.OUTREACH.name} refused to renew the gateway's token; an operator must set a new "
        f"{variable(TABLE, 'refresh_token')}, or look at {variable(TABLE, 'client_id')}, "
        f"{variable(TABLE, 'client_secret')} and {variable(TABLE, 'redirect_uri')}."
    )
    return errors.Unauthenticated(Source.OUTREACH, message, status=failure.status)


def _misunderstood(failure: errors.UpstreamFailure) -> errors.UpstreamFailure:
    """Tell a refusal in OAuth's words from an address where no tokens are renewed.

    The latter has no status: it is not the status of the call that waits, and a list whose call
    has 400 or 422 would be read again in smaller pages, one with 404 told as missing.
    """
    if failure.status == _BAD_REQUEST:
        return _refused(failure)
    message = (
        f"{Source.OUTREACH.name} renews no token where it was asked to; an operator must look at "
        f"{variable(TABLE, 'token_url')}."
    )
    return errors.BadResponse(Source.OUTREACH, message)
