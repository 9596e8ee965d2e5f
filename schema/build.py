"""Puts the types together to one Strawberry schema."""

import logging
from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.mutations import Mutation
from schema.queries import Query
from schema.types.devrev import DevRevStage, DevRevWorkflow
from schema.types.devrev_works import DevRevIssue, DevRevOpportunity, DevRevTask, DevRevTicket
from schema.types.esper import EsperPipeline, EsperStage
from schema.types.mutation_errors import (
    ConflictError,
    ForbiddenError,
    IdempotencyError,
    NotFoundError,
    NotSupportedError,
    UpstreamError,
    ValidationError,
)
from schema.types.outreach import OutreachStage
from schema.types.scalars import SCALARS
from schema.types.storyblok import StoryblokStage, StoryblokWorkflow

_log = logging.getLogger("stagegraph.schema")


class _Schema(strawberry.Schema):
    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,
    ) -> None:
        """Leave errors to the endpoint, which masks and logs them; the stock one prints."""
        _log.debug("%d errors in an operation", len(errors), extra={"context": execution_context})


@cache
def build() -> strawberry.Schema:
    """Build the schema, once; resolvers expect a `schema.context.Context` as the context value."""
    types: list[Any] = [
        DevRevStage,
        DevRevWorkflow,
        DevRevIssue,
        DevRevTicket,
        DevRevTask,
        DevRevOpportunity,
        OutreachStage,
        EsperStage,
        EsperPipeline,
        StoryblokStage,
        StoryblokWorkflow,
        ValidationError,
        NotFoundError,
        ConflictError,
        IdempotencyError,
        ForbiddenError,
        NotSupportedError,
        UpstreamError,
    ]
    config = StrawberryConfig(scalar_map=SCALARS)
    return _Schema(query=Query, mutation=Mutation, types=types, config=config)
