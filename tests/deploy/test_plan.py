"""What a deploy does, as a function of what is there and what should be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.deploy import plan
from builder.deploy.plan import Manifest, Phase

paths = st.sampled_from(
    ["assets/aa/x.css", "assets/bb/x.css", "index.json", "v0.1/servers/index.json", "v0.1/x/com.x/head.json",
     "v0.1/x/com.x/pages/all/1.json", "v0.1/x/com.x/pages/all/index.json", "servers/a/b/index.html"]
)  # fmt: skip
files = st.dictionaries(paths, st.sampled_from(["one", "two"]))
GRACE = 100


def is_immutable(path: str) -> bool:
    return path.startswith("assets/")


@given(
    st.lists(files, min_size=1, max_size=6), st.lists(st.integers(1, 150), min_size=6, max_size=6)
)
def test_any_series_of_deploys_ends_with_what_is_wanted(
    wanted: list[dict[str, str]], waits: list[int]
) -> None:
    there: dict[str, str] = {}
    have, now = Manifest(), 0
    dropped: dict[str, int] = {}
    for want, wait in zip(wanted, waits, strict=False):
        now += wait
        for path in there.keys() - want.keys():
            dropped.setdefault(path, now)
        steps = plan.make(
            have, Manifest(generation="g", files=want), is_immutable, now=now, grace=GRACE
        )
        for phase in steps.writes:
            there |= {path: want[path] for path in phase}
        for path in steps.deletes:
            del there[path]
        dropped = {path: since for path, since in dropped.items() if path not in want}
        assert there == steps.result.files
        assert {path: there[path] for path in want} == want
        # What is withdrawn goes at once, what is named by its content when its time is over.
        kept = {
            path for path, since in dropped.items() if is_immutable(path) and now < since + GRACE
        }
        assert there.keys() - want.keys() == kept
        dropped = {path: since for path, since in dropped.items() if path in kept}
        have = Manifest.decode(steps.result.encode())


@given(files)
def test_nothing_points_to_what_is_not_there_yet(want: dict[str, str]) -> None:
    steps = plan.make(Manifest(), Manifest(files=want), is_immutable, now=0, grace=0)
    order = [path for phase in steps.writes for path in phase]
    assert sorted(order) == sorted(want)
    if "index.json" in want:
        assert order[-1] == "index.json"
    for path in want:
        if path.endswith("head.json"):
            assert all(
                plan.phase(other, want, is_immutable) >= Phase.HEAD
                for other in order[order.index(path) :]
            )


@given(files)
def test_the_same_again_is_nothing_to_do(want: dict[str, str]) -> None:
    have = Manifest(generation="g", files=want)
    steps = plan.make(have, have, is_immutable, now=0, grace=0)
    assert not any(steps.writes)
    assert not steps.deletes
    assert steps.unchanged == len(want)


@pytest.mark.parametrize(
    ("path", "phase"),
    [
        ("assets/aa/x.css", Phase.IMMUTABLE),
        ("v0.1/servers/index.json", Phase.PAGE),
        ("v0.1/x/com.x/pages/all/1.json", Phase.HEAD),
        ("v0.1/x/com.x/pages/all/2.json", Phase.NEW),
        ("v0.1/x/com.x/pages/all/3.json", Phase.NEW),
        ("servers/b/index.html", Phase.NEW),
        ("servers/a/snapshot/index.html", Phase.PAGE),
        ("v0.1/x/com.x/pages/all/index.json", Phase.HEAD),
        ("v0.1/x/com.x/snapshot.jsonl.gz", Phase.HEAD),
        ("v0.1/x/com.x/head.json", Phase.HEAD),
        ("index.json", Phase.GENERATION),
    ],
)
def test_what_names_others_is_written_after_them(path: str, phase: Phase) -> None:
    known = {
        "v0.1/servers/index.json": "hash",
        "v0.1/x/com.x/pages/all/1.json": "hash",
        "v0.1/x/com.x/pages/all/2.json": "",
        "servers/a/snapshot/index.html": "hash",
    }
    assert plan.phase(path, known, is_immutable) is phase
