"""Settings of the gateway and all sources: read, led to sandboxes, judged for several processes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gateway.adapter import SourceSettings
from gateway.app.kinds import emulator_kinds, settings_kinds
from gateway.settings import SettingError, Settings, judge, read, takes, variable

if TYPE_CHECKING:
    from schema.types.source import Source


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read all settings; raises SettingError, naming the first that is unknown or bad."""
    return read(environment, settings_kinds())


def sandboxed(settings: Settings, origin: str) -> Settings:
    """Return settings that lead to sandboxes, with what all sources have left as it is."""
    shared = SourceSettings.__struct_fields__
    sources: dict[Source, SourceSettings] = {}
    for emulator in emulator_kinds():
        own = settings.sources[emulator.source]
        kept = {name: getattr(own, name) for name in shared}
        table = {**kept, **emulator.settings(origin)}
        kind = settings_kinds()[emulator.source]
        sources[emulator.source] = judge(kind, f"sources.{emulator.source.value}", table)
    return Settings(settings.server, sources)


def refuse_apart(settings: Settings) -> None:
    """Refuse several processes that would not see each other's writes and credentials.

    Raises:
        SettingError: naming the setting that they want.
    """
    if settings.server.workers > 1 and settings.server.cache_url.startswith("memory"):
        message = (
            f"{variable('server', 'workers')} ([server] workers) above 1 wants a Redis in "
            f"{variable('server', 'cache_url')} ([cache] url), so that each process sees at once "
            "what another has written."
        )
        raise SettingError(message)
    for source in settings.sources if settings.server.workers > 1 else ():
        own: SourceSettings = settings.sources[source]
        name, table = own.wanted_by_many, f"sources.{source.value}"
        if name is not None:
            message = (
                f"{variable('server', 'workers')} above 1 wants {variable(table, name)} "
                f"([{table}] {name}): {takes(type(own), name)}."
            )
            raise SettingError(message)
