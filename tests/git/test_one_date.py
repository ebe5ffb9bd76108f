"""A commit has one date and one line of parents, whoever reads it: git's own commands, or we from its bytes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from builder.git import commit_text, long_history
from builder.git.resident import resident
from builder.model.layout import SERVERS
from tests.registry import Registry, entry_file

AUTHOR = b"author M <m@example.com> 1700000100 +0000"
LATE = b"committer L <l@example.com> 4000000000 +0000"
people = st.sampled_from(
    (b"M <m@x>", b" <m@x>", b"M <>", b"M 4000000000 +0000 <m@x>", b"\xff\r <m@x>")
)
dates = st.sampled_from(
    (b"1700000200 +0000", b"1700000200 -0800", b"0 +0000", b"253370764801 +0000")
)
committers = st.builds(lambda who, when: b"committer %b %b" % (who, when), people, dates)
more = st.sampled_from((LATE, b"encoding UTF-16", b"encoding UTF-7", b"encoding", AUTHOR, b"parent %b" % (b"1" * 40), b"gpgsig x\n " + LATE, b" " + LATE, b"x\r"))  # fmt: skip
headers = st.builds(lambda one, rest: [one, *rest], committers, st.lists(more, max_size=2))


@pytest.fixture
def line(registry: Registry) -> Registry:
    registry.commit(entry_file(version="1.0.0"))
    return registry


@given(headers, st.sampled_from((b"x\n", b"", b"\n" + LATE + b"\n", b"a\0b\n")))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example([LATE.replace(b"4", b"1"), LATE], b"x\n")
@example([b"committer M <m@x> 1700000200 +0000", b"encoding UTF-16"], b"x\n")
def test_every_reader_finds_the_same_date(line: Registry, head: list[bytes], text: bytes) -> None:
    tree, parent = line.git("rev-parse", "main^{tree}"), line.git("rev-parse", "main")
    first = f"tree {tree}\nparent {parent}\n".encode()
    data = b"\n".join([first + AUTHOR, *head, b"", text])
    write = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
    sha = line.git(*write, input=data)
    repository = line.repository
    in_history = [commit.time for commit in repository.history(sha)][-1]
    found = {
        "dates": repository.dates(sha)[0],
        "times": repository.times([sha])[0],
        "resident": resident(repository).times([sha])[0],
        "long": next(
            (one.sha, one.time)
            for one in long_history.read(repository, sha, SERVERS, 1, long=1)
            if one.sha == sha
        ),
    }
    assert found == dict.fromkeys(found, (sha, in_history))
    assert commit_text.parents(data) == line.git("rev-list", "--parents", "-1", sha).split()[1:]
