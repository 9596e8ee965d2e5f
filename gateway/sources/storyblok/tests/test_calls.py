import pytest
from msgspec import structs

from gateway.sources.storyblok import calls, wire
from gateway.upstream.call import Call

SPACE = {"space_id": "1001"}


@pytest.mark.parametrize(
    ("call", "route", "params", "query", "answer"),
    [
        (
            calls.list_stages("1001"),
            "/v1/spaces/{space_id}/workflow_stages",
            SPACE,
            (),
            wire.Stages,
        ),
        (
            calls.stages_of_workflow("1001", "7"),
            "/v1/spaces/{space_id}/workflow_stages",
            SPACE,
            (("in_workflow", "7"),),
            wire.Stages,
        ),
        (
            calls.get_stages("1001", ["7", "8"]),
            "/v1/spaces/{space_id}/workflow_stages",
            SPACE,
            (("by_ids", "7,8"),),
            wire.Stages,
        ),
        (
            calls.get_stage("1001", "7"),
            "/v1/spaces/{space_id}/workflow_stages/{id}",
            {**SPACE, "id": "7"},
            (),
            wire.OneStage,
        ),
        (
            calls.list_workflows("1001"),
            "/v1/spaces/{space_id}/workflows",
            SPACE,
            (("include_stages", "true"),),
            wire.Workflows,
        ),
        (
            calls.get_workflows("1001", ["7", "8"]),
            "/v1/spaces/{space_id}/workflows",
            SPACE,
            (("by_ids", "7,8"), ("include_stages", "true")),
            wire.Workflows,
        ),
        (
            calls.get_workflow("1001", "7"),
            "/v1/spaces/{space_id}/workflows/{id}",
            {**SPACE, "id": "7"},
            (("include_stages", "true"),),
            wire.OneWorkflow,
        ),
        (
            calls.list_space_roles("1001"),
            "/v1/spaces/{space_id}/space_roles",
            SPACE,
            (),
            wire.SpaceRoles,
        ),
        (
            calls.get_space_roles("1001", ["7", "8"]),
            "/v1/spaces/{space_id}/space_roles",
            SPACE,
            (("by_ids", "7,8"),),
            wire.SpaceRoles,
        ),
        (
            calls.get_space_role("1001", "7"),
            "/v1/spaces/{space_id}/space_roles/{id}",
            {**SPACE, "id": "7"},
            (),
            wire.OneSpaceRole,
        ),
        (
            calls.list_collaborators("1001", 100),
            "/v1/spaces/{space_id}/collaborators",
            SPACE,
            (("per_page", "100"),),
            wire.Collaborators,
        ),
        (calls.list_spaces(), "/v1/spaces", {}, (), wire.Spaces),
        (calls.get_space("1001"), "/v1/spaces/{space_id}", SPACE, (), wire.OneSpace),
    ],
)
def test_every_call_is_exactly_this_request(
    call: Call[object],
    route: str,
    params: dict[str, str],
    query: tuple[tuple[str, str], ...],
    answer: type,
) -> None:
    sent = Call(method="GET", route=route, params=params, query=query, answer=answer)
    assert structs.replace(call, kept_as=None, kept_headers=(), tags=()) == sent
    assert (call.kept_as is None) is (answer is wire.OneSpace), "only checked, never shown"


def test_what_is_kept_is_forgotten_by_space() -> None:
    """A workflow's answer has its stages in it, so what is done to either forgets it."""
    assert calls.list_stages("1001").holds == calls.get_stage("1001", "7").holds == ("stage/1001",)
    both = ("stage/1001", "workflow/1001")
    for call in (calls.list_workflows("1001"), calls.get_workflow("1001", "7")):
        assert call.holds == both == calls.tags("1001")
    assert calls.get_space_role("1001", "7").holds == ("space_role/1001",)
    assert calls.list_space_roles("1001").holds == ("space_role/1001",)
    assert calls.list_collaborators("1001", 100).holds == ("person/1001",)
    assert calls.list_spaces().holds == ("space/",)


def test_further_pages_keep_the_rest_of_the_query() -> None:
    second = calls.page(calls.list_collaborators("1001", 50), 2)
    assert second.query == (("per_page", "50"), ("page", "2"))
    assert calls.page(second, 3).query == (("per_page", "50"), ("page", "3"))
    assert calls.page(calls.get_stages("1001", ["7"]), 2).query == (("by_ids", "7"), ("page", "2"))


def test_only_collaborators_are_documented_with_pages() -> None:
    assert calls.is_paged(calls.list_collaborators("1001", 100))
    assert not calls.is_paged(calls.list_stages("1001"))
    assert not calls.is_paged(calls.get_space_roles("1001", ["7"]))
