"""The file that keeps tokens."""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from gateway import errors
from gateway.settings import SettingError
from gateway.sources.outreach import Outreach
from gateway.sources.outreach.tests.conftest import Clock, Refreshing
from gateway.sources.outreach.tokens import TokenFile, Tokens
from gateway.upstream.trace import Trace
from tests.fixtures import Sandbox

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def tokens(lifetime: float = 7200) -> Tokens:
    return Tokens("acc3ss", "r3fresh", NOON, NOON + timedelta(seconds=lifetime), "x")


async def read(adapter: Outreach) -> None:
    async with adapter.deadline():
        await adapter.check(Trace())


@pytest.mark.parametrize(("lifetime", "due"), [(7200, 7140), (100, 50), (1, 0.5)])
def test_a_token_is_due_a_minute_early_or_at_half_its_life(lifetime: float, due: float) -> None:
    one = tokens(lifetime)
    assert not one.is_due(NOON + timedelta(seconds=due - 0.1))
    assert one.is_due(NOON + timedelta(seconds=due))


def test_what_is_written_is_read_and_for_its_owner_alone(token_file: Path) -> None:
    file = TokenFile(str(token_file))
    assert file.read() is None
    Path(f"{token_file}.new").touch(0o666)  # as left by a write that did not come to its end
    file.write(tokens())
    assert file.read() == tokens()
    assert token_file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in token_file.parent.iterdir()] == [token_file.name]
    token_file.write_bytes(b"")
    assert file.read() is None  # as an operator may make it
    assert "acc3ss" not in repr(tokens())
    assert "r3fresh" not in repr(tokens())


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"access_token": "s3cret\\r\\nX: 1"}'],
)
async def test_a_file_that_holds_no_tokens_stops_the_start(
    token_file: Path, refreshing: Refreshing, content: bytes
) -> None:
    _put(token_file, content)
    with pytest.raises(SettingError, match=r"STAGEGRAPH_OUTREACH_TOKEN_FILE .*remove it") as caught:
        refreshing()
    assert "s3cret" not in str(caught.value)


def _put(path: Path, content: bytes, mode: int = 0o600) -> None:
    path.write_bytes(content)
    path.chmod(mode)


async def test_a_file_that_cannot_be_used_stops_the_start(
    token_file: Path, refreshing: Refreshing
) -> None:
    _put(token_file, msgspec.json.encode(tokens()), 0o640)
    refreshing()  # others of its group may read it if its owner lets them
    folder = str(token_file.parent)
    for mode in (0o604, 0o602, 0o620):
        _put(token_file, b"", mode)
        with pytest.raises(SettingError, match="chmod it to 600"):
            refreshing()
    for path, words in (
        (str(token_file), "chmod it to 600"),
        (folder, "cannot be read"),
        (f"{folder}/nowhere/tokens.json", "its folder"),
    ):
        with pytest.raises(SettingError, match=f"STAGEGRAPH_OUTREACH_TOKEN_FILE .*{words}"):
            refreshing(token_file=path)


async def test_a_link_to_the_file_stays_a_link(
    sandbox: Sandbox, token_file: Path, refreshing: Refreshing, clock: Clock
) -> None:
    sandbox.turn("outreach.new_tokens", "any")
    behind = _link(token_file)
    adapter, other = refreshing(), refreshing(token_file=str(behind))
    for renewals in (1, 2):
        await asyncio.gather(read(adapter), read(other))
        assert sandbox.calls("outreach") == renewals * 3  # one lock for both
        clock.forward(7150)
    assert sorted(map(str, token_file.parent.rglob("*"))) == sorted(
        [str(token_file), str(behind.parent), str(behind), f"{behind}.lock"]
    )
    assert _target(token_file) == behind


def _link(path: Path) -> Path:
    behind = path.parent / "volume" / "kept.json"
    behind.parent.mkdir()
    path.symlink_to(behind)
    return behind


def _target(path: Path) -> Path:
    return path.readlink()


@pytest.mark.parametrize("what", ["spoilt", "unlockable"])
async def test_a_file_that_breaks_in_mid_life_is_told_and_used_again_once_mended(
    sandbox: Sandbox,
    token_file: Path,
    refreshing: Refreshing,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    what: str,
) -> None:
    sandbox.turn("outreach.new_tokens", "any")
    adapter = refreshing()
    await read(adapter)
    kept = _spoil(token_file) if what == "spoilt" else _unlock(token_file)
    await read(adapter)  # as long as its token is good
    clock.forward(7150)
    with pytest.raises(errors.Unavailable) as caught:
        await read(adapter)
    assert "STAGEGRAPH_OUTREACH_TOKEN_FILE" in caught.value.message
    assert str(token_file) not in caught.value.message  # callers need not know
    assert str(token_file) in caplog.text
    _mend(token_file, kept)
    await read(adapter)


def _spoil(path: Path) -> bytes:
    kept = path.read_bytes()
    path.write_bytes(b"{")
    return kept


def _unlock(path: Path) -> None:
    lock = Path(f"{path}.lock")
    lock.unlink()
    lock.mkdir()


def _mend(path: Path, kept: bytes | None) -> None:
    if kept is None:
        Path(f"{path}.lock").rmdir()
    else:
        path.write_bytes(kept)


async def test_tokens_that_cannot_be_written_are_used_all_the_same(
    sandbox: Sandbox,
    token_file: Path,
    refreshing: Refreshing,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sandbox.turn("outreach.new_tokens", "any")
    adapter = refreshing()
    await read(adapter)
    os.mkdir(f"{token_file}.new")  # noqa: PTH102 - a folder where the file is to be made
    for _ in range(2):  # the file is older than what the adapter has, and is not gone back to
        clock.forward(7150)
        await read(adapter)
        assert "STAGEGRAPH_OUTREACH_TOKEN_FILE cannot be written" in caplog.text
        caplog.clear()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock as another process would."""
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


async def test_the_lock_is_waited_for_without_standing_still(
    sandbox: Sandbox, token_file: Path, refreshing: Refreshing
) -> None:
    adapter = refreshing()
    with held(token_file):
        reading = asyncio.create_task(read(adapter))
        await asyncio.sleep(0.1)
        assert not reading.done()
        assert sandbox.calls("outreach") == 0
    await reading
    assert sandbox.calls("outreach") == 2


async def test_to_wait_for_the_lock_takes_no_time_from_the_renewal(
    sandbox: Sandbox, token_file: Path, refreshing: Refreshing
) -> None:
    sandbox.fault("outreach", "latency", when="after", route="/oauth/token", seconds=0.4)
    adapter = refreshing(renewal=0.6)
    with held(token_file):
        reading = asyncio.create_task(read(adapter))
        await asyncio.sleep(0.4)
    await reading
    assert sandbox.calls("outreach") == 2


async def test_a_lock_that_is_never_free_is_a_time_out(
    sandbox: Sandbox, token_file: Path, refreshing: Refreshing
) -> None:
    adapter = refreshing(deadline=0.1)
    with held(token_file), pytest.raises(errors.TimedOut):
        await read(adapter)
    assert sandbox.calls("outreach") == 0
