import msgspec
import pytest
from msgspec import structs

from gateway.cache.ttl import Ttl, judge_ttl, seconds_for
from gateway.settings import SettingError, judge, takes

DEFAULTS = {"stage": 600.0, "work": 30.0}


class Settings(msgspec.Struct, frozen=True):
    ttl: Ttl = None


def read(value: object) -> Ttl:
    return judge(Settings, "sources.esper", {"ttl": value}).ttl


@pytest.mark.parametrize(("setting", "stage", "work"), [
    (None, 600, 30), ("0", 0, 0), ("60", 60, 60), (60, 60, 60), (0, 0, 0), ("stage=5", 5, 30),
    ("stage=5,work=7", 5, 7), ("work=0", 600, 0),
])  # fmt: skip
def test_seconds_by_kind(setting: Ttl, stage: float, work: float) -> None:
    judged = Settings().ttl if setting is None else read(setting)
    assert judge_ttl(judged, DEFAULTS) is None
    assert [seconds_for(judged, DEFAULTS, kind) for kind in DEFAULTS] == [stage, work]


@pytest.mark.parametrize("setting", [
    "x", "-1", "1.5", "nan", "60,work=30", "stage=", "stage", "=5", "stage=5,", ",stage=5",
    "stage=-5", "stage=5;work=7", "99999999", "stage=99999999", "60\n", "Stage=5", "", -1, 10**7,
    1.5, True, ["60"],
])  # fmt: skip
def test_other_forms_are_refused(setting: object) -> None:
    with pytest.raises(SettingError, match=r"^STAGEGRAPH_ESPER_TTL .* takes seconds to keep"):
        read(setting)


def test_it_tells_what_it_takes() -> None:
    assert "0 keeps no answer" in takes(Settings, structs.fields(Settings)[0].name)


@pytest.mark.parametrize(("setting", "words"), [
    ("stages=5", "stages is none of its types, which are stage, work"),
    ("work=1,stage=5,work=2", "work is told more than once"),
])  # fmt: skip
def test_an_unknown_kind_is_named(setting: str, words: str) -> None:
    assert judge_ttl(read(setting), DEFAULTS) == words
