"""Strawberry as its documentation shows it, over the vendors: each resolver asks for its own.

https://strawberry.rocks/docs/integrations/asgi, and for the calls
https://www.python-httpx.org/async: one client, kept, as httpx advises.
"""

import json
import os
from base64 import urlsafe_b64encode
from typing import Any

import httpx
import strawberry
from strawberry.asgi import GraphQL

from tests.benchmarks.peers.serving import serve
from tests.benchmarks.peers.strawberry_types import StageFilter, WorkFilter

VENDORS: dict[str, Any] = json.loads(os.environ["VENDORS"])
client = httpx.AsyncClient(timeout=60, trust_env=False)


def global_id(source: str, kind: str, source_id: object) -> strawberry.ID:
    """Write an id as the graph does."""
    scope = "1001" if source == "storyblok" else ""
    text = f"{source}:{kind}:{scope}:{source_id}"
    return strawberry.ID(urlsafe_b64encode(text.encode()).decode().rstrip("="))


async def call(source: str, method: str, path: str, body: Any = None) -> Any:
    """Ask a vendor, and return its JSON."""
    vendor = VENDORS[source]
    response = await client.request(
        method, vendor["base_url"] + path, json=body, headers=vendor["headers"]
    )
    response.raise_for_status()
    return response.json()


@strawberry.type
class Actor:
    id: strawberry.ID
    display_id: str | None
    full_name: str | None
    email: str | None


@strawberry.type
class DevRevState:
    id: strawberry.ID
    name: str | None
    is_final: bool | None


@strawberry.interface
class Stage:
    id: strawberry.ID
    source_id: strawberry.ID
    name: str | None
    position: int | None
    color: str | None = None


@strawberry.type
class DevRevStage(Stage):
    display_id: str | None = None
    state: DevRevState | None = None


@strawberry.type
class OutreachStage(Stage):
    pass


@strawberry.type
class Work:
    id: strawberry.ID
    title: str | None
    updated_at: str | None
    owner_ids: strawberry.Private[list[str]]
    stage_id: strawberry.Private[str]

    @strawberry.field
    async def owners(self) -> list[Actor] | None:
        return [await owner(one) for one in self.owner_ids]

    @strawberry.field
    async def stage(self) -> Stage | None:
        found = await call("devrev", "POST", "/stages.custom.get", {"id": self.stage_id})
        it, state = found["custom_stage"], found["custom_stage"]["state"]
        return DevRevStage(
            id=global_id("devrev", "stage", it["id"]),
            source_id=it["id"],
            name=it["name"],
            position=it["ordinal"],
            display_id=it["display_id"],
            state=DevRevState(
                id=global_id("devrev", "state", state["id"]),
                name=state["name"],
                is_final=state["is_final"],
            ),
        )


async def owner(don: str) -> Actor:
    """Ask for one person."""
    it = (await call("devrev", "POST", "/dev-users.get", {"id": don}))["dev_user"]
    return Actor(
        id=global_id("devrev", "person", it["id"]),
        display_id=it["display_id"],
        full_name=it["full_name"],
        email=it["email"],
    )


def outreach_stage(it: Any) -> OutreachStage:
    """Make a stage of Outreach's."""
    attributes = it["attributes"]
    return OutreachStage(
        id=global_id("outreach", "stage", it["id"]),
        source_id=strawberry.ID(str(it["id"])),
        name=attributes["name"],
        position=attributes["order"],
        color=attributes["color"],
    )


@strawberry.type
class Process:
    id: strawberry.ID
    name: str | None
    updated_at: str | None = None


@strawberry.type
class StageConnection:
    nodes: list[Stage]


@strawberry.type
class WorkConnection:
    nodes: list[Work]


@strawberry.type
class ProcessConnection:
    nodes: list[Process]


def by_name(rows: list[Any], first: int) -> list[Any]:
    """Put a list in the graph's order: names, upper and lower case alike, then ids."""
    return sorted(rows, key=lambda one: ((one.name or "")[:64].casefold(), one.id))[:first]


@strawberry.type
class Query:
    @strawberry.field
    async def works(self, first: int = 50, filter: WorkFilter | None = None) -> WorkConnection:  # noqa: A002
        types = [one.value.lower() for one in (filter and filter.types) or []]
        asked = {"type": types, "limit": first, "sort_by": ["modified_date:desc"]}
        listed = await call("devrev", "POST", "/works.list", asked)
        return WorkConnection(
            nodes=[
                Work(
                    id=global_id("devrev", "work", it["id"]),
                    title=it["title"],
                    updated_at=it["modified_date"],
                    owner_ids=[one["id"] for one in it["owned_by"]],
                    stage_id=it["stage"]["stage"]["id"],
                )
                for it in listed["works"]
            ]
        )

    @strawberry.field
    async def stages(self, first: int = 50, filter: StageFilter | None = None) -> StageConnection:  # noqa: A002
        listed = await call("outreach", "GET", "/stages?page[size]=1000&count=false")
        return StageConnection(nodes=by_name([outreach_stage(it) for it in listed["data"]], first))

    @strawberry.field
    async def pipelines(self, first: int = 50) -> ProcessConnection:
        listed = await call("esper", "GET", "/pipelines/?limit=100")
        rows = [
            Process(
                id=global_id("esper", "pipeline", it["id"]),
                name=it["name"],
                updated_at=it["updated_at"],
            )
            for it in listed["content"]["results"]
        ]
        return ProcessConnection(nodes=by_name(rows, first))

    @strawberry.field
    async def workflows(
        self,
        first: int = 50,
        filter: StageFilter | None = None,  # noqa: A002
    ) -> ProcessConnection:
        listed = await call("storyblok", "GET", "/v1/spaces/1001/workflows")
        rows = [
            Process(id=global_id("storyblok", "workflow", it["id"]), name=it["name"])
            for it in listed["workflows"]
        ]
        return ProcessConnection(nodes=by_name(rows, first))


@strawberry.input
class NewOutreachStage:
    name: str
    position: int
    color: str


@strawberry.input
class NewStage:
    outreach: NewOutreachStage


@strawberry.input
class CreateStageInput:
    stage: NewStage


@strawberry.type
class MutationError:
    message: str


@strawberry.type
class CreateStagePayload:
    stage: Stage | None
    errors: list[MutationError]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def create_stage(self, input: CreateStageInput) -> CreateStagePayload:  # noqa: A002
        new = input.stage.outreach
        attributes = {"name": new.name, "order": new.position, "color": new.color}
        body = {"data": {"type": "stage", "attributes": attributes}}
        made = await call("outreach", "POST", "/stages", body)
        return CreateStagePayload(stage=outreach_stage(made["data"]), errors=[])


schema = strawberry.Schema(query=Query, mutation=Mutation, types=[DevRevStage, OutreachStage])
app = GraphQL(schema)

if __name__ == "__main__":
    serve(app)
