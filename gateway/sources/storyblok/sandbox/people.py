"""Who works in a space: roles, and the collaborators who have them."""

from collections.abc import Sequence

from gateway.sandbox.company import PEOPLE, Person, day, stamp
from gateway.sources.storyblok.sandbox.numbers import Resource, number_of, user_number

_ROLES = ("Author", "Reviewer", "Translator", "Publisher")
_MEMBERS = {1001: PEOPLE[:10], 1002: PEOPLE[5:15]}
_FORMER = {1001: PEOPLE[18], 1002: PEOPLE[19]}

_LISTS = (
    "allowed_paths", "resolved_allowed_paths", "blocked_paths", "field_permissions",
    "allowed_field_permissions", "readonly_field_permissions", "datasource_ids",
    "blocked_datasource_ids", "component_ids", "allowed_component_ids", "managed_component_ids",
    "blocked_manage_component_ids", "managed_component_group_uuids",
    "blocked_manage_component_group_uuids", "component_group_uuids",
    "blocked_component_group_uuids", "branch_ids", "blocked_branch_ids", "allowed_languages",
    "blocked_languages", "asset_folder_ids", "blocked_asset_folder_ids",
)  # fmt: skip
"""What a role may narrow down; the company's roles leave it all open."""


def members(space: int) -> Sequence[Person]:
    """Return the people of a space."""
    return _MEMBERS[space]


def former_member(space: int) -> int:
    """Return the number of a user whom a stage still names, but who has left the space."""
    return user_number(_FORMER[space].number)


def space_roles(space: int) -> list[Resource]:
    """Make the roles of a space."""
    return [_role(space, index, name) for index, name in enumerate(_ROLES)]


def _role(space: int, index: int, name: str) -> Resource:
    return {
        **empty_role(number_of("space_role", space, index)),
        "role": name,
        "subtitle": f"{name}s of the editorial team" if index % 2 else None,
        "permissions": ["read_stories", "save_stories"] + ["publish_stories"] * (index > 1),
    }


def empty_role(number: int) -> Resource:
    """Make a role that may do nothing."""
    lists: Resource = {name: [] for name in _LISTS}
    return {
        "id": number,
        "role": "",
        "subtitle": None,
        "ext_id": None,
        "permissions": [],
        "resolved_blocked_paths": None,
        **lists,
    }


def collaborators(space: int) -> list[Resource]:
    """Make the collaborators of a space; the last is invited and has no user yet."""
    joined = [_collaborator(space, index, one) for index, one in enumerate(members(space))]
    return [*joined, _invited(space, len(joined))]


def _collaborator(space: int, index: int, person: Person) -> Resource:
    is_custom = index % 3 == 1
    roles = [number_of("space_role", space, index % len(_ROLES))] if is_custom else []
    return {
        "id": number_of("collaborator", space, index),
        "user_id": user_number(person.number),
        "space_id": space,
        "role": str(roles[0]) if is_custom else "admin" if index == 0 else "editor",
        "permissions": ["can_subscribe"],
        "allowed_path": None,
        "field_permissions": "",
        "space_role_id": roles[0] if is_custom else None,
        "space_role_ids": roles,
        "user": user(person),
        "invitation": None,
    }


def user(person: Person) -> Resource:
    """Make the user that one of the company's people is."""
    # Who signs in through the company's own sign-on has no separate names.
    has_names = person.number % 5 != 0
    return {
        "id": user_number(person.number),
        "avatar": None,
        "firstname": person.first_name if has_names else None,
        "lastname": person.last_name if has_names else None,
        "alt_email": None,
        "real_email": person.email,
        "disabled": person.number % 6 == 0,
        "userid": person.email,
        "friendly_name": person.full_name,
    }


def _invited(space: int, index: int) -> Resource:
    return {
        "id": number_of("collaborator", space, index),
        "user_id": None,
        "space_id": space,
        "role": "editor",
        "permissions": [],
        "allowed_path": None,
        "field_permissions": "",
        "space_role_id": None,
        "space_role_ids": [],
        "user": None,
        "invitation": {
            "email": f"freelancer.{space}@partner.example",
            "expires_at": stamp(day(400)),
            "is_expired": False,
            "rid": f"inv-{space}",
        },
    }
