"""What governing costs: 1,000 blocks and 500 rules asked about every version of a registry."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from builder.catalogue.server import Version
from builder.model.blocks import Block
from builder.model.policy_rule import PolicyRule, Rules
from builder.policy import decide, lines
from builder.policy.blocks import Blocks
from builder.policy.entry import PolicyEntry

RULES, BLOCKS = 500, 1_000


def figures(versions: Sequence[Version], build_seconds: float) -> Iterator[str]:
    """Yield the time to ask, and its share of a clean build of the same registry (processor time)."""
    names = list(dict.fromkeys(version.name for version in versions))
    entries = [
        PolicyEntry(name=one.name, version=one.version, load=one.content) for one in versions
    ]
    blocks = Blocks(_blocks(names))
    rules = decide.indexed(lines.of_rules(tuple(_rules(names)), ("rules",)))
    start = time.perf_counter()
    blocked = sum(blocks.find(entry, 0) is not None for entry in entries)
    asked = time.perf_counter()
    kept = sum(rules.decide(entry).do != "reject" for entry in entries)
    ended = time.perf_counter()
    share = 100 * (ended - start) / build_seconds if build_seconds else 0.0
    yield (
        f"{len(blocks.rows):,} blocks asked about every version: {asked - start:.1f} s, {blocked:,} blocked"
    )
    yield (
        f"{len(rules.lines):,} rules asked about every version: {ended - asked:.1f} s, {kept:,} let in; "
        f"together {share:.1f} % of a clean build's processor time"
    )


def _blocks(names: Sequence[str]) -> Iterator[Block]:
    """Nine in ten name one server or namespace, the rest a package or a pattern."""
    for number, name in enumerate(islice(names, 0, None, max(1, len(names) // BLOCKS))):
        if number >= BLOCKS:
            return
        if number % 100 == 0:
            yield Block(package=f"npm:@evil{number}/*", reason="malware")
        elif number % 100 == 1:
            yield Block(name=f"*/evil-{number}-*", reason="policy")
        else:
            yield Block(name=name, reason="withdrawn")


def _rules(names: Sequence[str]) -> Iterator[PolicyRule]:
    step = max(1, len(names) // RULES)
    matches: Rules = tuple(
        PolicyRule.model_validate({"match": {"name": name}, "do": "accept"})
        for name in names[::step][: RULES - 5]
    )
    yield from matches
    for match in (
        {"publisher": "mallory"},
        {"package-type": "cargo"},
        {"outside": {"transport": ["stdio", "streamable-http", "sse"]}},
        {"has-secrets": "true", "remote-host": "*.ru"},
        {"schema": "2024-*"},
    ):
        yield PolicyRule.model_validate({"match": match, "do": "reject", "because": "so it is"})
