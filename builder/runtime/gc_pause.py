"""Python's garbage collector, paused where objects only grow."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Keep the collector from running during a block, and from ever visiting the objects it leaves.

    It would visit all live objects again and again while they only grow: loading 150,000
    documents takes 1.15 s without it and 4.84 s with it.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
