"""Which version is the latest: what each kind of change to a server's versions makes of it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from builder.catalogue.server import Version
from builder.history.latest import choose, newest_first
from builder.model.sidecars import Status


def version(
    text: str, published: int = 0, status: Status = Status.ACTIVE, *, latest: bool = False
) -> Version:
    return Version(
        name="com.example/weather",
        version=text,
        document=b"{}",
        blob="",
        status=status,
        status_message="",
        published=published,
        status_changed=published,
        updated=published,
        is_latest=latest,
    )


def by_text(versions: Iterable[Version]) -> dict[str, Version]:
    return {one.version: one for one in versions}


BEFORE = by_text([version("1.0.0+a", 1, latest=True), version("1.0.0+b", 2)])


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ([version("0.9.0", 3)], "1.0.0+a"),
        ([version("1.0.0+c", 3)], "1.0.0+a"),
        ([version("1.0.1", 3)], "1.0.1"),
        ([version("1.1.0", 3), version("1.2.0", 4), version("1.1.5", 5)], "1.2.0"),
        ([version("2.0.0+z", 3), version("2.0.0+a", 4)], "2.0.0+z"),
        ([version("2.0.0+z", 3), version("2.0.0+a", 3)], "2.0.0+a"),
        ([version("0.1.0", 3, Status.DELETED)], "1.0.0+b"),
        ([version("9.0.0", 3, Status.DELETED)], "1.0.0+b"),
        ([version("0.1.0", 3, Status.DEPRECATED)], "1.0.0+a"),
    ],
    ids=[
        "lower",
        "equal",
        "higher",
        "several at once",
        "several that are equal: the first published",
        "published at one time: by their text",
        "one that is deleted already has all of them compared",
        "and is not the latest itself",
        "one that is deprecated already does not",
    ],
)
def test_additions(added: list[Version], expected: str) -> None:
    assert choose(BEFORE, {**BEFORE, **by_text(added)}) == expected


def test_a_removal_of_the_latest_has_all_that_are_left_compared() -> None:
    before = by_text([version("2.0.0", 3, latest=True), version("1.0.0", 1), version("1.5.0", 2)])
    left = {text: one for text, one in before.items() if text != "2.0.0"}
    assert choose(before, left) == "1.5.0"
    assert choose(before, {}) is None


def test_newest_first_breaks_ties_by_text() -> None:
    versions = [version("a", 1), version("c", 1), version("b", 1), version("z", 0)]
    assert [one.version for one in newest_first(versions)] == ["c", "b", "a", "z"]
