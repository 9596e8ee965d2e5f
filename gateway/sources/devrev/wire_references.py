"""DevRev's answers to the lists of what inputs name by id: names, and nothing else.

The lists call their rows and their cursors differently; here they are always `rows` and `cursor`.
"""

from msgspec import Raw, Struct, field

from gateway.sources.devrev.wire import Don


class Named(Struct, frozen=True):
    """Whatever is listed; which of the names it has depends on what it is."""

    id: Don
    display_id: str | None = None
    name: str | None = None
    full_name: str | None = None
    display_name: str | None = None


class Page(Struct, frozen=True, kw_only=True):
    """A page of a list; the cursor is left out on the last one."""

    rows: list[Raw]
    cursor: str | None = field(default=None, name="next_cursor")


class States(Page, frozen=True, kw_only=True):
    """The answer of states.custom.list, which has another cursor than all others."""

    rows: list[Raw] = field(name="result")
    cursor: str | None = field(default=None, name="cursor")


class People(Page, frozen=True, kw_only=True):
    """The answer of dev-users.list."""

    rows: list[Raw] = field(name="dev_users")


class Parts(Page, frozen=True, kw_only=True):
    """The answer of parts.list."""

    rows: list[Raw] = field(name="parts")


class Tags(Page, frozen=True, kw_only=True):
    """The answer of tags.list."""

    rows: list[Raw] = field(name="tags")


class Sprints(Page, frozen=True, kw_only=True):
    """The answer of vistas.groups.list, whose name of many is that of one."""

    rows: list[Raw] = field(name="vista_group")


class Accounts(Page, frozen=True, kw_only=True):
    """The answer of accounts.list."""

    rows: list[Raw] = field(name="accounts")


class RevOrgs(Page, frozen=True, kw_only=True):
    """The answer of rev-orgs.list."""

    rows: list[Raw] = field(name="rev_orgs")


class Groups(Page, frozen=True, kw_only=True):
    """The answer of groups.list."""

    rows: list[Raw] = field(name="groups")
