"""Order of versions: the official validator's vectors, and what any order must keep."""

from __future__ import annotations

import itertools
from functools import cmp_to_key

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.version import compare, semver_key

labels = st.from_regex(r"(0|[1-9][0-9]{0,25}|[0-9]*[A-Za-z-][0-9A-Za-z-]{0,5})", fullmatch=True)
numbers = st.integers(0, 10**25).map(str)
semver = st.builds(
    lambda v, core, pre, build: (
        v
        + ".".join(core)
        + ("-" + ".".join(pre) if pre else "")
        + ("+" + ".".join(build) if build else "")
    ),
    st.sampled_from(["", "v"]),
    st.tuples(numbers, numbers, numbers),
    st.lists(labels, max_size=3),
    st.lists(st.from_regex(r"[0-9A-Za-z-]{1,5}", fullmatch=True), max_size=2),
)
versions = st.tuples(st.one_of(semver, st.text(max_size=12)), st.integers(0, 5))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.0.0", True),
        ("v1.0.0", True),
        ("2021.11.15", True),
        ("1.0.0-alpha.1", True),
        ("1.0.0+a", True),
        ("9" * 5000 + ".0.0", True),
        ("1.0", False),
        ("1.0.0.0", False),
        ("2021.03.05", False),
        ("V1.0.0", False),
        (" 1.0.0", False),
        ("1.0.0\n", False),
        ("1.0.0-", False),
        ("1.0.0-01", False),
        ("١.0.0", False),
        ("snapshot", False),
        ("", False),
    ],
)
def test_semantic_versions(text: str, expected: bool) -> None:
    assert (semver_key(text) is not None) is expected


@given(semver)
def test_every_generated_semantic_version_is_one(text: str) -> None:
    assert semver_key(text) is not None


def test_precedence_is_that_of_the_specification() -> None:
    # https://semver.org/#spec-item-11
    ordered = "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0"
    texts = ordered.split()
    for low, high in itertools.pairwise(texts):
        assert compare(low, high, 1, 0) < 0


def test_build_metadata_and_a_leading_v_do_not_count() -> None:
    assert compare("1.0.0+a", "v1.0.0", 0, 9) == 0


def test_a_semantic_version_beats_any_other() -> None:
    assert compare("0.0.1", "snapshot", 0, 9) > 0


@given(versions, versions)
def test_comparison_is_antisymmetric(left: tuple[str, int], right: tuple[str, int]) -> None:
    forward = compare(left[0], right[0], left[1], right[1])
    assert forward == -compare(right[0], left[0], right[1], left[1])


@given(st.lists(versions, min_size=3, max_size=8))
def test_comparison_sorts(items: list[tuple[str, int]]) -> None:
    def order(left: tuple[str, int], right: tuple[str, int]) -> int:
        return compare(left[0], right[0], left[1], right[1])

    ordered = sorted(items, key=cmp_to_key(order))
    for index, low in enumerate(ordered):
        for high in ordered[index:]:
            assert compare(low[0], high[0], low[1], high[1]) <= 0
