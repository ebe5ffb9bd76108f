"""Work in several processes."""

from __future__ import annotations

import os
import signal

from builder.runtime import processes


def interrupt(number: int) -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return number


def test_an_interrupt_is_the_business_of_the_main_process_alone() -> None:
    """A terminal sends it to all: each would print where it was, and the main one what it is."""
    assert list(processes.each(interrupt, range(4), 2, 4)) == [0, 1, 2, 3]
    with processes.alongside(interrupt, range(4), 3) as found:
        assert list(found) == [0, 1, 2, 3]
