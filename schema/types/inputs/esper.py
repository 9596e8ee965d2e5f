"""Inputs of Esper's stages and pipelines."""

import strawberry


@strawberry.input(
    description="A new stage of an Esper pipeline. It comes after the stages that are there: "
    "Esper takes no position."
)
class CreateEsperStage:
    """`POST /pipelines/{pipeline_id}/stages/` of Esper's API."""

    pipeline_id: strawberry.ID = strawberry.field(
        description="The pipeline that it is for: global id, or Esper's own."
    )
    name: str = strawberry.field(
        description="The stage's name; not empty, 10,000 characters at most. Esper may take fewer."
    )
    description: str | None = strawberry.field(
        description="What the stage does; 10,000 characters at most. Null is as absent.",
        default=strawberry.UNSET,
    )
    timeout_seconds: int | None = strawberry.field(
        description="Seconds after which a run of the stage fails. Absent or null leaves it to "
        "Esper.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="What only an Esper stage has, to be changed.")
class EsperStagePatch:
    """`PUT /pipelines/{pipeline_id}/stages/{stage_id}/` of Esper's API."""

    description: strawberry.Maybe[str | None] = strawberry.field(
        description="What the stage does; 10,000 characters at most. Null clears it where Esper "
        "lets it, else Esper's refusal is told; absent leaves it alone."
    )
    timeout_seconds: strawberry.Maybe[int | None] = strawberry.field(
        description="Seconds after which a run of the stage fails. It cannot be cleared; absent "
        "leaves it alone."
    )


@strawberry.input(description="A new Esper pipeline, without stages.")
class CreateEsperPipeline:
    """`POST /pipelines/` of Esper's API."""

    name: str = strawberry.field(
        description="The pipeline's name; not empty, 10,000 characters at most. Esper may take "
        "fewer."
    )
    description: str | None = strawberry.field(
        description="What the pipeline is for; 10,000 characters at most. Null is as absent.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="What only an Esper pipeline has, to be changed.")
class EsperPipelinePatch:
    """`PUT /pipelines/{pipeline_id}/` of Esper's API."""

    description: strawberry.Maybe[str | None] = strawberry.field(
        description="What the pipeline is for; 10,000 characters at most. Null clears it where "
        "Esper lets it, else Esper's refusal is told; absent leaves it alone."
    )
