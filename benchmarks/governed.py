"""What governing costs: the same registry built as it is, and under rules, blocks and overlays.

The aim is 10 % more build time for 500 rules, 1,000 blocks and 5,000 overlays on 100,000 versions.
Smaller registries get as many blocks and overlays for each server, and all rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import branch, generate, measure
from builder.git.repository import Repository
from builder.model.layout import BLOCKS as BLOCKS_FILE
from builder.model.layout import CONFIG, server_path

RULES, BLOCKS, OVERLAYS, SERVERS = 500, 1_000, 5_000, 30_000
BRANCH = "governed"
_OVERLAY = (
    "summary: What we use it for.\nrecommended: true\ncategories: [data]\n"
    "approved: {by: Security, at: 2026-01-31}\nnotes: Ask **us** first.\n"
)


def figures(repository: Repository, names: Sequence[str], work: Path) -> Iterator[str]:
    """Yield the processor time of a clean build of the branch main and of one that is governed."""
    share = len(names) / SERVERS
    blocks, overlays = _blocks(round(BLOCKS * share)), _overlays(names, round(OVERLAYS * share))
    rules = list(_rules(names))
    files = {
        CONFIG: f"{generate.SETTINGS}policy: {json.dumps({'publish': {'rules': rules}})}\n",
        BLOCKS_FILE: json.dumps(blocks),
        **overlays,
    }
    branch.put(repository, BRANCH, files)
    built = {}
    for rev in ("main", BRANCH):
        tar = work / f"{rev}.tar"
        built[rev] = measure.registry(
            "build", "--root", repository.root, "--rev", rev, "--archive", tar
        )
        tar.unlink()
    plain, governed = built["main"].processor, built[BRANCH].processor
    yield (
        f"governed by {len(rules)} rules, {len(blocks)} blocks, {len(overlays)} overlays: "
        f"{governed:.1f} s of processor, {100 * (governed / plain - 1):+.1f} % of {plain:.1f} s"
    )


def _rules(names: Sequence[str]) -> Iterator[dict[str, object]]:
    """Most are about one name, five look into every document."""
    for name in names[:: max(1, len(names) // RULES)][: RULES - 5]:
        yield {"match": {"name": name}, "do": "accept"}
    for match in (
        {"publisher": "mallory"},
        {"package-type": "nuget"},
        {"outside": {"transport": ["stdio", "streamable-http", "sse"]}},
        {"has-secrets": "true", "remote-host": "*.ru"},
        {"schema": "2024-*"},
    ):
        yield {"match": match, "do": "reject", "because": "it is not for us"}


def _blocks(count: int) -> list[dict[str, str]]:
    """Nearly all are of names that are not here, so that the blocked build has as much to show;
    of each hundred one is a package and one a pattern, which every version is asked for.
    """
    rows = {0: ("package", "npm:@evil{}/*"), 1: ("name", "*/evil-{}-*")}
    blocks = []
    for number in range(count):
        key, pattern = rows.get(number % 100, ("name", "com.evil-{}/tools"))
        blocks.append({key: pattern.format(number), "reason": "malware"})
    return blocks


def _overlays(names: Sequence[str], count: int) -> dict[str, str]:
    """Nine in ten stand beside one server, one in ten is of a namespace."""
    chosen = names[:: max(1, len(names) // max(1, count))][:count]
    files = {}
    for number, name in enumerate(chosen):
        if number % 10:
            files[server_path(name, "overlay.yaml")] = _OVERLAY
        else:
            namespace = name.partition("/")[0]
            files[f"overlays/{number}.yaml"] = f'servers: ["{namespace}/*"]\ntags: [forge]\n'
    return files
