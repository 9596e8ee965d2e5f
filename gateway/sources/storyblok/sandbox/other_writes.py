"""Writes of roles, collaborators, webhooks and their log."""

from urllib.parse import urlsplit

from gateway.sandbox.company import PEOPLE, day, stamp
from gateway.sources.storyblok.sandbox import fields
from gateway.sources.storyblok.sandbox.hooks import ACTIONS, sent_log
from gateway.sources.storyblok.sandbox.numbers import Resource
from gateway.sources.storyblok.sandbox.people import empty_role, user
from gateway.sources.storyblok.sandbox.refusals import BLANK, TAKEN, UNKNOWN, Complaints
from gateway.sources.storyblok.sandbox.writing import Answer, Write, refuse

_NUMBERED = (
    "datasource_ids", "blocked_datasource_ids", "component_ids", "allowed_component_ids",
    "managed_component_ids", "blocked_manage_component_ids", "branch_ids", "blocked_branch_ids",
    "asset_folder_ids", "blocked_asset_folder_ids",
)  # fmt: skip
_NAMED = (
    "permissions", "allowed_languages", "blocked_languages", "allowed_paths", "blocked_paths",
    "field_permissions", "allowed_field_permissions", "readonly_field_permissions",
    "managed_component_group_uuids", "blocked_manage_component_group_uuids",
    "component_group_uuids", "blocked_component_group_uuids",
)  # fmt: skip
_ROLE: dict[str, fields.Check] = {
    "role": fields.text,
    "subtitle": fields.or_null(fields.maybe_text),
    "ext_id": fields.or_null(fields.maybe_text),
    **dict.fromkeys(_NAMED, fields.texts),
    **dict.fromkeys(_NUMBERED, fields.numbers),
}
_COLLABORATOR: dict[str, fields.Check] = {
    "role": fields.text,
    "space_role_id": fields.or_null(fields.number),
    "space_role_ids": fields.or_null(fields.numbers),
    "permissions": fields.or_null(fields.texts),
}


def _address(value: object) -> str | None:
    """Take the address of a web server."""
    word = fields.text(value)
    if word:
        return word
    try:
        parts = urlsplit(str(value))
    except ValueError:
        return "is invalid"
    return None if parts.scheme in {"http", "https"} and parts.netloc else "is invalid"


def _action(value: object) -> str | None:
    return None if value in ACTIONS else "is not included in the list"


_HOOK: dict[str, fields.Check] = {
    "name": fields.text,
    "description": fields.or_null(fields.maybe_text),
    "endpoint": _address,
    "secret": fields.or_null(fields.maybe_text),
    "activated": fields.boolean,
    "actions": fields.list_of(_action),
}


def create_role(write: Write) -> Answer:
    """Create a role, of a name that no other has."""
    asked, complaints = write.read(_ROLE, ("role",))
    refuse(_unique(write, asked, None) | complaints)
    role = {**empty_role(write.new("space_role")), **asked}
    write.data.space_roles.append(role)
    return Answer(201, {write.one: role})


def update_role(write: Write) -> Answer:
    """Change the fields of a role that are given."""
    role = write.thing(write.data.space_roles)
    asked, complaints = write.read(_ROLE)
    refuse(_unique(write, asked, role) | complaints)
    role.update(asked)
    return Answer(200, {write.one: role})


def delete_role(write: Write) -> Answer:
    """Delete a role, and take it out of all that names it, if the vendor does."""
    data = write.data
    role = write.thing(data.space_roles)
    data.space_roles.remove(role)
    if write.switches["role_in_use"] == "removed":
        for one in (*data.workflow_stages, *data.stories, *data.collaborators):
            one["space_role_ids"] = [n for n in one["space_role_ids"] if n != role["id"]]
        for one in data.collaborators:
            if one["space_role_id"] == role["id"]:
                one.update({"space_role_id": None, "role": "editor"})
    return Answer(200, {write.one: role})


def create_collaborator(write: Write) -> Answer:
    """Add one of the company's people, or invite somebody else; the body has no key around."""
    given = write.whole_body()
    asked, complaints = fields.judged(given, {"email": fields.text, **_COLLABORATOR}, ("email",))
    email = asked.pop("email", None)
    person = next((one for one in PEOPLE if one.email == email), None)
    known = user(person) if person else None
    if known and any(one["user_id"] == known["id"] for one in write.data.collaborators):
        complaints["email"] = [TAKEN]
    _want_roles(write, asked, complaints)
    refuse(complaints)
    invitation = {"email": email, "expires_at": stamp(day(400)), "is_expired": False}
    number = write.new("collaborator")
    collaborator: Resource = {
        "id": number,
        "user_id": known and known["id"],
        "space_id": write.space,
        "role": "editor",
        "permissions": [],
        "allowed_path": None,
        "field_permissions": "",
        "space_role_id": None,
        "space_role_ids": [],
        "user": known,
        "invitation": None if known else {**invitation, "rid": f"inv-{number}"},
        **_cleaned(asked),
    }
    write.data.collaborators.append(collaborator)
    return Answer(201, {write.one: collaborator})


def update_collaborator(write: Write) -> Answer:
    """Change the fields of a collaborator that are given."""
    collaborator = write.thing(write.data.collaborators)
    asked, complaints = write.read(_COLLABORATOR)
    _want_roles(write, asked, complaints)
    refuse(complaints)
    collaborator.update(_cleaned(asked))
    return Answer(200, {write.one: collaborator})


def delete_collaborator(write: Write) -> Answer:
    """Take a collaborator out of the space; stages and stories go on naming the user."""
    collaborator = write.thing(write.data.collaborators)
    write.data.collaborators.remove(collaborator)
    return Answer(200, {write.one: collaborator})


def create_hook(write: Write) -> Answer:
    """Create a webhook."""
    asked, complaints = write.read(_HOOK, ("name", "endpoint", "actions"))
    _want_actions(asked, complaints)
    refuse(complaints)
    hook = {
        "id": write.new("webhook_endpoint"),
        "description": None,
        "space_id": write.space,
        "secret": None,
        "activated": True,
        "deleted_at": None,
        "created_at": write.now,
        "updated_at": write.now,
        **asked,
    }
    write.data.webhook_endpoints.append(hook)
    return Answer(201, {write.one: hook})


def update_hook(write: Write) -> Answer:
    """Change the fields of a webhook that are given."""
    hook = write.thing(write.data.webhook_endpoints)
    asked, complaints = write.read(_HOOK)
    _want_actions(asked, complaints)
    refuse(complaints)
    hook.update({**asked, "updated_at": write.now})
    return Answer(200, {write.one: hook})


def delete_hook(write: Write) -> Answer:
    """Delete a webhook; its log stays."""
    hook = write.thing(write.data.webhook_endpoints)
    write.data.webhook_endpoints.remove(hook)
    return Answer(200, {write.one: {**hook, "deleted_at": write.now}})


def retry_log(write: Write) -> Answer:
    """Send again what a webhook was told; it goes well."""
    log = write.thing(write.data.webhook_logs)
    now = write.now
    log.update(
        status="success",
        executed_at=now,
        retries=log["retries"] + 1,
        response="200 OK",
        updated_at=now,
    )
    return Answer(200, {write.one: sent_log(log)})


def _unique(write: Write, asked: Resource, role: Resource | None) -> Complaints:
    others = [one for one in write.data.space_roles if one is not role]
    is_taken = any(one["role"] == asked.get("role") for one in others)
    return {"role": [TAKEN]} if is_taken else {}


def _want_roles(write: Write, asked: Resource, complaints: Complaints) -> None:
    """Want a collaborator's roles to be roles of the space."""
    known = {one["id"] for one in write.data.space_roles}
    if not {one for one in (asked.get("space_role_id"),) if one is not None} <= known:
        complaints["space_role_id"] = [UNKNOWN]
    if not set(asked.get("space_role_ids") or ()) <= known:
        complaints["space_role_ids"] = [UNKNOWN]
    plain = {"admin", "editor", "multi", *map(str, known)}
    if "role" in asked and asked["role"] not in plain:
        complaints["role"] = ["is not included in the list"]


def _cleaned(asked: Resource) -> Resource:
    """Take null for an empty list, as a collaborator always has its lists."""
    lists = ("space_role_ids", "permissions")
    return {name: [] if name in lists and one is None else one for name, one in asked.items()}


def _want_actions(asked: Resource, complaints: Complaints) -> None:
    if asked.get("actions") == []:
        complaints["actions"] = [BLANK]
