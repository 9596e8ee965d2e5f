"""Settings: the environment, one TOML file, or both; read once into frozen structs."""

from gateway.settings.kinds import Address, Seconds, Secret, SettingError
from gateway.settings.reading import (
    Settings,
    complaint,
    in_the_clear,
    is_loopback,
    judge,
    judge_address,
    read,
    takes,
    variable,
)
from gateway.settings.server import Server

__all__ = [
    "Address",
    "Seconds",
    "Secret",
    "Server",
    "SettingError",
    "Settings",
    "complaint",
    "in_the_clear",
    "is_loopback",
    "judge",
    "judge_address",
    "read",
    "takes",
    "variable",
]
