"""The digest that a replay keeps up is that of what there is, however it came to be."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.catalogue.server import Version
from builder.history.statuses import Statuses
from builder.model.sidecars import Status
from builder.trust import state

NAMES = tuple(f"com.example/server-{number}" for number in range(600))
"""More than there are groups, so that many share one."""

steps = st.lists(
    st.tuples(
        st.sampled_from(NAMES[:4]) | st.sampled_from(NAMES),
        st.dictionaries(st.sampled_from(("1.0.0", "1.1.0")), st.sampled_from(Status), max_size=2),
    ),
    max_size=60,
)


def version(name: str, text: str, status: Status) -> Version:
    return Version(
        name=name,
        version=text,
        document=b"{}",
        blob="",
        status=status,
        status_message="",
        published=1,
        status_changed=1,
        updated=1,
        is_latest=True,
    )


@given(before=steps, after=steps)
@settings(max_examples=30)
def test_the_digest_is_that_of_what_there_is(
    before: list[tuple[str, dict[str, Status]]], after: list[tuple[str, dict[str, Status]]]
) -> None:
    every = [(name, {"1.0.0": Status.ACTIVE}) for name in NAMES]
    first = Statuses()
    put(first, [*every, *before])
    first.digest()
    groups = [first.group(number) or {} for number in range(state.GROUPS)]
    later = Statuses(first.digests, groups.__getitem__)
    put(later, after)
    there = {
        name: statuses for name, statuses in dict([*every, *before, *after]).items() if statuses
    }
    texts = {
        name: [(text, status.value) for text, status in statuses.items()]
        for name, statuses in there.items()
    }
    assert later.digest() == state.of_registry(texts)


def put(statuses: Statuses, steps: list[tuple[str, dict[str, Status]]]) -> None:
    for name, versions in steps:
        statuses.put(name, [version(name, text, status) for text, status in versions.items()])
