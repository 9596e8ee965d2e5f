from collections.abc import Mapping, Sequence
from datetime import datetime

from gateway.cache.dependencies import Dependencies
from gateway.cache.keys import Key, Scope
from gateway.cache.objects import Held, Objects
from gateway.cache.versions import Versions, name_of
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.store.keeping import Clock


def test_objects_end_by_the_clock_and_go_by_use(clock: Clock) -> None:
    objects = Objects(max_bytes=30, max_entries=10, now=clock.moment)
    later = clock.entry(seconds=60).until
    objects.put("a", 1, 10, clock.entry(seconds=5).until)
    objects.put("b", 2, 10, later)
    objects.put("c", 3, 10, later)
    assert objects.get("a") == 1
    objects.put("d", 4, 10, later)
    assert [objects.get(key) for key in "abcd"] == [1, None, 3, 4]
    clock.turn(5)
    assert [objects.get(key) for key in "acd"] == [None, 3, 4]
    objects.forget("c")
    assert objects.get("c") is None
    objects.clear()
    assert len(objects) == 0


def key(source: Source, number: int) -> GlobalId:
    return GlobalId(source, Kind.STAGE, "", str(number))


SCOPES = {one: Scope.of(one, "own") for one in (Source.DEVREV, Source.ESPER)}
ONE, TWO, THREE = (key(Source.DEVREV, number) for number in (1, 2, 3))
OTHER = key(Source.ESPER, 1)


def put(objects: Objects, clock: Clock, key: GlobalId, mark: int = 0, **more: float) -> None:
    held = Held(f"row {key.source_id}", mark, name_of(SCOPES[key.source], "stage/"))
    objects.put((SCOPES[key.source], key), held, 10, clock.entry(**more).until)


def find(objects: Objects, keys: Sequence[GlobalId], versions: Versions) -> dict[GlobalId, str]:
    return objects.find(SCOPES, keys, versions, Dependencies())


async def test_many_are_found_by_one_look_at_the_clock(clock: Clock) -> None:
    looks = 0

    def now() -> datetime:
        nonlocal looks
        looks += 1
        return clock.moment()

    objects, versions = Objects(max_bytes=100, max_entries=10, now=now), Versions()
    for one in (ONE, TWO, OTHER):
        put(objects, clock, one)
    put(objects, clock, THREE, seconds=5)
    looks = 0
    asked = [OTHER, THREE, ONE, key(Source.OUTREACH, 1), ONE, OTHER]
    found = find(objects, asked, versions)
    assert list(found.items()) == [(OTHER, "row 1"), (THREE, "row 3"), (ONE, "row 1")]
    assert looks == 1
    clock.turn(5)
    assert list(find(objects, asked, versions)) == [OTHER, ONE]
    assert len(objects) == 3, "what is past its end goes"


async def test_what_was_found_counts_as_used(clock: Clock) -> None:
    objects = Objects(max_bytes=100, max_entries=2, now=clock.moment)
    for one in (ONE, TWO):
        put(objects, clock, one)
    assert list(find(objects, [ONE], Versions())) == [ONE]
    put(objects, clock, THREE)
    assert list(find(objects, [ONE, TWO, THREE], Versions())) == [ONE, THREE]


async def test_each_is_judged_by_the_version_of_its_own_source(clock: Clock) -> None:
    objects, versions = Objects(max_bytes=100, max_entries=10, now=clock.moment), Versions()
    for one in (ONE, OTHER):
        put(objects, clock, one)
    put(objects, clock, TWO, mark=1)
    await versions.bump(SCOPES[Source.DEVREV], ["stage/"])
    assert list(find(objects, [ONE, OTHER, TWO, ONE], versions)) == [OTHER, TWO]


async def test_what_another_credential_brought_is_not_found(clock: Clock) -> None:
    objects = Objects(max_bytes=100, max_entries=10, now=clock.moment)
    put(objects, clock, ONE)
    theirs = {Source.DEVREV: Scope.of(Source.DEVREV, "other")}
    assert objects.find(theirs, [ONE], Versions(), Dependencies()) == {}
    assert objects.find({}, [ONE], Versions(), Dependencies()) == {}
    assert find(objects, [ONE], Versions()) == {ONE: "row 1"}


async def test_an_answer_is_told_the_first_end_and_the_oldest_of_what_was_found(
    clock: Clock,
) -> None:
    objects, versions = Objects(max_bytes=100, max_entries=10, now=clock.moment), Versions()
    await versions.bump(SCOPES[Source.DEVREV], ["stage/"])
    for one, mark, seconds in ((ONE, 0, 1), (TWO, 9, 50), (THREE, 5, 60), (OTHER, 7, 70)):
        put(objects, clock, one, mark, seconds=seconds)
    told: list[tuple[Mapping[Key, int], datetime]] = []

    class Told(Dependencies):
        def add_objects(self, marks: Mapping[Key, int], until: datetime) -> None:
            told.append((marks, until))

    found = objects.find(SCOPES, [ONE, TWO, OTHER, THREE, TWO], versions, Told())
    assert list(found) == [TWO, OTHER, THREE], "what was written to since is neither found nor told"
    [(marks, until)] = told
    names = [name_of(SCOPES[one], "stage/") for one in (Source.DEVREV, Source.ESPER)]
    assert marks == dict(zip(names, (5, 7), strict=True))
    assert until == clock.entry(seconds=50).until
