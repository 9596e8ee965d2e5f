"""The root fields that write, one a file. The context does the work; resolvers pass on."""

from strawberry.tools import create_type

from schema.mutations.attach_target_list import attach_target_list
from schema.mutations.create_pipeline import create_pipeline
from schema.mutations.create_stage import create_stage
from schema.mutations.create_work import create_work
from schema.mutations.create_workflow import create_workflow
from schema.mutations.delete_pipeline import delete_pipeline
from schema.mutations.delete_stage import delete_stage
from schema.mutations.delete_work import delete_work
from schema.mutations.delete_workflow import delete_workflow
from schema.mutations.detach_target_list import detach_target_list
from schema.mutations.duplicate_workflow import duplicate_workflow
from schema.mutations.move_work import move_work
from schema.mutations.update_pipeline import update_pipeline
from schema.mutations.update_stage import update_stage
from schema.mutations.update_work import update_work
from schema.mutations.update_workflow import update_workflow

__all__ = ["Mutation"]

Mutation = create_type(
    "Mutation",
    [
        create_stage,
        update_stage,
        delete_stage,
        create_work,
        update_work,
        delete_work,
        create_pipeline,
        update_pipeline,
        delete_pipeline,
        create_workflow,
        update_workflow,
        delete_workflow,
        move_work,
        duplicate_workflow,
        attach_target_list,
        detach_target_list,
    ],
    description="Everything that can be written.",
)
