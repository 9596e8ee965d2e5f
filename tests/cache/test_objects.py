from gateway.cache.objects import Objects
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
