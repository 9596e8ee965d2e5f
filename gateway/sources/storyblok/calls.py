"""Storyblok's endpoints, each as a function that returns a call."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import structs

from gateway.sources.storyblok import wire
from gateway.upstream.call import Call, tag
from schema.types.ids import Kind

T = TypeVar("T")

_STAGES = "/v1/spaces/{space_id}/workflow_stages"
_WORKFLOWS = "/v1/spaces/{space_id}/workflows"
_ROLES = "/v1/spaces/{space_id}/space_roles"
_COUNTED = ("total",)
"""Which header tells how many rows a list has."""

_WITH_STAGES = (("include_stages", "true"),)


def tags(space: str) -> tuple[str, str]:
    """Return the tags of a space's stages and workflows, which are sent within each other."""
    return tag(Kind.STAGE, space), tag(Kind.WORKFLOW, space)


def list_stages(space: str) -> Call[wire.Stages]:
    """GET workflow_stages: every stage of a space; documented without paging."""
    return Call(
        method="GET",
        route=_STAGES,
        params={"space_id": space},
        answer=wire.Stages,
        kept_as=Kind.STAGE,
        tags=(tag(Kind.STAGE, space),),
        kept_headers=_COUNTED,
    )


def stages_of_workflow(space: str, workflow: str) -> Call[wire.Stages]:
    """GET workflow_stages in one workflow; the vendor takes no more than one here."""
    return structs.replace(list_stages(space), query=(("in_workflow", workflow),))


def get_stages(space: str, numbers: Sequence[str]) -> Call[wire.Stages]:
    """GET workflow_stages by ids; whether the vendor caps them is not known."""
    return structs.replace(list_stages(space), query=(("by_ids", ",".join(numbers)),))


def get_stage(space: str, number: str) -> Call[wire.OneStage]:
    """GET one stage; 404 where there is none."""
    params = {"space_id": space, "id": number}
    return Call(
        method="GET",
        route=_STAGES + "/{id}",
        params=params,
        answer=wire.OneStage,
        kept_as=Kind.STAGE,
        tags=(tag(Kind.STAGE, space),),
    )


def list_workflows(space: str) -> Call[wire.Workflows]:
    """GET workflows: every workflow of a space, with its stages; documented without paging.

    The vendor's guide does not tell of `include_stages`, its official clients do.
    """
    return Call(
        method="GET",
        route=_WORKFLOWS,
        params={"space_id": space},
        query=_WITH_STAGES,
        answer=wire.Workflows,
        kept_as=Kind.WORKFLOW,
        tags=tags(space),
        kept_headers=_COUNTED,
    )


def get_workflows(space: str, numbers: Sequence[str]) -> Call[wire.Workflows]:
    """GET workflows by ids, with their stages."""
    query = (("by_ids", ",".join(numbers)), *_WITH_STAGES)
    return structs.replace(list_workflows(space), query=query)


def get_workflow(space: str, number: str) -> Call[wire.OneWorkflow]:
    """GET one workflow with its stages; 404 where there is none."""
    return Call(
        method="GET",
        route=_WORKFLOWS + "/{id}",
        params={"space_id": space, "id": number},
        query=_WITH_STAGES,
        answer=wire.OneWorkflow,
        kept_as=Kind.WORKFLOW,
        tags=tags(space),
    )


def list_space_roles(space: str) -> Call[wire.SpaceRoles]:
    """GET space_roles: every role of a space; documented without paging."""
    return Call(
        method="GET",
        route=_ROLES,
        params={"space_id": space},
        answer=wire.SpaceRoles,
        kept_as=Kind.SPACE_ROLE,
        tags=(tag(Kind.SPACE_ROLE, space),),
        kept_headers=_COUNTED,
    )


def get_space_roles(space: str, numbers: Sequence[str]) -> Call[wire.SpaceRoles]:
    """GET space_roles by ids."""
    return structs.replace(list_space_roles(space), query=(("by_ids", ",".join(numbers)),))


def get_space_role(space: str, number: str) -> Call[wire.OneSpaceRole]:
    """GET one role; 404 where there is none."""
    params = {"space_id": space, "id": number}
    return Call(
        method="GET",
        route=_ROLES + "/{id}",
        params=params,
        answer=wire.OneSpaceRole,
        kept_as=Kind.SPACE_ROLE,
        tags=(tag(Kind.SPACE_ROLE, space),),
    )


def list_collaborators(space: str, rows: int) -> Call[wire.Collaborators]:
    """GET collaborators, the first page; the vendor serves up to 100 rows a page.

    They can be had by their own ids, but a stage names users, so all must be read.
    """
    return Call(
        method="GET",
        route="/v1/spaces/{space_id}/collaborators",
        params={"space_id": space},
        query=(("per_page", str(rows)),),
        answer=wire.Collaborators,
        kept_as=Kind.PERSON,
        tags=(tag(Kind.PERSON, space),),
        kept_headers=_COUNTED,
    )


def list_spaces() -> Call[wire.Spaces]:
    """GET spaces: all that the credential sees."""
    return Call(
        method="GET",
        route="/v1/spaces",
        answer=wire.Spaces,
        kept_as=Kind.SPACE,
        kept_headers=_COUNTED,
    )


def get_space(space: str) -> Call[wire.OneSpace]:
    """GET one space, which an OAuth token of that space can."""
    params = {"space_id": space}
    return Call(method="GET", route="/v1/spaces/{space_id}", params=params, answer=wire.OneSpace)


def is_paged(call: Call[T]) -> bool:
    """Tell whether the vendor documents pages for a list."""
    return any(name == "per_page" for name, _ in call.query)


def page(call: Call[T], number: int) -> Call[T]:
    """Ask for a further page of a list; pages count from 1."""
    kept = [pair for pair in call.query if pair[0] != "page"]
    return structs.replace(call, query=(*kept, ("page", str(number))))
