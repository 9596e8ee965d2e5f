"""Esper's writing endpoints, and the reads that go with them, each as a function."""

from collections.abc import Mapping

from gateway.sources.esper import refusals, wire
from gateway.upstream.call import Call, tag
from schema.types.ids import Kind

_PIPELINES = "/pipelines/"
_PIPELINE = "/pipelines/{pipeline_id}/"
_STAGES = "/pipelines/{pipeline_id}/stages/"
_STAGE = "/pipelines/{pipeline_id}/stages/{stage_id}/"
_ATTACHED = "/stages/{stage_id}/targetlists/"

Fields = Mapping[str, object]
"""What is written, in Esper's words."""


def get_stage(pipeline: str, stage: str) -> Call[wire.Got]:
    """GET /pipelines/{pipeline_id}/stages/{stage_id}/: one stage, without its position."""
    return Call(
        method="GET",
        route=_STAGE,
        params={"pipeline_id": pipeline, "stage_id": stage},
        answer=wire.Got,
    )


def get_target_list(pipeline: str, target_list: str) -> Call[wire.Got]:
    """GET /pipelines/{pipeline_id}/targetlists/{targetlist_id}/: one target list."""
    return Call(
        method="GET",
        route="/pipelines/{pipeline_id}/targetlists/{targetlist_id}/",
        params={"pipeline_id": pipeline, "targetlist_id": target_list},
        answer=wire.Got,
    )


def create_stage(pipeline: str, fields: Fields) -> Call[wire.Got]:
    """POST /pipelines/{pipeline_id}/stages/: a new stage, behind those that there are."""
    return Call(
        method="POST",
        route=_STAGES,
        params={"pipeline_id": pipeline},
        body=fields,
        answer=wire.Got,
        is_safe=False,
        tags=(tag(Kind.STAGE, pipeline),),
        complaints=refusals.read,
    )


def update_stage(pipeline: str, stage: str, fields: Fields) -> Call[wire.Got]:
    """PUT /pipelines/{pipeline_id}/stages/{stage_id}/: a stage as it is to be."""
    return Call(
        method="PUT",
        route=_STAGE,
        params={"pipeline_id": pipeline, "stage_id": stage},
        body=fields,
        answer=wire.Got,
        is_safe=False,
        tags=(tag(Kind.STAGE, pipeline),),
        complaints=refusals.read,
    )


def delete_stage(pipeline: str, stage: str) -> Call[None]:
    """DELETE /pipelines/{pipeline_id}/stages/{stage_id}/: a stage, and what is attached to it."""
    return Call(
        method="DELETE",
        route=_STAGE,
        params={"pipeline_id": pipeline, "stage_id": stage},
        answer=type(None),
        is_safe=False,
        tags=(
            tag(Kind.STAGE, pipeline),
            tag(Kind.TARGET_LIST, pipeline),
            tag(Kind.TARGET_LIST, stage),
        ),
        complaints=refusals.read,
    )


def create_pipeline(fields: Fields) -> Call[wire.Got]:
    """POST /pipelines/: a new pipeline, without stages."""
    return Call(
        method="POST",
        route=_PIPELINES,
        body=fields,
        answer=wire.Got,
        is_safe=False,
        tags=(tag(Kind.PIPELINE),),
        complaints=refusals.read,
    )


def update_pipeline(pipeline: str, fields: Fields) -> Call[wire.Got]:
    """PUT /pipelines/{pipeline_id}/: a pipeline as it is to be.

    No page of Esper's tells of this one; it is taken to be as that of stages.
    """
    return Call(
        method="PUT",
        route=_PIPELINE,
        params={"pipeline_id": pipeline},
        body=fields,
        answer=wire.Got,
        is_safe=False,
        tags=(tag(Kind.PIPELINE),),
        complaints=refusals.read,
    )


def delete_pipeline(pipeline: str) -> Call[None]:
    """DELETE /pipelines/{pipeline_id}/: a pipeline with its stages and its target lists."""
    return Call(
        method="DELETE",
        route=_PIPELINE,
        params={"pipeline_id": pipeline},
        answer=type(None),
        is_safe=False,
        tags=(
            tag(Kind.PIPELINE),
            tag(Kind.STAGE, pipeline),
            tag(Kind.TARGET_LIST, pipeline),
        ),
        complaints=refusals.read,
    )


def attach(pipeline: str, stage: str, target_list: str) -> Call[None]:
    """POST /stages/{stage_id}/targetlists/: attach a target list, which is known before.

    The pipeline, which is that of both, is not sent.
    """
    return Call(
        method="POST",
        route=_ATTACHED,
        params={"stage_id": stage},
        body={"target_list_id": target_list},
        answer=type(None),
        is_safe=False,
        tags=(tag(Kind.TARGET_LIST, pipeline), tag(Kind.TARGET_LIST, stage)),
        complaints=refusals.read,
    )


def detach(pipeline: str, stage: str, target_list: str) -> Call[None]:
    """DELETE /stages/{stage_id}/targetlists/{targetlist_id}/: detach a target list.

    The pipeline, which is that of both, is not sent.
    """
    return Call(
        method="DELETE",
        route=_ATTACHED + "{targetlist_id}/",
        params={"stage_id": stage, "targetlist_id": target_list},
        answer=type(None),
        is_safe=False,
        tags=(tag(Kind.TARGET_LIST, pipeline), tag(Kind.TARGET_LIST, stage)),
        complaints=refusals.read,
    )
