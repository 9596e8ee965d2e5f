"""Lines are written in order; an output that nobody reads holds nobody up."""

import os
import threading
import time

from gateway.telemetry.sink import Sink


def render(line: int) -> bytes:
    return b"%d\n" % line


class Output:
    """One that is read, or not."""

    def __init__(self) -> None:
        self.is_read = threading.Event()
        self.is_read.set()
        self.written = b""

    def write(self, data: bytes) -> int:
        self.is_read.wait()
        taken = data[:7]  # a pipe may take a part
        self.written += taken
        return len(taken)


def test_lines_are_written_in_order() -> None:
    output = Output()
    sink = Sink[int](output.write, render)
    for number in range(3000):
        sink.put(number)
    sink.flush(10)
    assert output.written == b"".join(map(render, range(3000)))


def test_what_nobody_reads_is_dropped_and_counted() -> None:
    output = Output()
    output.is_read.clear()
    sink = Sink[int](output.write, render, most=100)
    begun = time.monotonic()
    for number in range(100_000):
        sink.put(number)
    sink.flush(0.1)
    assert time.monotonic() - begun < 5
    assert 99_000 < sink.dropped < 100_000
    dropped = sink.dropped
    output.is_read.set()
    sink.flush(10)
    assert b'"event":"lines dropped","count":%d}\n' % dropped in output.written
    sink.put(1)
    sink.flush(10)
    assert output.written.endswith(b"\n1\n")


def test_a_line_that_is_no_text_is_dropped_and_counted() -> None:
    output = Output()
    sink = Sink[str](output.write, str.encode)
    for line in ("a\n", "\ud800\n", "b\n"):
        sink.put(line)
    sink.flush(10)
    assert output.written.startswith(b"a\nb\n")
    assert output.written.endswith(b'"event":"lines dropped","count":1}\n')


def test_an_output_that_is_gone_ends_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    sink = Sink[int](lambda data: os.write(writing, data), render)
    for number in range(3):
        sink.put(number)
        sink.flush(10)
    os.close(writing)
    assert sink.dropped == 0
