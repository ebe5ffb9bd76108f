"""How far a process's memory grows over answers that are bombs: peak.py LIMIT URL..., or peak.py pull URL...

Prints for each address the growth of the peak in KiB since the first, small answer, and why it was left.
The kernel's own peak of this program's memory; `ru_maxrss` would begin with that of its parent.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

import httpx

from builder import cli
from builder.model.errors import RemoteError
from builder.net.addresses import Guard
from builder.net.exchange import AnswerBounds, fetch
from builder.net.transport import GuardedTransport


def peak() -> int:
    match = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert match
    return int(match[1])


def pull(urls: list[str]) -> None:
    """Try to copy registries: of the first there is nothing, the others answer everything with a bomb."""
    grown, before = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for url in urls:
            code = cli.run(["pull", url, "--out", f"{folder}/copy.db"])
            before = before or peak()
            grown[url] = [peak() - before, code]
    print(json.dumps(grown))  # noqa: T201


def fetch_all(limit: int, urls: list[str]) -> None:
    with httpx.Client(transport=GuardedTransport(Guard(allow_private=True))) as http:
        fetch(http, http.build_request("GET", urls[0]), AnswerBounds(bytes=limit))
        before, grown = peak(), {}
        for url in urls[1:]:
            try:
                fetch(http, http.build_request("GET", url), AnswerBounds(bytes=limit))
                why = "read"
            except RemoteError as error:
                why = type(error).__name__
            grown[url] = [peak() - before, why]
    print(json.dumps(grown))  # noqa: T201


if __name__ == "__main__":
    what, *addresses = sys.argv[1:]
    if what == "pull":
        pull(addresses)
    else:
        fetch_all(int(what), addresses)
