"""Judges inputs and puts them into Storyblok's words; nothing is sent."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from strawberry import Some

from gateway.adapter import Adapter, Judge, told
from gateway.errors import Path
from gateway.sources.storyblok import normalise
from gateway.sources.storyblok.normalise_writes import FLAGS, LISTS, Fields, graph_name
from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.inputs.process import UpdateWorkflowInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.storyblok import CreateStoryblokWorkflowStage, StoryblokStagePatch
from schema.types.mutation_errors import Constraint
from schema.types.source import Source

_LONGEST = 255
"""Characters of a name, a colour or a content type; the vendor tells no limit."""

_OPEN = "1"
"""Stands for the space where no id tells one, so that own ids can be read."""


def space_in(texts: Iterable[str | None]) -> str | None:
    """Return the space that the first global id among some ids tells."""
    for text in texts:
        try:
            found = GlobalId.parse(text or "")
        except InvalidIdError:
            continue
        if found.source is Source.STORYBLOK and normalise.is_number(found.scope):
            return found.scope
    return None


def valid_space(own: str | None) -> str | None:
    """Return an own id of a space, if it can be one."""
    return own if own is not None and normalise.is_number(own) else None


def ids_of(new: CreateStoryblokWorkflowStage) -> Iterator[str]:
    """Yield all ids that a new stage names."""
    for name in LISTS:
        yield from told(getattr(new, name)) or ()
    after = told(new.after_publish_id)
    if after is not None:
        yield after


class SpaceJudge:
    """Judges what is to stand in one space.

    Args:
        adapter: the source.
        at: where the input stands in the mutation's arguments.
        space: the space; None where no id in the input tells.
    """

    def __init__(self, adapter: Adapter, at: Path, space: str | None) -> None:
        self.plain = Judge(adapter, at)
        self._space = space or _OPEN

    def number(self, text: str, kind: Kind, *field: str, takes_own: bool = True) -> int | None:
        """Read an id of an object of the space; None if it is wrong.

        Args:
            text: a global id, or the vendor's own.
            kind: of what.
            field: where it stands below the input.
            takes_own: whether the vendor's own is taken.
        """

        def own(number: str) -> GlobalId:
            return normalise.global_id(kind, self._space, number)

        found = self.plain.id(text, kind, *field, own=own if takes_own else None)
        if found is None:
            return None
        if found.scope != self._space:
            words = f"It is of space {found.scope}; one of space {self._space} is needed."
            self.plain.wrong(words, Constraint.REFERENCE, *field)
        return int(found.source_id)

    def numbers(
        self, texts: Sequence[str], kind: Kind, *field: str, takes_own: bool = True
    ) -> list[int]:
        """Read a list of ids; those that are wrong are left out, and each counts once."""
        read = [
            self.number(text, kind, *field, str(place), takes_own=takes_own)
            for place, text in enumerate(texts)
        ]
        return list(dict.fromkeys(one for one in read if one is not None))

    def text(self, value: str | None, *field: str) -> None:
        """Judge a name or a colour; a colour's form is for the vendor to judge."""
        self.plain.text(value, *field, longest=_LONGEST)

    def content_types(self, values: Sequence[str], *field: str) -> None:
        """Judge the names of a new workflow's content types: at least one."""
        if not values:
            words = "It is empty; a workflow has one content type at least."
            self.plain.wrong(words, Constraint.REQUIRED, *field)
        self._texts(values, *field)

    def _texts(self, values: Sequence[str], *field: str) -> None:
        for place, one in enumerate(values):
            self.text(one, *field, str(place))

    def new_stage(self, new: CreateStoryblokWorkflowStage, *field: str) -> Fields:
        """Judge a new stage, and return its fields; null is as absent."""
        self.text(new.name, *field, "name")
        self.text(new.color, *field, "color")
        names = ("position", *FLAGS)
        given = {name: value for name in names if (value := told(getattr(new, name))) is not None}
        fields: Fields = {"name": new.name, "color": new.color, **given}
        for name, (theirs, kind) in LISTS.items():
            texts = told(getattr(new, name))
            if texts is not None:
                fields[theirs] = self.numbers(texts, kind, *field, graph_name(name))
        after = told(new.after_publish_id)
        if after is not None:
            fields["after_publish_id"] = self.number(after, Kind.STAGE, *field, "afterPublishId")
        return fields

    def new_stages(self, stages: Sequence[CreateStoryblokWorkflowStage]) -> list[Fields]:
        """Judge the stages of a new workflow.

        No two have a name or a colour alike, and one at most is the default one.
        """
        made = [self.new_stage(one, "stages", str(place)) for place, one in enumerate(stages)]
        for name in ("name", "color"):
            seen: set[str] = set()
            for place, one in enumerate(made):
                if one[name] in seen:
                    words = f"Another stage of the workflow has this {name}."
                    self.plain.wrong(words, Constraint.UNIQUE, "stages", str(place), name)
                seen.add(one[name])
        default = [place for place, one in enumerate(made) if one.get("is_default")]
        for place in default[1:]:
            words = "Another stage of the workflow is to be the default one."
            self.plain.wrong(words, Constraint.UNIQUE, "stages", str(place), "isDefault")
        return made

    def stage_changes(self, patch: UpdateStageInput) -> Fields:
        """Judge a patch of a stage, and return the fields that it sets or clears."""
        self.plain.refuse_blocks(patch)
        fields: Fields = {}
        for name in ("name", "color"):
            given: Some[str | None] | None = getattr(patch, name)
            if given is not None:
                self.text(given.value, name)
                fields[name] = given.value
        if patch.position is not None:
            fields["position"] = self._kept(patch.position, "position")
        own = told(patch.storyblok)
        if own is not None:
            fields |= self._own_changes(own)
        self.swap(fields)
        self.plain.refuse_nothing(fields.keys() - {"update_position"})
        return fields

    def _own_changes(self, patch: StoryblokStagePatch) -> Fields:
        fields: Fields = {}
        for name in FLAGS:
            given: Some[Any] | None = getattr(patch, name)
            if given is not None:
                fields[name] = self._kept(given, "storyblok", graph_name(name))
        for name, (theirs, kind) in LISTS.items():
            given = getattr(patch, name)
            if given is not None:
                place = ("storyblok", graph_name(name))
                texts = self._kept(given, *place)
                fields[theirs] = self.numbers(texts or (), kind, *place)
        if patch.after_publish_id is not None:
            text, place = patch.after_publish_id.value, ("storyblok", "afterPublishId")
            after = None if text is None else self.number(text, Kind.STAGE, *place)
            fields["after_publish_id"] = after
        if patch.workflow_id is not None:
            place = ("storyblok", "workflowId")
            workflow = self._kept(patch.workflow_id, *place)
            if workflow is not None:
                fields["workflow_id"] = self.number(workflow, Kind.WORKFLOW, *place)
        if patch.swap_position is not None:
            fields["update_position"] = self._kept(patch.swap_position, "storyblok", "swapPosition")
        return fields

    def swap(self, fields: Fields) -> None:
        """Judge whether a stage that swaps places with another is told which place."""
        if fields.get("update_position") and "position" not in fields:
            words = "`swapPosition` goes with it: the place to swap with."
            self.plain.wrong(words, Constraint.REQUIRED, "position")

    def workflow_changes(self, patch: UpdateWorkflowInput) -> Fields:
        """Judge a patch of a workflow, and return the fields that it sets."""
        self.plain.refuse_blocks(patch)
        fields: Fields = {}
        if patch.name is not None:
            self.text(patch.name.value, "name")
            fields["name"] = patch.name.value
        own = told(patch.storyblok)
        if own is not None and own.content_types is not None:
            place = ("storyblok", "contentTypes")
            types: list[str] | None = self._kept(own.content_types, *place)
            self._texts(types or (), *place)
            fields["content_types"] = types
        if patch.stage_order is not None:
            fields["workflow_stages_attributes"] = self._order(patch.stage_order)
        self.plain.refuse_nothing(fields)
        return fields

    def _order(self, given: Some[list[Any] | None]) -> list[Fields]:
        """Read the order that stages are to have, their positions counted from 1."""
        texts: list[str] = self._kept(given, "stageOrder") or []
        if given.value == []:
            words = "It is empty; it names all stages of the workflow."
            self.plain.wrong(words, Constraint.REQUIRED, "stageOrder")
        for place, text in enumerate(texts):
            if text in texts[:place]:
                words = "It names this stage twice."
                self.plain.wrong(words, Constraint.UNIQUE, "stageOrder", str(place))
        numbers = self.numbers(texts, Kind.STAGE, "stageOrder", takes_own=False)
        return [{"id": number, "position": at} for at, number in enumerate(numbers, start=1)]

    def _kept(self, given: Some[Any], *field: str) -> Any:
        """Return what a field is given; a null is refused."""
        if given.value is None:
            self.plain.wrong("It cannot be cleared.", Constraint.REQUIRED, *field)
        return given.value
