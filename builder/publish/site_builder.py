"""The site with what was published, built in a process that stays and gives way to publications.

Servers and lists are newer than the site meanwhile (live.py): this is for pages, search and files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from builder.build.watch import build_staying
from builder.model.errors import RegistryError
from builder.publish.follower import StepFailed
from builder.runtime import processes

BuildSite = Callable[[Path, Path, str], None]
"""Builds the site of a commit of a repository (its top folder) into a folder; StepFailed if it cannot."""
_NICENESS = 5
"""A quarter of a core that a publication also wants; all of one that nobody else wants."""


@contextmanager
def staying_builder() -> Iterator[BuildSite]:
    """Yield what builds in one process, which begins to read what it needs at once.

    Started anew each time, a build would take twice as long: it would bring up nothing (watch.py).
    """
    with processes.Resident() as builder:
        builder.start(_give_way)
        yield partial(_build, builder)


def _build(builder: processes.Resident, root: Path, out: Path, commit: str) -> None:
    try:
        builder.call(partial(build_staying, root, commit, out, 1))
    except BrokenProcessPool as error:
        builder.start(_give_way)
        raise StepFailed("build: its process was ended") from error
    except RegistryError as error:
        raise StepFailed(f"build: {error.message}") from error


def _give_way() -> None:
    os.nice(_NICENESS)
