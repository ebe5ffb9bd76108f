"""What follows a publication, in its own time: checkout, site, deploy. One run serves many of them."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Step = Callable[[str], None]
AGAIN_AFTER = 30.0
"""Seconds after which what failed is tried once more, though nothing new was published."""


class StepFailed(Exception):
    """A step could not be done; the text says why."""


@dataclass(slots=True)
class Follower:
    """Brings what is served up to the branch: `steps` are done in turn for the newest commit.

    `looks_every` is after how many seconds it looks for a newer one by itself, None for never.
    """

    tip: Callable[[], str]
    steps: Sequence[Step]
    complain: Callable[[str], None]
    looks_every: float | None = None
    _wake: threading.Event = field(default_factory=threading.Event)
    _ends: threading.Event = field(default_factory=threading.Event)
    _done: str = ""
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to follow, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Tell that there is something new."""
        self._wake.set()

    def stop(self) -> None:
        """Finish what is being done, and what is new, and end."""
        self._ends.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        failed = False
        while True:
            self._wake.wait(AGAIN_AFTER if failed else self.looks_every)
            self._wake.clear()
            is_last = self._ends.is_set()
            try:
                failed = not self._follow()
            except Exception as error:  # a thread that ends would never be missed
                self.complain(f"{type(error).__name__}: {error}")
                failed = True
            if is_last:
                return

    def _follow(self) -> bool:
        tip = self.tip()
        if tip == self._done:
            return True
        try:
            for step in self.steps:
                step(tip)
        except StepFailed as error:
            self.complain(str(error))
            return False
        self._done = tip
        return True


def run_command(arguments: Sequence[str]) -> None:
    """Run a command of this program in a process of its own; StepFailed with what it printed last.

    Requests are answered meanwhile by this one.
    """
    command = [sys.executable, "-m", "builder", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise StepFailed(f"{arguments[0]}: {lines[-1] if lines else f'exit {done.returncode}'}")
