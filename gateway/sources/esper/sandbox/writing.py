"""What all writes have in common: who reads the body, tells a refusal, and counts what is done."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.answer import Answer
from gateway.sandbox.company import dice, stamp
from gateway.sandbox.emulator import Endpoint
from gateway.sandbox.switches import Switches
from gateway.sources.esper.sandbox import answers, bodies
from gateway.sources.esper.sandbox.below import Below
from gateway.sources.esper.sandbox.seed import FIRST_PERSON, Resource, uuid

WRITER = FIRST_PERSON + 1
"""The person whose key the sandbox's credential is."""


class NotThereError(Exception):
    """A thing of the path does not exist."""


class Asked(NamedTuple):
    """A write that is asked for.

    Attributes:
        path: the ids of the path. body: what is sent.
        below: all that there is. switches: the emulator's.
    """

    path: Mapping[str, str]
    body: Resource
    below: Below
    switches: Switches

    def new_id(self) -> str:
        """Return an id that nothing has: always the same after as many writes."""
        self.below.made_ids += 1
        return uuid(dice(f"esper new {self.below.made_ids}"))

    def made(self) -> Resource:
        """Return who makes something, and when."""
        now = stamp(datetime.now(UTC))
        return {
            "created_at": now,
            "updated_at": now,
            "created_by": WRITER,
            "updated_by": None,
        }

    def change(self, one: Resource, fields: Resource) -> None:
        """Change an object, telling who did and when."""
        one.update(fields, updated_at=stamp(datetime.now(UTC)), updated_by=WRITER)


class Done(NamedTuple):
    """What a write did.

    Attributes:
        content: of the answer. is_applied: whether anything changed.
        is_bare: whether the answer is the content without the envelope.
    """

    content: object
    is_applied: bool = True
    is_bare: bool = False


Carry = Callable[[Asked], Done]
"""Judges a write whole and then carries it out.

It may raise NotThereError and bodies.RefusedError, before anything is changed.
"""


class Writing:
    """Makes endpoints that write.

    Args:
        switches: the emulator's.
        below: returns what there is at the time of a request.
    """

    def __init__(self, switches: Switches, below: Callable[[], Below]) -> None:
        self._switches = switches
        self._below = below

    def endpoint(
        self, method: str, route: str, carry: Carry, *, is_business: bool = False
    ) -> Endpoint:
        """Return an endpoint.

        Args:
            method: POST, PUT or DELETE.
            route: below the vendor's base URL.
            carry: does it.
            is_business: whether its refusals may have the status 401, as the vendor's reference
                page tells of some.
        """

        async def handle(request: Request) -> Response:
            try:
                body = {} if method == "DELETE" else await bodies.read(request)
                below = self._below()
                below.make_all()
                done = carry(Asked(request.path_params, body, below, self._switches))
            except NotThereError:
                return answers.missing(self._switches)
            except bodies.RefusedError as error:
                is_refused = is_business and error.status == answers.REFUSED
                status = int(self._switches["business_errors"]) if is_refused else error.status
                return answers.refused(status, error.told, self._switches)
            request.state.applied = done.is_applied
            status = int(self._switches["created"]) if method == "POST" else 200
            if done.is_bare:
                return Answer(done.content, status)
            return answers.good(done.content, self._switches, status)

        return Endpoint(method, route, handle)


def deleted(asked: Asked, one: object) -> Done:
    """Return what is told of an object that was deleted."""
    return Done(one if asked.switches["deleted"] == "told" else {})
