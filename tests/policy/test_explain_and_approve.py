"""Which line decides about a version, and what a person lets in all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from tests.policy.private_registry import POLICY, check, propose, registry, secret_package, told
from tests.registry import CONFIG, Registry, entry

__all__ = ["registry"]


def test_explain_names_the_line(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    python = {"registryType": "pypi", "identifier": "weather", "version": "1.0.0"}
    fields: dict[str, Any] = {"packages": [{**python, "transport": {"type": "stdio"}}]}
    registry.commit({"servers/acme.internal/old/1.0.0.json": entry("acme.internal/old", **fields)})
    root = ["--root", str(registry.root)]
    assert cli.run(["policy", "explain", "acme.internal/old@1.0.0", *root]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("reject: acme.internal/old 1.0.0 (here)\n")
    assert "because: we run npm packages and images only" in printed
    assert "line: policy.publish.rules.1 (registry.yaml:16:9)" in printed
    assert "package-type: pypi" in printed
    registry.commit({"registry.yaml": CONFIG})
    assert cli.run(["policy", "explain", "acme.internal/old", "--format", "json", *root]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["do"], one["line"], len(one["fingerprint"])) == ("accept", "", 64)
    assert cli.run(["policy", "explain", "com.example/none", *root]) == 2


def test_explain_asks_a_dump_by_the_mirrors_lines(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = "  mirror: {include: [com.example/*], rules: [{match: {package-type: npm}, do: review, because: look}]}\n"
    registry.commit({"registry.yaml": CONFIG + POLICY + mirror})
    items = [{"server": entry(name)} for name in ("com.example/weather", "com.other/weather")]
    dump = tmp_path / "dump.json"
    dump.write_text(json.dumps({"servers": items}))
    given = ["--dump", str(dump), "--root", str(registry.root), "--format", "json"]
    for name, do, line in (
        ("com.example/weather", "review", "policy.mirror.rules.0"),
        ("com.other/weather", "reject", "policy.mirror.include"),
    ):
        cli.run(["policy", "explain", name, *given])
        (one,) = json.loads(capsys.readouterr().out)
        assert (one["do"], one["line"], one["policy"]) == (do, line, "mirror")


def test_an_approval_of_what_the_policy_rejects_says_that_it_stays_out(
    registry: Registry, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    name = "org.example/weather"
    lines = "policy: {mirror: {rules: [{do: reject, because: not ours}]}}\n"
    registry.commit({"registry.yaml": CONFIG + lines})
    (tmp_path / "dump.json").write_text(json.dumps([{"server": entry(name)}]))
    root = ["--root", str(registry.root), "--dump", str(tmp_path / "dump.json")]
    assert cli.run(["approve", f"{name}@1.0.0", *root]) == 0
    assert f"{name}@1.0.0 stays out: policy.mirror.rules.0 rejects it (not ours)" in capsys.readouterr().err  # fmt: skip


def test_what_a_person_approved_is_not_held_any_more(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "acme.internal/weather"
    registry.commit({f"servers/{name}/1.0.0.json": entry(name)})
    secret = secret_package(name)
    base = propose(registry, name, "1.1.0", packages=[secret])
    given = ("--base", base, "--head", "change", "--as", "bob:7")
    (finding,) = [
        finding
        for finding in check(registry, capsys, *given)["findings"]
        if finding["rule"] == "policy-review"
    ]
    fingerprint = finding["help"].rpartition(" ")[2]
    root = ["--root", str(registry.root)]
    approve = ["approve", f"{name}@1.1.0", "--who", "ann", "--commit", *root]
    assert cli.run([*approve, "--fingerprint", fingerprint]) == 0
    assert cli.run([*approve, "--fingerprint", fingerprint]) == 2
    assert cli.run([*approve, "--fingerprint", "12"]) == 2
    base = propose(registry, name, "1.1.0", packages=[secret])
    report = check(registry, capsys, "--base", base, "--head", "change", "--as", "bob:7")
    assert report["verdict"] == "accept"
    assert ("differs-in-kind", "") in told(report, "note")
    other = {**secret, "identifier": "@acme/other"}
    base = propose(registry, name, "1.1.0", packages=[other])
    report = check(registry, capsys, "--base", base, "--head", "change", "--as", "bob:7")
    assert report["verdict"] == "review"


def test_a_wrong_file_of_approvals_approves_nothing_and_is_told(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit({"approvals.yaml": "- name: com.example/x\n  version: 1.0.0\n"})
    (finding,) = check(registry, capsys)["findings"]
    assert (finding["rule"], finding["path"], finding["line"]) == (
        "invalid-sidecar",
        "approvals.yaml",
        1,
    )
    assert finding["column"] == 3 and "fingerprint is missing" in finding["message"]
