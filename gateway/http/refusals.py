"""Requests that are not run, and what they are told."""

from collections.abc import Mapping

from gateway.errors import Failure
from schema.types.errors import ErrorCode


class BadRequestError(Exception):
    """A request is no GraphQL request.

    Args:
        status: HTTP status of the answer.
        message: what is wrong and what to send.
        headers: of the answer.
        code: kind of the error.
        failure: what else is told of it, a kind with it.
    """

    is_well_formed = False
    """Whether it is one, though it is not run; the older media type tells of that by 200."""

    def __init__(
        self,
        status: int,
        message: str,
        headers: Mapping[str, str] | None = None,
        code: str = ErrorCode.VALIDATION.value,
        failure: Failure | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}
        self.extensions = {"code": code} if failure is None else failure.extensions()


class NotRunError(BadRequestError):
    """A well-formed request is not run."""

    is_well_formed = True
