"""Tells who asks: anybody, who has a key, or who has a token."""

from gateway.http.auth.auth import Auth, Known
from gateway.http.auth.keys import SETTING as KEYS_FILE
from gateway.http.auth.keys import Keys, made
from gateway.settings import Server, SettingError, Settings, complaint, is_loopback, variable

__all__ = ["KEYS_FILE", "Auth", "made", "open_auth", "refuse_open"]

_TABLE = "server"


def open_auth(settings: Settings) -> Auth:
    """Return what tells who asks, as the settings have it.

    Raises:
        SettingError: naming the setting that is bad or missing.
    """
    lets = [source for source, own in settings.sources.items() if own.lets_callers]
    server = settings.server
    known = _known(server)
    is_local = known is None and is_loopback(server.host) and not server.lets_anybody
    return Auth(known, lets, is_local=is_local)


def refuse_open(server: Server) -> None:
    """Refuse to let anybody in from other machines, unless told so by name.

    Raises:
        SettingError: naming what to set.
    """
    if server.auth != "open" or server.lets_anybody or is_loopback(server.host):
        return
    message = (
        f"{variable(_TABLE, 'auth')} is open, and {variable(_TABLE, 'host')} is {server.host}: "
        "anybody who reaches it could read and write with the operator's credentials. Set "
        f"{variable(_TABLE, 'auth')} to api-key or jwt, or {variable(_TABLE, 'allow_open')}=yes."
    )
    raise SettingError(message)


def _known(server: Server) -> Known | None:
    match server.auth:
        case "api-key":
            return Keys.read(_wanted(server, "api_keys_file"))
        case "jwt":
            # What verifies signatures takes 8 MB, which nobody else is to bear.
            from gateway.http.auth.key_set import of_place  # noqa: PLC0415
            from gateway.http.auth.tokens import Tokens  # noqa: PLC0415

            return Tokens(
                of_place(_wanted(server, "jwt_jwks")),
                issuer=_wanted(server, "jwt_issuer"),
                audience=_wanted(server, "jwt_audience"),
                leeway=server.jwt_leeway,
                roles_claim=server.jwt_roles_claim,
            )
        case _:
            return None


def _wanted(server: Server, name: str) -> str:
    value: str | None = getattr(server, name)
    if not value:
        how, wanted = variable(_TABLE, "auth"), complaint(Server, _TABLE, name)
        message = f"{how} is {server.auth}, which wants another setting: {wanted}"
        raise SettingError(message)
    return value
