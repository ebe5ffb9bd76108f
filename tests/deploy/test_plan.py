"""What a deploy does, as a function of what is there and what should be."""

from __future__ import annotations

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
    needed_until: dict[str, int] = {}
    for want, wait in zip(wanted, waits, strict=False):
        needed_until |= dict.fromkeys(there, now + wait)
        now += wait
        steps = plan.make(
            have, Manifest(generation="g", files=want), is_immutable, now=now, grace=GRACE
        )
        needed_until |= dict.fromkeys(want, now)
        for phase in steps.writes:
            there |= {path: want[path] for path in phase}
        for path in steps.deletes:
            del there[path]
        assert there == steps.result.files
        assert {path: there[path] for path in want} == want
        leftovers = there.keys() - want.keys()
        assert all(is_immutable(path) for path in leftovers), "what is withdrawn goes at once"
        assert all(now < steps.result.doomed[path] + GRACE for path in leftovers)
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
                plan.phase(other, is_immutable) >= Phase.HEAD
                for other in order[order.index(path) :]
            )


@given(files)
def test_the_same_again_is_nothing_to_do(want: dict[str, str]) -> None:
    have = Manifest(generation="g", files=want)
    steps = plan.make(have, have, is_immutable, now=0, grace=0)
    assert not any(steps.writes)
    assert not steps.deletes
    assert steps.unchanged == len(want)
