"""Work in several processes."""

from __future__ import annotations

import os
import signal
import time
import tracemalloc
from functools import partial
from pathlib import Path

import pytest

from builder.runtime import processes
from builder.runtime.ahead import each_ahead


def interrupt(number: int) -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return number


def test_an_interrupt_is_the_business_of_the_main_process_alone() -> None:
    """A terminal sends it to all: each would print where it was, and the main one what it is."""
    assert list(processes.each(interrupt, range(4), 2, 4)) == [0, 1, 2, 3]
    with processes.alongside(interrupt, range(4), 3) as found:
        assert list(found) == [0, 1, 2, 3]


def long(number: int) -> bytes:
    if number == 30:
        raise ValueError("the thirtieth")
    return bytes([number]) * 1000


def test_results_that_nobody_takes_yet_wait_in_a_file_and_come_in_order(tmp_path: Path) -> None:
    made = each_ahead(long, range(30), 2, 3, tmp_path)
    first = next(iter(made))
    assert [first, *made] == [long(number) for number in range(30)]
    assert list(tmp_path.iterdir()) == []


def test_what_goes_wrong_there_is_told_where_its_result_is_taken(tmp_path: Path) -> None:
    made = each_ahead(long, range(29, 40), 2, 1, tmp_path)
    assert next(iter(made)) == long(29)
    with pytest.raises(ValueError, match="the thirtieth"):
        next(iter(made))


def large(folder: Path, number: int) -> bytes:
    (folder / str(number)).touch()
    return bytes(1 << 20)


def test_what_waits_lies_in_the_file_before_the_first_is_taken(tmp_path: Path) -> None:
    tracemalloc.start()
    made = each_ahead(partial(large, tmp_path), range(24), 2, 1, tmp_path)
    while len(list(tmp_path.iterdir())) < 24:
        time.sleep(0.05)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 10 << 20
    assert sum(map(len, made)) == 24 << 20
