"""What DevRev's works name: parts, tags, organisations, sprints, money, and states of a sync."""

from datetime import datetime

import strawberry

from schema.types.resource import Actor
from schema.types.scalars import JSON


@strawberry.type(description="A value of an enum that an organisation may extend.")
class EnumValue:
    """DevRev's enum value, such as of a priority."""

    id: strawberry.ID = strawberry.field(
        description="Global id; its source's own number is in `raw` of the work."
    )
    label: str | None = strawberry.field(description="The text to show.", default=None)
    ordinal: float | None = strawberry.field(
        description="Place in the order of the values.", default=None
    )
    value: JSON | None = strawberry.field(
        description="The value itself, of any type.", default=None
    )


@strawberry.type(description="An amount of money.")
class Money:
    """The amount is a text, so that no digit is lost."""

    amount: str | None = strawberry.field(
        description='The amount as a decimal text, such as "125000.50".', default=None
    )
    currency: str | None = strawberry.field(
        description="ISO 4217 code of the currency, such as USD.", default=None
    )


@strawberry.type(description="How a sync with another system runs.")
class SyncUnit:
    """DevRev's sync unit."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    display_id: str | None = strawberry.field(
        description="The id that the source shows to people.", default=None
    )
    name: str | None = strawberry.field(description="The unit's name.", default=None)
    type: str | None = strawberry.field(
        description="How it is started, such as manual or periodic.", default=None
    )
    external_system_type: str | None = strawberry.field(
        description="The kind of the other system, such as jira.", default=None
    )
    is_archived: bool | None = strawberry.field(
        description="Whether the unit is archived.", default=None
    )
    run_mode: str | None = strawberry.field(
        description="The mode of its latest run, such as initial.", default=None
    )
    run_state: str | None = strawberry.field(
        description="How far its latest run has come, such as completed.", default=None
    )


@strawberry.type(description="One way of a sync: into the source or out of it.")
class SyncRun:
    """DevRev's last sync in or out."""

    status: str | None = strawberry.field(
        description="How it ended, such as succeeded or failed.", default=None
    )
    synced_at: datetime | None = strawberry.field(description="When it ran.", default=None)
    unit: SyncUnit | None = strawberry.field(description="What ran it.", default=None)


@strawberry.type(description="Where an object came from, where it is kept equal to another system.")
class SyncMetadata:
    """DevRev's sync metadata."""

    origin_system: str | None = strawberry.field(
        description="The system that the object came from.", default=None
    )
    external_reference: str | None = strawberry.field(
        description="The object's address or name there.", default=None
    )
    last_in: SyncRun | None = strawberry.field(
        description="The latest sync into the source.", default=None
    )
    last_out: SyncRun | None = strawberry.field(
        description="The latest sync out of the source.", default=None
    )


@strawberry.type(description="A part of a product that works are about.")
class Part:
    """DevRev's part: a product, capability, feature or enhancement."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    source_id: strawberry.ID = strawberry.field(description="DevRev's own id.")
    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people, such as PROD-1.", default=None
    )
    type: str | None = strawberry.field(
        description="product, capability, feature or enhancement.", default=None
    )
    name: str | None = strawberry.field(description="The part's name.", default=None)
    owners: list[Actor] | None = strawberry.field(
        description="Who is responsible for the part.", default=None
    )
    sync: SyncMetadata | None = strawberry.field(
        description="Where the part came from, if it is synced.", default=None
    )


@strawberry.type(description="A tag.")
class Tag:
    """DevRev's tag."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    source_id: strawberry.ID = strawberry.field(description="DevRev's own id.")
    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people, such as TAG-1.", default=None
    )
    name: str | None = strawberry.field(description="The tag's name.", default=None)
    color: str | None = strawberry.field(
        description="The tag's colour, as DevRev writes it.", default=None
    )


@strawberry.type(description="A tag at a work.")
class WorkTag:
    """A tag may carry a value of its own at each work."""

    tag: Tag | None = strawberry.field(description="The tag.", default=None)
    value: str | None = strawberry.field(description="Its value at this work.", default=None)


@strawberry.type(description="A customer's organisation: an account, or a part of one.")
class Org:
    """DevRev's account or rev org."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    source_id: strawberry.ID = strawberry.field(description="DevRev's own id.")
    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people, such as ACC-1.", default=None
    )
    type: str | None = strawberry.field(
        description="What DevRev calls it, such as account or rev_org.", default=None
    )
    display_name: str | None = strawberry.field(description="Its name.", default=None)


@strawberry.type(description="A group of people.")
class Group:
    """DevRev's group."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    source_id: strawberry.ID = strawberry.field(description="DevRev's own id.")
    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people, such as GRP-1.", default=None
    )
    name: str | None = strawberry.field(description="The group's name.", default=None)
    member_type: str | None = strawberry.field(
        description="Who its members are, such as dev_user.", default=None
    )


@strawberry.type(description="A sprint: a span of time that works are planned for.")
class Sprint:
    """A group of a DevRev vista."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    source_id: strawberry.ID = strawberry.field(description="DevRev's own id.")
    type: str | None = strawberry.field(
        description="How its works are found, such as curated.", default=None
    )
    name: str | None = strawberry.field(description="The sprint's name.", default=None)
    state: str | None = strawberry.field(description="planned, active or completed.", default=None)
    starts_at: datetime | None = strawberry.field(description="When it starts.", default=None)
    ends_at: datetime | None = strawberry.field(description="When it ends.", default=None)
