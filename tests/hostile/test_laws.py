"""Laws that no example can show: any change has a verdict, and no stranger gets past an owner."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder import rules
from builder.model.finding import Finding, Severity
from builder.model.verdict import Verdict
from builder.ownership import codes
from builder.ownership.proposer import NOBODY, Claim
from tests.hostile import plumbing
from tests.ownership.events import ALICE, DEPENDABOT, GHOST, MALLORY, account, claim
from tests.ownership.world import (
    ACCEPT,
    ALICES,
    MALLORYS,
    REJECT,
    Signer,
    World,
    owned_by,
    owners_file,
    weather,
)
from tests.registry import Registry

AGAIN = account("alice", 999_999)
SIGNER = Signer()
STRANGERS = (MALLORYS, NOBODY, claim(AGAIN, AGAIN), claim(ALICE, MALLORY, sender=MALLORY))
CLAIMS = (*STRANGERS, ALICES, claim(GHOST, None), claim(DEPENDABOT, None, own_branch=True))

PARTS = (
    *(b"servers", b"Servers", b"io.github.alice", b"io.github.mallory", b"io.github.Alice"),
    *(b"com.example", b"weather", b"..", b".", b".git", b"1.0.0.json", b"1.0.0.json.sig"),
    *(b"1.1.0.json", b"2.0.0.json", b"status.yaml", b"upstream.json", b"namespace.yaml"),
    *(b"registry.yaml", b"\xff", b"a\nb", b"%2E%2E.json", b"x" * 300, "аlice".encode(), b" "),
)
CONTENTS = (
    *(b"", b"{}", b"null", b"\xff", b"[" * 9000, b"&a [*a]", b"owners: []", b"proof: github"),
    *(b"owners: [{github: mallory, id: 666}]\nproof: github", b'"*": {status: deleted}'),
    *(b"owners: [{github: alice, id: 583231}]\nproof: github", b'{"source": "x", "versions": {}}'),
    *(data for data in SIGNER.sign(weather("com.example")).values() if isinstance(data, bytes)),
)
MODES = (plumbing.REGULAR, plumbing.EXECUTABLE, plumbing.SYMLINK, plumbing.SUBMODULE, "100664")

EXPLAINED = {codee.code for codee in codes.CODES} | {codee.code for codee in rules.RULES}

odd_paths = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map(b"/".join)
plain_paths = st.tuples(
    st.just(b"servers"),
    st.sampled_from((b"io.github.alice", b"io.github.mallory", b"com.example")),
    st.sampled_from((b"weather", b"other")),
    st.sampled_from((b"1.0.0.json", b"1.1.0.json", b"1.1.0.json.sig", b"status.yaml")),
).map(b"/".join)
owners_paths = st.sampled_from(
    (b"servers/io.github.alice/namespace.yaml", b"servers/io.github.mallory/namespace.yaml")
)
paths = odd_paths | plain_paths | owners_paths
contents = st.sampled_from(CONTENTS) | st.binary(max_size=40)
edits = st.dictionaries(
    paths, st.none() | st.tuples(contents, st.sampled_from((*MODES, *MODES[:1] * 6))), max_size=6
)
findings = st.builds(
    Finding,
    rule=st.sampled_from(("unexpected-file", "file-mode", "x")),
    severity=st.sampled_from(Severity),
    path=paths.map(lambda path: path.decode("utf-8", "surrogateescape")),
    message=st.text(max_size=10),
)
bounded = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def made(registry: Registry, edit: dict[bytes, Any]) -> dict[bytes, Any]:
    nodes: dict[bytes, Any] = {}
    for path, content in edit.items():
        nodes[path] = None
        if content is not None:
            data, mode = content
            is_commit = mode == plumbing.SUBMODULE
            sha = registry.git("rev-parse", "main") if is_commit else plumbing.blob(registry, data)
            nodes[path] = (mode, sha)
    return nodes


@bounded
@given(edit=edits, who=st.sampled_from(CLAIMS), known=st.lists(findings, max_size=3))
def test_any_change_of_anyone_has_a_verdict(
    world: World, edit: dict[bytes, Any], who: Claim, known: list[Finding]
) -> None:
    head = plumbing.commit(world.registry, made(world.registry, edit))
    judgement = world.judge(head, who, findings=tuple(known))
    assert judgement.reason
    assert {finding.rule for finding in judgement.findings} <= EXPLAINED
    assert all(namespace.reason for namespace in judgement.namespaces)
    # The whole is never better than a part, and a rejection by us is explained by a finding.
    ranks = [namespace.verdict.rank for namespace in judgement.namespaces]
    assert judgement.verdict.rank >= max(ranks, default=0)
    if judgement.verdict is ACCEPT:
        assert not judgement.findings
        assert not [one for one in known if one.severity is not Severity.WARNING]
    if judgement.verdict is REJECT and not any(one.severity is Severity.ERROR for one in known):
        assert [finding for finding in judgement.findings if finding.severity is Severity.ERROR]


@bounded
@given(edit=edits, who=st.sampled_from(CLAIMS))
def test_a_verdict_depends_on_the_commits_only(
    world: World, edit: dict[bytes, Any], who: Claim
) -> None:
    head = plumbing.commit(world.registry, made(world.registry, edit))
    assert world.judge(head, who) == world.judge(head, who)


steps = st.lists(
    st.tuples(edits, st.sampled_from(STRANGERS), st.integers(0, 3), st.booleans()), max_size=4
)


@settings(deadline=None, max_examples=25)
@given(steps=steps)
def test_no_sequence_of_changes_by_strangers_reaches_an_owned_namespace(
    steps: list[tuple[dict[bytes, Any], Claim, int, bool]],
) -> None:
    """Each accepted change is merged by git itself; branches start anywhere in the history."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Registry(Path(folder) / "registry"))
        registry = world.registry
        world.land({**owned_by(ALICE), **weather("io.github.alice")})
        registry.commit({"servers/io.github.alice/weather/status.yaml": '"*": {status: deleted}'})
        pin = owners_file("com.example", keys=[Signer().pin], proof="dns")
        registry.commit({**pin, **weather("com.example")})
        owned = ("servers/io.github.alice", "servers/com.example")
        before = [registry.git("rev-parse", f"main:{path}") for path in owned]
        for edit, who, back, crossed in steps:
            line = registry.git("rev-list", "main").splitlines()
            parents = [line[min(back, len(line) - 1)], *(["main"] if crossed else [])]
            mine = {**edit, **({} if back else _own(registry))}
            head = plumbing.commit(registry, made(registry, mine), *parents)
            if world.judge(head, who).verdict is Verdict.ACCEPT:
                tree = registry.git("merge-tree", "--write-tree", "main", head).splitlines()[0]
                merge = registry.git("commit-tree", tree, "-p", "main", "-p", head, "-m", "Merge")
                registry.git("update-ref", "refs/heads/main", merge)
            assert [registry.git("rev-parse", f"main:{path}") for path in owned] == before


def _own(registry: Registry) -> dict[bytes, Any]:
    """A change that is right, so that some sequences go on after an accepted step."""
    owners = b"owners: [{github: mallory, id: 666}]\nproof: github"
    return {
        b"servers/io.github.mallory/namespace.yaml": (owners, plumbing.REGULAR),
        b"servers/io.github.mallory/weather/1.0.0.json": (b"{}", plumbing.REGULAR),
    }


def test_the_law_is_not_empty(world: World) -> None:
    # Some steps of the sequences above are accepted: the law would hold of a gate that is shut.
    head = plumbing.commit(world.registry, made(world.registry, _own(world.registry)))
    assert world.judge(head, MALLORYS).verdict is ACCEPT
