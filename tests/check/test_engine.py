"""mcp-registry check, as a publisher and a workflow run it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from tests.registry import CONFIG, Registry, entry, entry_file, package

ENTRY = "servers/com.example/weather/1.0.0.json"


def run(registry: Registry, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Run `check --format json`; give the exit code and the report."""
    code = cli.run(["check", "--root", str(registry.root), "--format", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def rules(report: Any) -> set[str]:
    return {finding["rule"] for finding in report["findings"]}


def test_clean(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    registry.commit(entry_file())
    code, report = run(registry, capsys)
    assert (code, report["verdict"], report["findings"]) == (0, "accept", [])


def test_what_is_not_committed_is_checked_too(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit(entry_file())
    registry.write(entry_file(version="1.1.0", title=" "))
    code, report = run(registry, capsys)
    assert code == 1
    assert [
        (finding["path"], finding["rule"], finding["line"], finding["column"], finding["pointer"])
        for finding in report["findings"]
    ] == [("servers/com.example/weather/1.1.0.json", "title-whitespace-only", 6, 12, "/title")]
    assert report["findings"][0]["url"] == (
        "https://registry.example.com/docs/rules/title-whitespace-only/"
    )


def test_named_files_alone(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    registry.commit({**entry_file(title=" "), **entry_file(version="1.1.0")})
    good = registry.root / "servers/com.example/weather/1.1.0.json"
    assert run(registry, capsys, str(good))[0] == 0
    assert run(registry, capsys, str(registry.root / ENTRY))[0] == 1
    assert run(registry, capsys, str(good.parent))[0] == 1


def test_a_draft_is_checked_and_told_where_it_will_stand(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.write({"server.json": entry()})
    code, report = run(registry, capsys, str(registry.root / "server.json"))
    (finding,) = report["findings"]
    assert (code, finding["rule"], finding["severity"]) == (0, "path-mismatch", "warning")
    assert ENTRY in finding["help"]
    registry.write(
        {"server.json": entry(title=" ", version="..", packages=[package("a/weather", "1.0.0")])}
    )
    code, report = run(registry, capsys, str(registry.root / "server.json"))
    assert code == 1
    assert rules(report) == {"path-mismatch", "title-whitespace-only", "unservable-version"}


@pytest.mark.parametrize("path", ["servers/none.json", "none.json", "docs", "docs/registry.yaml"])
def test_a_path_with_nothing_to_check_is_no_success(registry: Registry, path: str) -> None:
    registry.write({"docs/index.md": "# Documentation\n", "docs/registry.yaml": ""})
    assert cli.run(["check", "--root", str(registry.root), str(registry.root / path)]) == 2


@pytest.mark.parametrize("path", ["registry.yaml", ""], ids=["file", "folder"])
def test_settings_are_checked_by_name(
    registry: Registry, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    named = str(registry.root / path)
    old = "policy: {repository_hosts: [git.example.com]}\n"
    registry.write({"registry.yaml": f"{CONFIG}{old}brand: {{featured: [tools]}}\n"})
    assert rules(run(registry, capsys, named)[1]) == {"old-setting", "own-file"}
    registry.write({"registry.yaml": CONFIG.replace("title: ", "title: Our ")})
    assert rules(run(registry, capsys, named)[1]) == set()
    assert run(registry, capsys, named, "--as", "alice")[1]["verdict"] == "review"
    registry.write({"registry.yaml": "titel: Weather\n"})
    assert cli.run(["check", "--root", str(registry.root), named]) == 2
    assert "titel" in capsys.readouterr().err


def test_all_problems_in_one_run(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    registry.commit(
        {
            **entry_file(description="x" * 101, websiteUrl="http://example.com", licence="MIT"),
            **entry_file("com.example/other", version="latest"),
        }
    )
    _, report = run(registry, capsys)
    assert rules(report) == {
        "schema-length",
        "website-url-invalid-scheme",
        "unknown-property",
        "reserved-version-string",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["--head", "HEAD"],
        ["--base", "HEAD", "x"],
        ["--base", "nothing"],
        ["nothing.json"],
        ["--format", "xml"],
    ],
)
def test_usage(registry: Registry, arguments: list[str]) -> None:
    assert cli.run(["check", "--root", str(registry.root), *arguments]) == 2


def upstream(*versions: str) -> dict[str, Any]:
    source = "https://registry.example.org"
    return {"source": source, "versions": {version: {} for version in versions}}


def test_a_mirror_keeps_what_upstream_has(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit(
        {
            **entry_file(title=" "),
            **entry_file(version="2.0.0", title=" "),
            "servers/com.example/weather/upstream.json": upstream("1.0.0"),
        }
    )
    code, report = run(registry, capsys, "--mirrored")
    assert code == 1
    assert [(finding["path"][-10:], finding["severity"]) for finding in report["findings"]] == [
        ("1.0.0.json", "warning"),
        ("2.0.0.json", "error"),
    ]


def test_links_are_not_followed(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps(entry()))
    (registry.root / ENTRY).parent.mkdir(parents=True)
    (registry.root / ENTRY).symlink_to(outside)
    (registry.root / "servers/org.example").symlink_to(tmp_path)
    assert {
        (finding["rule"], finding["path"]) for finding in run(registry, capsys)[1]["findings"]
    } == {
        ("symlink", ENTRY),
        ("symlink", "servers/org.example"),
    }
    assert rules(run(registry, capsys, str(registry.root / ENTRY))[1]) == {"symlink"}


def test_a_bare_repository(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit(entry_file(title=" "))
    registry.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    assert cli.run(["check", "--root", str(tmp_path / "bare")]) == 1
    assert "title-whitespace-only" in capsys.readouterr().out


def test_a_path_that_is_not_utf8(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    folder = registry.root / "servers/com.example" / os.fsdecode(b"w\xff")
    folder.mkdir(parents=True)
    (folder / "1.0.0.json").write_text(json.dumps(entry()))
    code, report = run(registry, capsys)
    assert (code, rules(report)) == (1, {"path-mismatch"})
    for form in ("text", "github", "sarif", "markdown"):
        assert cli.run(["check", "--root", str(registry.root), "--format", form]) == 1


def test_annotations_and_summary(
    registry: Registry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    registry.commit(entry_file(title=" "))
    assert cli.run(["check", "--root", str(registry.root), "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith(f"::error file={ENTRY},line=6,col=12,title=")
    assert summary.read_text().startswith("before\n## ")
    assert "title-whitespace-only" in summary.read_text()


def test_hosts_of_its_own_are_named_in_the_settings(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {**package("com.example/weather", "1.0.0"), "registryBaseUrl": "https://npm.example.com"}
    repository = {"url": "https://gitlab.example.com/a/weather", "source": "gitlab"}
    base = registry.git("rev-parse", "HEAD")
    files = entry_file(packages=[own], repository=repository)
    registry.commit(files)
    code, report = run(registry, capsys)
    assert (code, rules(report)) == (1, {"package-base-url", "invalid-repository-url"})
    policy = (
        "policy: {repository_hosts: [gitlab.example.com], package_registries: [npm.example.com]}\n"
    )
    registry.write({"registry.yaml": CONFIG + policy})
    assert rules(run(registry, capsys)[1]) == {"not-publishable-upstream", "old-setting"}
    code, report = run(registry, capsys, str(registry.root / next(iter(files))))
    assert (code, rules(report)) == (0, {"not-publishable-upstream"})
    # The settings of the base count: a change allows itself nothing.
    registry.commit({})
    code, report = run(registry, capsys, "--base", base)
    assert {"package-base-url", "invalid-repository-url"} <= rules(report)


def test_a_template_whose_host_is_filled_in_is_nobodys_address(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = {"type": "sse", "url": "https://{host}/mcp", "variables": {"host": {}}}
    names = ("com.example/weather", "org.example/weather")
    for name in names:
        registry.commit(entry_file(name, remotes=[remote]))
    assert run(registry, capsys)[1]["findings"] == []
    path = remote | {"url": "https://example.com/{host}/mcp"}
    for name in names:
        registry.commit(entry_file(name, "2.0.0", remotes=[path]))
    assert rules(run(registry, capsys)[1]) == {"remote-url-conflict"}
