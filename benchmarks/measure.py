"""Commands as measurements: wall time, processor time and memory of a process and its children."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

FINDINGS = 1
"""The exit code of a check that found something."""
_PAGE, _TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a command took: seconds, processor seconds, MiB of the largest process and of all."""

    seconds: float
    processor: float
    largest: float
    together: float
    output: str


def run(command: Sequence[str | Path]) -> Measured:
    """Run a command to its end and measure it; CalledProcessError if it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peaks = _Peaks()
    watcher = threading.Thread(target=_watch, args=(process, peaks), daemon=True)
    watcher.start()
    output, errors = process.communicate()
    seconds = time.perf_counter() - start
    watcher.join()
    if process.returncode > FINDINGS:
        raise subprocess.CalledProcessError(process.returncode, command, output, errors)
    return Measured(
        seconds=seconds,
        processor=sum(peaks.ticks.values()) / _TICKS,
        largest=peaks.largest / 2**20,
        together=peaks.together / 2**20,
        output=output,
    )


def registry(*arguments: str | Path) -> Measured:
    """Run this checkout's `mcp-registry`."""
    return run([sys.executable, "-m", "builder", *arguments])


@dataclass(slots=True)
class _Peaks:
    """The most memory seen, in bytes, and the processor time of each process, in ticks."""

    largest: int = 0
    together: int = 0
    ticks: dict[int, int] = field(default_factory=dict)


def _watch(process: subprocess.Popen[str], peaks: _Peaks) -> None:
    while process.returncode is None:
        alive = (process.pid, *_descendants(process.pid))
        sizes = [_resident(one) for one in alive]
        peaks.largest = max(peaks.largest, *sizes)
        peaks.together = max(peaks.together, sum(sizes))
        peaks.ticks |= {one: ticks for one in alive if (ticks := _ticks(one))}
        time.sleep(0.05)


def _ticks(process: int) -> int:
    # proc(5): utime and stime are the 12th and 13th fields after the name in parentheses.
    fields = _read(Path(f"/proc/{process}/stat")).rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]) if fields else 0


def _descendants(process: int) -> list[int]:
    found = []
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
    except OSError:  # it has ended meanwhile
        return []
    for thread in threads:
        for child in _read(thread / "children").split():
            found += [int(child), *_descendants(int(child))]
    return found


def _resident(process: int) -> int:
    fields = _read(Path(f"/proc/{process}/statm")).split()
    return int(fields[1]) * _PAGE if fields else 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""
