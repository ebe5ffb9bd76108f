"""Branches of proposals: any name and version has one that git takes, and no two have the same."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from builder.forge.branches import named_after

texts = st.text(st.sampled_from("ab1-./ ~^:?*[@{\\\n\u00e9"), max_size=12)


@given(texts, texts)
@example("io.github.a/b-1 2", "io.github.a/b 1-2")
@example("x" * 300, "x" * 301)
def test_each_has_a_branch_of_its_own(one: str, other: str) -> None:
    names = {subject: named_after("publish", subject) for subject in (one, other)}
    # https://git-scm.com/docs/git-check-ref-format: of letters, digits and hyphens every name is one.
    assert all(re.fullmatch("publish/[A-Za-z0-9-]{1,100}", name) for name in names.values())
    assert len(set(names.values())) == len(names)
