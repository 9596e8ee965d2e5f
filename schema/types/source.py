"""The sources. A new source is one line here and one folder under `gateway/sources`."""

from enum import Enum

import strawberry

from schema.types.described import described


@strawberry.enum(description="A product that the graph reads from and writes to.")
class Source(Enum):
    """Each value is the name of the source's folder, of its settings and of its ids."""

    DEVREV = described("devrev", "DevRev: support and product work.")
    OUTREACH = described("outreach", "Outreach: sales engagement.")
    ESPER = described("esper", "Esper: device fleets and their roll-outs.")
    STORYBLOK = described("storyblok", "Storyblok: content management.")

    __hash__ = object.__hash__  # an enum's own is slow, and each look-up by a global id needs it
