"""A mirror that is killed at any write leaves whole files, and the next run completes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.faults.upstream import item, paged, servers, upstream
from tests.faults.victim import killed_at
from tests.registry import Registry


@pytest.mark.parametrize("held", [False, True], ids=["from-nothing", "from-an-older-state"])
def test_a_mirror_killed_at_any_write_goes_on(held: bool, tmp_path: Path) -> None:
    old = [item("com.a/one"), item("com.b/two", isLatest=True)]
    new = [
        item("com.a/one", title="Altered"),
        item("com.b/two", status="deprecated", isLatest=False),
        item("com.b/two", "2.0.0"),
        item("com.c/three"),
    ]
    pages = [old]
    with upstream(lambda request: paged([pages[0][:2], pages[0][2:]])(request)) as server:
        folder, before = tmp_path / "registry", tmp_path / "before"
        arguments = ["mirror", server.url, "--root", str(folder), "--full"]
        Registry(folder)
        if held:
            assert killed_at(0, arguments, folder, tmp_path)
        pages[0] = new
        shutil.copytree(folder, before)
        total = killed_at(0, arguments, folder, tmp_path)
        assert total
        complete = servers(folder)
        assert len(complete) == 7
        for step in _sampled(total):
            shutil.rmtree(folder)
            shutil.copytree(before, folder)
            assert killed_at(step, arguments, folder, tmp_path) is None, f"step {step} of {total}"
            for body in servers(folder).values():
                json.loads(body)
            assert killed_at(0, arguments, folder, tmp_path) is not None
            assert servers(folder) == complete, f"killed at step {step} of {total}"


def _sampled(total: int) -> list[int]:
    """Each of the first and last writes, and some between."""
    return sorted({1, 2, 3, *range(4, total, 1 + total // 6), total - 1, total})
