"""Prove again: ask about each namespace and its packages, and keep the answers as dated facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.catalogue.server import Server
from builder.facts import gather, noted_runs, standing
from builder.facts.standing import ProofAnswer
from builder.model.errors import RemoteError
from builder.model.facts import Facts
from builder.model.layout import BUNDLE_SUFFIX, SERVERS, Kind, place
from builder.model.proof_facts import MOST_PACKAGES, ProvenanceFacts
from builder.model.sidecars import Namespace
from builder.ownership.signed_run import BundleError, SignedRun

AskNamespace = Callable[[str, Namespace], ProofAnswer]
AskPackages = Callable[[Mapping[str, Any]], Mapping[str, ProvenanceFacts]]
"""Asks what a server.json's packages were built from; RemoteError if nobody says."""
VerifyBundle = Callable[[bytes, bytes], SignedRun]
"""Verifies a bundle and an entry; BundleError if it does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofQuestion:
    """What is asked, on which day; what is None is not. After `every` days a proof is dated anew."""

    day: str
    every: int
    namespace: AskNamespace
    packages: AskPackages | None = None
    bundle: VerifyBundle | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of a namespace: `lines` tell it, `failing` is whether its proof does not hold."""

    namespace: str
    lines: tuple[str, ...]
    failing: bool


def prove(
    root: Path, namespaces: Mapping[str, tuple[Namespace, Sequence[Server]]], asking: ProofQuestion
) -> Iterator[Asked]:
    """Ask about each namespace, by name: its namespace.yaml and its servers. Writes their facts."""
    for name, (record, servers) in namespaces.items():
        proof = asking.namespace(name, record)
        lines = [*_told(proof)]
        for server in servers:
            lines += _server(root, server, proof, asking)
        yield Asked(namespace=name, lines=tuple(lines), failing=proof.holds is False)


def _told(answer: ProofAnswer) -> Iterator[str]:
    if answer.holds is None:
        yield f"could not be asked: {answer.trouble}"
    elif not answer.holds:
        yield f"no longer proved: {answer.trouble}"
    yield from answer.notes


def _server(root: Path, server: Server, answer: ProofAnswer, asking: ProofQuestion) -> list[str]:
    before = gather.read(root, server.name)
    proof = standing.again(before.proof, answer, asking.day, asking.every)
    facts = before.model_copy(update={"proof": proof})
    lines: list[str] = []
    if asking.packages:
        facts, trouble = _packages(facts, server, asking, asking.packages)
        lines += [f"{server.name}: {trouble}"] if trouble else []
    if asking.bundle:
        facts, remarks = _bundles(root, server.name, facts, asking.bundle)
        lines += remarks
    if facts != before:
        gather.write(root, server.name, facts)
    return lines


def _packages(
    facts: Facts, server: Server, asking: ProofQuestion, ask: AskPackages
) -> tuple[Facts, str]:
    """Return facts with what packages were built from; an answer that is still the same keeps its day."""
    try:
        known = ask(server.latest.content() if server.latest else {})
    except RemoteError as error:
        return facts, error.message
    before = facts.packages
    kept = {
        name: before[name]
        if name in before and before[name].model_copy(update={"asked": asking.day}) == now
        else now
        for name, now in list(known.items())[:MOST_PACKAGES]
    }
    return facts.model_copy(update={"packages": kept}), ""


def _bundles(root: Path, name: str, facts: Facts, verify: VerifyBundle) -> tuple[Facts, list[str]]:
    """Note the bundles that have landed, and remove their files; those that do not hold are told."""
    runs: dict[str, SignedRun] = {}
    lines = []
    for path in sorted((root / SERVERS / name).glob(f"*{BUNDLE_SUFFIX}")):
        where = place(path.relative_to(root).as_posix())
        entry = Path(str(path).removesuffix(BUNDLE_SUFFIX))
        if where.kind is not Kind.BUNDLE or not entry.is_file():
            continue
        try:
            runs[where.version] = verify(path.read_bytes(), entry.read_bytes())
        except BundleError as error:
            lines.append(f"{name} {where.version}: {error}")
        else:
            path.unlink()
            lines.append(f"{name} {where.version}: its bundle is noted and removed")
    return (noted_runs.noted(facts, runs) if runs else facts), lines
