"""Work in several processes: results come in order, and few are held in memory at once."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from multiprocessing import forkserver, get_context, parent_process
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
_LATER = 10
"""How nice (nice(2)) processes are whose results are taken last."""


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def prepare(*modules: str) -> None:
    """Have the processes of later work begin with modules imported: once for all of them, from now on."""
    get_context("forkserver").set_forkserver_preload([*modules])
    forkserver.ensure_running()


def each(
    function: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, in_flight: int
) -> Iterator[Result]:
    """Yield what `function` returns for every task, in their order, from `jobs` processes.

    The first `in_flight` tasks start at once, the others as results are taken. With one job, or
    fewer tasks than jobs, nothing leaves this process and each task waits until it is asked for.
    """
    if jobs == 1 or len(tasks) < jobs:
        return map(function, tasks)
    pool, called = _pool(jobs), _sent_once(function)
    started = deque(pool.submit(called, task) for task in tasks[:in_flight])
    return _take(pool, started, called, iter(tasks[in_flight:]))


@contextmanager
def alongside(
    function: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, *, last: bool = False
) -> Iterator[Iterator[Result]]:
    """Have `jobs` - 1 other processes call `function` for every task while a block runs.

    The block gets the results in the tasks' order, to take when it needs them; `last` is for results
    that it takes at its end: where cores are few, the block goes first. With one job, or fewer tasks
    than jobs, nothing leaves this process and each task waits until it is asked for.
    """
    if jobs == 1 or len(tasks) < jobs:
        yield map(function, tasks)
        return
    pool, called = _pool(jobs - 1, _LATER if last else 0), _sent_once(function)
    try:
        started = [pool.submit(called, task) for task in tasks]
        del tasks  # the pool has them until they are done
        yield (future.result() for future in started)
    finally:
        pool.shutdown(cancel_futures=True)


class Resident:
    """One process that stays, with all that it has read, while a block runs; killed, it is replaced."""

    def __enter__(self) -> Resident:
        """Start nothing yet."""
        self._running: ProcessPoolExecutor | None = None
        return self

    def __exit__(self, *_: object) -> None:
        """End the process when it has done what it does."""
        if self._running is not None:
            self._running.shutdown(cancel_futures=True)

    def start(self, function: Callable[[], object]) -> None:
        """Have the process call a function, and wait for nothing."""
        self._running = self._running or _pool(1)
        self._running.submit(function)

    def call(self, function: Callable[[], Result]) -> Result:
        """Return what a function returns there; raise what it raises."""
        self._running = self._running or _pool(1)
        try:
            return self._running.submit(function).result()
        except BrokenProcessPool:
            self._running = None
            raise


@dataclass(frozen=True, slots=True)
class Submitted(Generic[Result]):
    """Work that other processes have begun: a future of each result, in the tasks' order."""

    futures: list[Future[Result]]
    _pool: ProcessPoolExecutor

    def close(self) -> None:
        """End the processes when they have done what they do."""
        self._pool.shutdown(cancel_futures=True)


def submitted(
    function: Callable[[Task], Result], tasks: Sequence[Task], jobs: int
) -> Submitted[Result]:
    """Have `jobs` other processes call `function` for every task, from now on."""
    pool, called = _pool(jobs), _sent_once(function)
    return Submitted([pool.submit(called, task) for task in tasks], pool)


def _sent_once(function: Callable[[Task], Result]) -> Callable[[Task], Result]:
    """Return a function as processes call it: its settings are written and read once, not for each task."""
    return partial(_call, pickle.dumps(function))


def _call(pickled: bytes, task: object) -> Any:
    return _read(pickled)(task)


@lru_cache(maxsize=2)
def _read(pickled: bytes) -> Any:
    return pickle.loads(pickled)


def _pool(jobs: int, later: int = 0) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        jobs, mp_context=get_context("forkserver"), initializer=_start, initargs=(later,)
    )


def _start(later: int) -> None:
    os.nice(later)
    # Ctrl-C reaches every process. The one that started this one ends it, and reports for all.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it is killed: nobody else would."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _take(
    pool: ProcessPoolExecutor,
    started: deque[Future[Result]],
    function: Callable[[Task], Result],
    waiting: Iterator[Task],
) -> Iterator[Result]:
    try:
        while started:
            result = started.popleft().result()
            started.extend(pool.submit(function, task) for task in islice(waiting, 1))
            yield result
    finally:
        pool.shutdown(cancel_futures=True)
