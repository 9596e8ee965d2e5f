"""Esper's endpoints, each as a function that returns a call."""

import re

from msgspec import structs

from gateway.sources.esper import wire
from gateway.upstream.call import Call, tag
from schema.types.ids import Kind

_NUMBER = re.compile(r"[?&](limit|offset)=([0-9]{1,9})(?=&|\Z)")


def list_pipelines(rows: int) -> Call[wire.Listed]:
    """GET /pipelines/: the first page."""
    return Call(
        method="GET",
        route="/pipelines/",
        query=(("limit", str(rows)),),
        answer=wire.Listed,
        kept_as=Kind.PIPELINE,
    )


def get_pipeline(pipeline: str) -> Call[wire.Got]:
    """GET /pipelines/{pipeline_id}/: one pipeline."""
    return Call(
        method="GET",
        route="/pipelines/{pipeline_id}/",
        params={"pipeline_id": pipeline},
        answer=wire.Got,
        kept_as=Kind.PIPELINE,
    )


def list_stages(pipeline: str, rows: int) -> Call[wire.Listed]:
    """GET /pipelines/{pipeline_id}/stages/: the first page, in the pipeline's own order."""
    return Call(
        method="GET",
        route="/pipelines/{pipeline_id}/stages/",
        params={"pipeline_id": pipeline},
        query=(("limit", str(rows)),),
        answer=wire.Listed,
        kept_as=Kind.STAGE,
        tags=(tag(Kind.STAGE, pipeline),),
    )


def list_target_lists(pipeline: str, rows: int) -> Call[wire.Listed]:
    """GET /pipelines/{pipeline_id}/targetlists/: the first page, attached ones and others.

    No page of Esper's tells of this one; it stands beside the POST that its own client sends.
    """
    return Call(
        method="GET",
        route="/pipelines/{pipeline_id}/targetlists/",
        params={"pipeline_id": pipeline},
        query=(("limit", str(rows)),),
        answer=wire.Listed,
        kept_as=Kind.TARGET_LIST,
        tags=(tag(Kind.TARGET_LIST, pipeline),),
    )


def list_attached(pipeline: str, stage: str, type_: str | None, rows: int) -> Call[wire.Listed]:
    """GET /stages/{stage_id}/targetlists/: the first page of those that are attached to a stage.

    It is known by the stage too, as nobody judges which pipeline the stage is said to be of.

    Args:
        pipeline: the id of the pipeline that the stage is of, which is not sent.
        stage: the stage's id.
        type_: "groups", "devices" or "collections"; None is any.
        rows: how many.
    """
    filters = () if type_ is None else (("type", type_),)
    return Call(
        method="GET",
        route="/stages/{stage_id}/targetlists/",
        params={"stage_id": stage},
        query=(*filters, ("limit", str(rows))),
        answer=wire.Listed,
        kept_as=Kind.TARGET_LIST,
        tags=(tag(Kind.TARGET_LIST, pipeline), tag(Kind.TARGET_LIST, stage)),
    )


def check() -> Call[wire.Listed]:
    """GET /pipelines/, one row: the least that needs the credential."""
    return structs.replace(list_pipelines(1), kept_as=None)


def following(page: wire.Listed, call: Call[wire.Listed]) -> Call[wire.Listed] | None:
    """Make the next page's call.

    Only two numbers are taken out of the vendor's address: an address in an answer is never
    followed. One that leads nowhere, or back, gives the same call again: the list is then known
    to be incomplete.
    """
    if not page.content.next:
        return None
    asked = dict(call.query)
    told = dict(_NUMBER.findall(page.content.next.partition("#")[0]))
    if int(told.get("offset", 0)) <= int(asked.get("offset", 0)):
        return call
    # A vendor with a largest limit tells it here.
    limit = told["limit"] if int(told.get("limit", 0)) else asked["limit"]
    query = {**asked, "limit": limit, "offset": told["offset"]}
    return structs.replace(call, query=tuple(query.items()))
