"""What the policy leaves out, holds for a while, or deletes although it would leave it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.mirror import apply as mirror
from builder.mirror.intake import of_mirror_policy
from builder.mirror.report import MirrorOutcome as Outcome
from builder.mirror.report import MirrorReport
from builder.model import sidecars, timestamp
from builder.model.mirror_settings import MirrorPolicy
from builder.model.server_json import OFFICIAL
from tests.mirror.upstream import SOURCE, apply, item


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"exclude": ["com.example/*"]}, "exclude list"),
        ({"include": ["io.github.*"]}, "include list"),
        ({"include": ["*"], "exclude": ["*/weather"]}, "exclude list"),
        ({"package_types": ["npm"]}, "package type pypi"),
        ({"transports": ["sse"]}, "transport stdio"),
        ({"statuses": ["deleted"]}, "status active"),
    ],
    ids=str,
)
def test_the_policy_leaves_out_with_a_reason(
    tmp_path: Path, policy: dict[str, list[str]], reason: str
) -> None:
    packages = [{"registryType": "pypi", "identifier": "x", "transport": {"type": "stdio"}}]
    report = apply(tmp_path, [item(packages=packages)], MirrorPolicy.model_validate(policy))
    (entry,) = report.entries
    assert entry.outcome is Outcome.EXCLUDED
    assert reason in entry.reason
    assert not (tmp_path / "servers").exists()


def test_a_version_that_upstream_deletes_is_deleted_here_under_any_policy(tmp_path: Path) -> None:
    policy = MirrorPolicy(statuses=("active",))
    apply(tmp_path, [item()], policy)
    gone = item()
    gone["_meta"][OFFICIAL]["status"] = "deleted"
    report = apply(tmp_path, [gone, item("com.example/other") | {"_meta": gone["_meta"]}], policy)
    assert {entry.name: entry.outcome for entry in report.entries} == {
        "com.example/weather": Outcome.METADATA,
        "com.example/other": Outcome.EXCLUDED,
    }
    known = sidecars.read_upstream(
        (tmp_path / "servers/com.example/weather/upstream.json").read_bytes()
    )
    assert known.versions["1.0.0"]["status"] == "deleted"


def test_a_cool_down_holds_a_version_until_it_is_old_enough(tmp_path: Path) -> None:
    rules = [{"match": {"published-within": "7d"}, "do": "review", "because": "a week"}]
    week = MirrorPolicy.model_validate({"rules": rules})

    def on(day: str) -> MirrorReport:
        taken = of_mirror_policy(week, timestamp.parse(f"{day}T00:00:00Z"))
        return mirror.apply(tmp_path, SOURCE, [item()], taken, complete=True)

    (held,) = on("2025-01-03").entries
    assert (held.outcome, held.reason) == (Outcome.HELD, "a week")
    assert not (tmp_path / "servers").exists()
    assert on("2025-01-09").counts() == {Outcome.ADDED: 1}
    assert on("2025-01-03").counts() == {Outcome.UNCHANGED: 1}, "what is here stays"
