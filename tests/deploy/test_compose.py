"""deploy/compose.yaml names only what there is, and gives nobody more than is needed."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis.asyncio
from ruamel.yaml import YAML

from gateway.app import read_settings
from tests.fixtures import RedisServer

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
ALL: Any = YAML(typ="safe").load(COMPOSE)
SERVICES: dict[str, Any] = ALL["services"]

each = pytest.mark.parametrize("name", SERVICES)


def is_schemas(file: Path) -> bool:
    """Whether the public schema of compose files takes it."""
    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema"]
    done = subprocess.run(  # noqa: S603 - a locked tool
        [*command, "vendor.compose-spec", file], capture_output=True, check=False
    )
    return done.returncode == 0


def test_it_is_a_compose_file(tmp_path: Path) -> None:
    assert is_schemas(COMPOSE)
    spoilt = tmp_path / "compose.yaml"
    spoilt.write_text(COMPOSE.read_text(encoding="utf-8").replace("read_only", "read_onyl"))
    assert not is_schemas(spoilt)


def test_what_it_names_is_there() -> None:
    build = SERVICES["gateway"]["build"]
    context = DEPLOY / build["context"]
    assert (context / build["dockerfile"]).samefile(DEPLOY / "Dockerfile")
    assert (context / "pyproject.toml").exists()
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(ALL["networks"])
        for other, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert "healthcheck" in SERVICES[other]
    assert "redis" in SERVICES["gateway"]["depends_on"]
    assert "HEALTHCHECK" in DOCKERFILE


@each
def test_no_service_may_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)
    user = service.get("user") or re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)[-1]
    assert not user.startswith(("0", "root"))


def test_redis_is_reached_by_the_gateway_alone() -> None:
    assert "ports" not in SERVICES["redis"]
    assert SERVICES["redis"]["networks"] == ["inside"]
    assert ALL["networks"]["inside"]["internal"] is True


def test_the_gateway_is_reached_from_this_machine_alone() -> None:
    [port] = SERVICES["gateway"]["ports"]
    address, _, inner = port.split(":")
    assert address == "127.0.0.1"
    assert f"EXPOSE {inner}" in DOCKERFILE


def test_its_settings_are_settings() -> None:
    gateway = SERVICES["gateway"]
    lines = (DEPLOY / "example.env").read_text(encoding="utf-8").splitlines()
    names = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    sample = dict.fromkeys(names, "A" * 44) | gateway["environment"]
    settings = read_settings(sample)
    assert all(source.is_connected for source in settings.sources.values())
    store = urlsplit(settings.server.cache_url)
    assert (store.scheme, store.hostname, store.port) == ("redis", "redis", 6379)
    assert "redis" in SERVICES


def test_credentials_stay_out_of_the_repository_and_of_the_image() -> None:
    assert SERVICES["gateway"]["env_file"] == ".env"
    root = DEPLOY.parent
    assert ".env" in (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    example = (DEPLOY / "example.env").read_text(encoding="utf-8")
    assert not re.search(r"^[A-Z_]+=.+$", example, re.MULTILINE)
    ignored = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert not any(line.startswith(("!deploy/.env", "!deploy/*")) for line in ignored)
    assert "!deploy" not in ignored


async def test_redis_takes_its_command_line(tmp_path: Path) -> None:
    program, *options = SERVICES["redis"]["command"]
    assert program == "redis-server"
    with RedisServer(tmp_path, *options) as server:
        client = redis.asyncio.Redis.from_url(server.url)
        said = await client.config_get("maxmemory*")
        assert said["maxmemory"] == str(256 * 2**20)
        assert said["maxmemory-policy"] == "volatile-lru", "records are not to be evicted"
        assert await client.config_get("save") == {"save": ""}
        assert await client.config_get("appendonly") == {"appendonly": "yes"}, "records outlive it"
        await client.aclose()
