"""`mcp-registry init`: a registry that builds at once and is ready to push."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from builder import cli
from builder.git.discovery import discover
from builder.model import config
from tests.registry import Registry, entry_file


def test_a_new_registry_builds_at_once_and_is_committed(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert cli.run(["init", str(folder), "--title", "It's: mine"]) == 0
    registry = Registry.__new__(Registry)
    registry.root, registry.time = folder, 1_800_000_000
    assert registry.git("status", "--porcelain") == ""
    assert registry.git("branch", "--show-current") == "main"
    assert registry.load().config.title == "It's: mine"
    settings = folder / "registry.yaml"
    public = settings.read_text().replace("http://127.0.0.1:8000", "https://registry.example.com")
    registry.commit({"registry.yaml": public})
    assert cli.run(["build", "--root", str(folder), "--jobs", "1"]) == 0
    assert json.loads((folder / "public/v0.1/servers/index.json").read_bytes())["servers"] == []
    assert registry.git("status", "--porcelain") == "", "the output is ignored by git"
    registry.commit(entry_file())
    assert cli.run(["build", "--root", str(folder), "--jobs", "1"]) == 0
    assert len(json.loads((folder / "public/v0.1/servers/index.json").read_bytes())["servers"]) == 1


def test_the_values_given_are_the_values_read(tmp_path: Path) -> None:
    given = {
        "--title": 'A "quoted" title',
        "--base-url": "https://example.github.io/registry",
        "--extension-namespace": "io.github.example",
        "--repository": "https://github.com/example/registry",
    }
    assert (
        cli.run(["init", str(tmp_path / "new"), *(text for pair in given.items() for text in pair)])
        == 0
    )
    settings = config.parse((tmp_path / "new/registry.yaml").read_bytes())
    assert [
        settings.title,
        settings.base_url,
        settings.extension_namespace,
        settings.repository,
    ] == list(given.values())


def test_every_workflow_of_a_new_registry_is_yaml(tmp_path: Path) -> None:
    cli.run(["init", str(tmp_path / "new")])
    workflows = list((tmp_path / "new/.github/workflows").glob("*.yml"))
    assert {"check.yml", "publish.yml"} <= {path.name for path in workflows}
    for path in workflows:
        assert yaml.safe_load(path.read_text())["jobs"]


@pytest.mark.parametrize(
    "options",
    [["--extension-namespace", "not a name"], ["--base-url", "example"]],
    ids=lambda options: options[0],
)
def test_a_wrong_value_writes_nothing(tmp_path: Path, options: list[str]) -> None:
    folder = tmp_path / "new"
    assert cli.run(["init", str(folder), *options]) == 2
    assert not folder.exists()


def test_a_folder_with_files_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert cli.run(["init", str(tmp_path)]) == 2
    assert "is not an empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_clone_of_an_empty_repository_becomes_a_registry(tmp_path: Path) -> None:
    """What one has after making a repository on a web site and cloning it."""
    folder = Registry(tmp_path / "clone", config="").root
    (folder / ".git/HEAD").write_text("ref: refs/heads/trunk\n")
    assert cli.run(["init", str(folder), "--base-url", "https://registry.example.com"]) == 0
    assert discover(folder).repo.active_branch.name == "main"
    assert cli.run(["build", "--root", str(folder)]) == 0


def test_a_repository_with_commits_is_left_alone(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "used")
    (registry.root / "registry.yaml").unlink()
    assert cli.run(["init", str(registry.root)]) == 2
    assert [path.name for path in registry.root.iterdir()] == [".git"]


@pytest.mark.parametrize(
    ("remote", "base_url", "namespace", "repository"),
    [
        (
            "https://github.com/Acme/mcp-servers.git",
            "https://acme.github.io/mcp-servers",
            "io.github.acme.mcp-servers",
            "https://github.com/Acme/mcp-servers",
        ),
        (
            "git@github.com:acme/acme.github.io.git",
            "https://acme.github.io",
            "io.github.acme",
            "https://github.com/acme/acme.github.io",
        ),
        (
            "ssh://git@gitlab.com/acme/My_Registry",
            "https://acme.gitlab.io/My_Registry",
            "io.gitlab.acme.my-registry",
            "https://gitlab.com/acme/My_Registry",
        ),
        (
            "https://git.acme.internal/tools/registry.git",
            "http://127.0.0.1:8000",
            "com.example.registry",
            "",
        ),
    ],
)
def test_a_clone_says_where_it_will_be(
    tmp_path: Path, remote: str, base_url: str, namespace: str, repository: str
) -> None:
    clone = Registry(tmp_path / "clone", config="")
    clone.git("remote", "add", "origin", remote)
    assert cli.run(["init", str(clone.root)]) == 0
    settings = config.parse((clone.root / "registry.yaml").read_bytes())
    assert (settings.base_url, settings.extension_namespace, settings.repository) == (
        base_url,
        namespace,
        repository,
    )


def test_extensions_are_named_after_the_sites_domain(tmp_path: Path) -> None:
    new = tmp_path / "new"
    assert cli.run(["init", str(new), "--base-url", "https://servers.example.org"]) == 0
    settings = config.parse((new / "registry.yaml").read_bytes())
    assert settings.extension_namespace == "org.example.servers"


def test_a_local_address_is_not_published_on_a_public_host(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"
    assert cli.run(["init", str(folder)]) == 0
    assert "set base_url in registry.yaml" in capsys.readouterr().err
    assert cli.run(["build", "--root", str(folder), "--jobs", "1"]) == 1
    assert "registry.yaml:4:11: error[local-base-url]" in capsys.readouterr().err
    assert not (folder / "public").exists()
    registry = Registry.__new__(Registry)
    registry.root, registry.time = folder, 1_800_000_000
    settings = (folder / "registry.yaml").read_text().replace("[github-pages]", "[nginx]")
    registry.commit({"registry.yaml": settings})
    assert cli.run(["build", "--root", str(folder), "--jobs", "1"]) == 0


def test_so_many_jobs_as_asked_for_share_a_build(tmp_path: Path) -> None:
    assert cli.run(["init", str(tmp_path / "new"), "--parts", "3"]) == 0
    text = (tmp_path / "new/.github/workflows/publish.yml").read_text()
    jobs = yaml.safe_load(text)["jobs"]
    assert jobs["part"]["strategy"]["matrix"]["part"] == ["1/3", "2/3", "3/3"]
    assert jobs["build"]["needs"] == "part"
    assert cli.run(["init", str(tmp_path / "other"), "--parts", "3", "--ci", "gitlab"]) == 2
