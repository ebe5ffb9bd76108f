"""Work in several processes that never waits for whoever takes its results.

What is done and not taken yet lies in memory, and beyond a few results in a file without a name,
which is gone with the process.
"""

from __future__ import annotations

import os
import pickle
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from builder.runtime import processes

Task = TypeVar("Task")
Result = TypeVar("Result")


def each_ahead(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    jobs: int,
    in_memory: int,
    folder: Path,
) -> Iterator[Result]:
    """Yield what `function` returns for every task, in their order, from `jobs` processes.

    All tasks are worked on from now on. Of the results that are not taken yet more than `in_memory` lie
    in a file in `folder`. With one job, or fewer tasks than jobs, nothing leaves this process and each
    task waits until it is asked for.
    """
    if jobs == 1 or len(tasks) < jobs:
        return map(function, tasks)
    work, shelf = processes.submitted(function, tasks, jobs), _Shelf[Result](in_memory, folder)
    # From now on and not when the first is taken: until then all of them would lie in memory.
    slots = [shelf.slot(future) for future in work.futures]
    work.futures.clear()  # they hold their results
    return _taken(slots, work, shelf)


def _taken(
    slots: Sequence[Future[Callable[[], Result]]],
    work: processes.Submitted[Result],
    shelf: _Shelf[Result],
) -> Iterator[Result]:
    try:
        for slot in slots:
            yield slot.result()()
    finally:
        work.close()
        shelf.close()


class _Shelf(Generic[Result]):
    """Results that wait to be taken."""

    def __init__(self, in_memory: int, folder: Path) -> None:
        self._room = in_memory
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - see close()
        self._lock = threading.Lock()

    def slot(self, future: Future[Result]) -> Future[Callable[[], Result]]:
        """Return a future of what gives the result, wherever it lies by then."""
        slot: Future[Callable[[], Result]] = Future()
        future.add_done_callback(partial(self._keep, slot))
        return slot

    def _keep(self, slot: Future[Callable[[], Result]], future: Future[Result]) -> None:
        try:
            slot.set_result(self._kept(future.result()))
        except (Exception, CancelledError) as error:  # whoever takes it is told
            slot.set_exception(error)

    def _kept(self, result: Result) -> Callable[[], Result]:
        with self._lock:
            if self._room > 0:
                self._room -= 1
                return partial(self._from_memory, [result])
            data = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
            start = self._file.seek(0, os.SEEK_END)
            self._file.write(data)
            return partial(self._from_file, start, len(data))

    def _from_memory(self, held: list[Result]) -> Result:
        with self._lock:
            self._room += 1
        return held.pop()

    def _from_file(self, start: int, size: int) -> Result:
        with self._lock:
            self._file.seek(start)
            data = self._file.read(size)
        result: Result = pickle.loads(data)
        return result

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
