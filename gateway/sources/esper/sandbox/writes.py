"""Writes of pipelines, stages and target lists, and of which target list is at which stage.

A list that is attached must be of the stage's pipeline. What Esper tells nowhere, such as what a
PUT does with a field that is left out, is a switch.
"""

from collections.abc import Callable, Iterable, Sequence

from gateway.sandbox.emulator import Endpoint
from gateway.sources.esper.sandbox import bodies, removal
from gateway.sources.esper.sandbox.bodies import Field, RefusedError
from gateway.sources.esper.sandbox.seed import Resource
from gateway.sources.esper.sandbox.writing import Asked, Done, NotThereError, Writing, deleted

PIPELINE = "/pipelines/{pipeline_id}/"
_STAGE = PIPELINE + "stages/{stage_id}/"
TARGET_LIST = PIPELINE + "targetlists/{targetlist_id}/"
_ATTACHED = "/stages/{stage_id}/targetlists/"

Shown = Callable[[Iterable[Resource]], Sequence[Resource]]
"""Tells of target lists as answers do."""

_NAME = Field(bodies.filled, is_required=True, is_name=True)
DESCRIPTION = Field(bodies.text, may_be_null=True)

_OF_PIPELINE = {"name": _NAME, "description": DESCRIPTION}
_OF_STAGE = {**_OF_PIPELINE, "timeout_seconds": Field(bodies.int32, may_be_null=True)}
_OF_TARGET_LIST = {
    "name": _NAME,
    "target_list_type": Field(
        bodies.choice(("DEVICES", "GROUPS", "COLLECTIONS")), is_required=True
    ),
}
_OF_ATTACHMENT = {"target_list_id": Field(bodies.uuid, is_required=True)}


def writes(writing: Writing, shown: Shown) -> list[Endpoint]:
    """Return the endpoints.

    Args:
        writing: makes them.
        shown: tells of target lists.
    """
    lists, attachments = _TargetLists(shown), _Attachments(shown)
    end, lists_at = writing.endpoint, PIPELINE + "targetlists/"
    return [
        end("POST", "/pipelines/", _create_pipeline),
        end("PUT", PIPELINE, _update_pipeline),
        end("DELETE", PIPELINE, _delete_pipeline, is_business=True),
        end("POST", PIPELINE + "stages/", _create_stage),
        end("PUT", _STAGE, _update_stage, is_business=True),
        end("DELETE", _STAGE, _delete_stage, is_business=True),
        end("POST", lists_at, lists.create),
        end("PUT", TARGET_LIST, lists.update),
        end("DELETE", TARGET_LIST, lists.delete),
        end("POST", _ATTACHED, attachments.attach, is_business=True),
        end("DELETE", _ATTACHED + "{targetlist_id}/", attachments.detach, is_business=True),
    ]


def _pipeline(asked: Asked) -> Resource:
    found = asked.below.made.pipelines.get(asked.path["pipeline_id"])
    if found is None:
        raise NotThereError
    return found


def _stage(asked: Asked) -> Resource:
    found = asked.below.made.stages.get(asked.path["pipeline_id"], {}).get(asked.path["stage_id"])
    if found is None:
        raise NotThereError
    return found


def target_list(asked: Asked) -> Resource:
    """Return the target list of a path.

    Raises:
        NotThereError: if there is none in the path's pipeline.
    """
    found = asked.below.made.target_lists.get(asked.path["targetlist_id"])
    if found is None or found["pipeline_id"] != asked.path["pipeline_id"]:
        raise NotThereError
    return found


def _rest(asked: Asked, pipeline: str) -> None:
    """Want that no run of a pipeline goes on, where the switch does."""
    refuses = asked.switches["delete_running"] == "refused"
    if refuses and removal.is_running(asked.below, pipeline):
        raise RefusedError({"detail": "The pipeline has an active run."})


def _create_pipeline(asked: Asked) -> Done:
    given = bodies.new(asked.body, _OF_PIPELINE, asked.switches)
    made = {"id": asked.new_id(), **given, **asked.made()}
    asked.below.made.pipelines[made["id"]] = made
    asked.below.made.stages[made["id"]] = {}
    asked.below.runs.runs[made["id"]] = {}
    return Done(made)


def _update_pipeline(asked: Asked) -> Done:
    found = _pipeline(asked)
    asked.change(found, bodies.changed(asked.body, _OF_PIPELINE, asked.switches))
    return Done(found)


def _delete_pipeline(asked: Asked) -> Done:
    found = _pipeline(asked)
    _rest(asked, found["id"])
    removal.remove_pipeline(asked.below, found["id"])
    return deleted(asked, found)


def _create_stage(asked: Asked) -> Done:
    """Put a stage behind those that there are; no run that there is has it."""
    pipeline = _pipeline(asked)["id"]
    given = bodies.new(asked.body, _OF_STAGE, asked.switches)
    made = {"id": asked.new_id(), **given, "pipeline_id": pipeline, **asked.made()}
    asked.below.made.stages[pipeline][made["id"]] = made
    asked.below.made.attached[made["id"]] = []
    asked.below.operations.lists[made["id"]] = {}
    return Done(made)


def _update_stage(asked: Asked) -> Done:
    found = _stage(asked)
    asked.change(found, bodies.changed(asked.body, _OF_STAGE, asked.switches))
    return Done(found)


def _delete_stage(asked: Asked) -> Done:
    found = _stage(asked)
    _rest(asked, found["pipeline_id"])
    removal.remove_stage(asked.below, found["pipeline_id"], found["id"])
    return deleted(asked, found)


class _TargetLists:
    """Writes target lists."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown

    def create(self, asked: Asked) -> Done:
        """Make one that holds nothing and is at no stage."""
        pipeline = _pipeline(asked)["id"]
        given = _stored(bodies.new(asked.body, _OF_TARGET_LIST, asked.switches))
        made = {"id": asked.new_id(), **given, "pipeline_id": pipeline, **asked.made()}
        asked.below.made.target_lists[made["id"]] = made
        asked.below.devices.targets[made["id"]] = {}
        asked.below.devices.groups[made["id"]] = {}
        return Done(self._shown([made])[0])

    def update(self, asked: Asked) -> Done:
        """Change one."""
        found = target_list(asked)
        given = _stored(bodies.changed(asked.body, _OF_TARGET_LIST, asked.switches))
        asked.change(found, given)
        return Done(self._shown([found])[0])

    def delete(self, asked: Asked) -> Done:
        """Delete one; the switch tells whether it may still be at a stage."""
        found = target_list(asked)
        is_used = any(found["id"] in attached for attached in asked.below.made.attached.values())
        if is_used and asked.switches["delete_attached"] == "refused":
            raise RefusedError({"detail": "The target list is attached to a stage."})
        removal.remove_target_list(asked.below, found["id"])
        return deleted(asked, self._shown([found])[0])


def _stored(given: Resource) -> Resource:
    """Return the fields of a target list as Esper keeps them: types in upper case."""
    kind = given.get("target_list_type")
    return {**given, "target_list_type": kind.upper()} if isinstance(kind, str) else given


class _Attachments:
    """Writes which target lists are at a stage."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown

    def attach(self, asked: Asked) -> Done:
        """Attach one, which comes last; the switch tells what a second time does."""
        attached, pipeline = _at_stage(asked)
        given = bodies.new(asked.body, _OF_ATTACHMENT, asked.switches)["target_list_id"]
        found = asked.below.made.target_lists.get(str(given))
        if found is None:
            if asked.switches["attach_unknown"] == "missing":
                raise NotThereError
            detail = f'Invalid pk "{given}" - object does not exist.'
            raise RefusedError({"target_list_id": detail})
        if found["pipeline_id"] != pipeline:
            raise RefusedError({"target_list_id": "The target list is of another pipeline."})
        is_new = found["id"] not in attached
        if is_new:
            attached.append(found["id"])
        elif asked.switches["attach"] == "refused":
            raise RefusedError({"detail": "The target list is already attached to the stage."})
        return Done(self._shown([found])[0], is_applied=is_new)

    def detach(self, asked: Asked) -> Done:
        """Detach one; the switch tells what happens to one that is not attached."""
        attached, _ = _at_stage(asked)
        one = asked.path["targetlist_id"]
        if one in attached:
            attached.remove(one)
            return deleted(asked, self._shown([asked.below.made.target_lists[one]])[0])
        if asked.switches["detach"] == "missing" or one not in asked.below.made.target_lists:
            raise NotThereError
        if asked.switches["detach"] == "refused":
            raise RefusedError({"detail": "The target list is not attached to the stage."})
        return Done({}, is_applied=False)


def _at_stage(asked: Asked) -> tuple[list[str], str]:
    """Return what is at the path's stage, and the stage's pipeline."""
    stage = asked.path["stage_id"]
    for pipeline, stages in asked.below.made.stages.items():
        if stage in stages:
            return asked.below.made.attached[stage], pipeline
    raise NotThereError
