"""Progress of long work on stderr: its stages, and how long each took.

On a terminal a bar (rich); elsewhere, as in CI, a line when a stage has taken a second and then
every ten. Work of less than a second shows nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Advance = Callable[[int], None]
_FIRST, _EVERY = 1.0, 10.0


@dataclass(slots=True)
class Progress:
    """The stages of one piece of work, in order: name, seconds, things done.

    Without `show` it only takes the times; with `verbose` it also says why things are done.
    """

    show: bool = False
    verbose: bool = False
    stages: list[tuple[str, float, int]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Advance]:
        """Time a stage; the block calls what it gets with the number of things newly done, of `total`."""
        start = time.perf_counter()
        done = 0
        with _display(name, total) if self.show else _silent() as shown:

            def advance(count: int) -> None:
                nonlocal done
                done += count
                shown(done)

            yield advance
        self.stages.append((name, time.perf_counter() - start, done))

    @property
    def seconds(self) -> float:
        """The seconds that all stages took."""
        return sum(seconds for _, seconds, _ in self.stages)

    def note(self, message: str) -> None:
        """Print why something is done, if `verbose`."""
        if self.verbose:
            print(message, file=sys.stderr, flush=True)  # noqa: T201

    def say(self, message: str) -> None:
        """Print what the user may want to know, if progress is shown."""
        if self.show:
            print(message, file=sys.stderr, flush=True)  # noqa: T201

    def warn(self, message: str) -> None:
        """Tell what the user has to know, whether progress is shown or not."""
        print(f"warning: {message}", file=sys.stderr, flush=True)  # noqa: T201

    def table(self) -> str:
        """Return the stages as lines: seconds, share of the whole, name and count."""
        whole = self.seconds or 1.0
        return "\n".join(
            f"{seconds:8.2f} s {seconds / whole:6.1%}  {name}" + (f" ({done:,})" if done else "")
            for name, seconds, done in self.stages
        )


@contextmanager
def _silent() -> Iterator[Advance]:
    yield lambda _: None


@contextmanager
def _display(name: str, total: int | None) -> Iterator[Advance]:
    with _bar(name, total) if sys.stderr.isatty() else _lines(name, total) as shown:
        yield shown


@contextmanager
def _bar(name: str, total: int | None) -> Iterator[Advance]:
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(name, total=total)
        yield lambda done: bars.update(task, completed=done)


@contextmanager
def _lines(name: str, total: int | None) -> Iterator[Advance]:
    start = time.perf_counter()
    due = start + _FIRST

    def shown(done: int) -> None:
        nonlocal due
        now = time.perf_counter()
        if now >= due:
            count = f"{done:,} of {total:,}" if total else f"{done:,}"
            print(f"{name}: {count}, {now - start:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
            due = now + _EVERY

    yield shown
    if time.perf_counter() - start > _FIRST:
        print(f"{name}: {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)  # noqa: T201
