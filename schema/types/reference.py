"""References: what inputs name by id, such as people, parts and spaces."""

from enum import Enum

import strawberry

from schema.types.described import described
from schema.types.source import Source


@strawberry.enum(description="A kind of thing that inputs name by id.")
class ReferenceKind(Enum):
    """Values are those of the global ids' kinds."""

    STATE = described("state", "DevRev's custom states.")
    PERSON = described("person", "People: DevRev's dev users, Outreach's users, a space's users.")
    PART = described("part", "DevRev's parts.")
    TAG = described("tag", "DevRev's tags.")
    SPRINT = described("sprint", "DevRev's sprints; the scope is a vista.")
    ACCOUNT = described("account", "DevRev's accounts.")
    REV_ORG = described("rev_org", "DevRev's rev orgs: customers' organisations.")
    GROUP = described("group", "DevRev's groups.")
    SPACE = described("space", "Storyblok's spaces.")
    SPACE_ROLE = described("space_role", "Storyblok's roles; the scope is a space.")
    TARGET_LIST = described("target_list", "Esper's target lists; the scope is a pipeline.")


@strawberry.type(description="Something that inputs name by id, with enough to choose it by.")
class Reference:
    """Such as a person, a part or a space."""

    id: strawberry.ID = strawberry.field(description="Global id, as inputs take it.")
    source: Source = strawberry.field(description="The source that has it.")
    source_id: strawberry.ID = strawberry.field(description="The source's own id.")
    kind: ReferenceKind = strawberry.field(description="What it is.")
    display_id: str | None = strawberry.field(
        description="The id that the source shows to people.", default=None
    )
    name: str | None = strawberry.field(description="The name to show.", default=None)
