"""What is blocked or was removed does not come back: by no pull request and by no mirror run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.model.blocks import Block
from builder.policy.blocks import Blocks, is_active
from builder.policy.entry import PolicyEntry
from tests.registry import CONFIG, Registry, entry, entry_file

NAME = "com.example/weather"
HEAD = "# Ours.\n"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(tmp_path / "registry")
    registry.commit(entry_file())
    return registry


def run(registry: Registry, *arguments: str) -> int:
    return cli.run([*arguments, "--root", str(registry.root)])


def proposed(
    registry: Registry, capsys: pytest.CaptureFixture[str], name: str, version: str, **fields: Any
) -> dict[str, Any]:
    registry.git("checkout", "--quiet", "-B", "change", "main")
    registry.commit(entry_file(name, version, **fields))
    registry.git("checkout", "--quiet", "main")
    capsys.readouterr()
    run(
        registry,
        "check",
        "--format",
        "json",
        "--base",
        "main",
        "--head",
        "change",
        "--as",
        "alice:1",
    )
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_a_block_says_how_much_it_is_about(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typing error in an emergency would block nothing."""
    registry.commit(entry_file(version="2.0.0"))
    for block, told in [
        (NAME, ": 2 versions here"),
        (f"{NAME}@2.*", ": 1 version here"),
        (f"{NAME}x", ": no version that is here"),
    ]:
        assert run(registry, "block", block, "--reason", "malware") == 0
        assert f"{block} (malware), in blocks.yaml{told}\n" in capsys.readouterr().out


def test_block_and_unblock_write_the_file_and_leave_the_rest_as_it_is(registry: Registry) -> None:
    path = registry.root / "blocks.yaml"
    path.write_text(HEAD + "- name: com.other/*\n  # asked by its owner\n  reason: owner-request\n")
    before = path.read_text()
    given = ("--reason", "malware", "--message", 'It "mines": coins.', "--until", "2030-01-31")
    assert run(registry, "block", f"{NAME}@1.*", *given, "--who", "ann", "--commit") == 0
    assert path.read_text() == (
        f'{before}- name: "{NAME}"\n  version: "1.*"\n  reason: "malware"\n'
        '  message: "It \\"mines\\": coins."\n  who: "ann"\n  until: "2030-01-31"\n'
    )
    assert registry.git("log", "-1", "--format=%s") == f"Block {NAME}@1.* (malware)"
    assert run(registry, "block", f"{NAME}@1.*", *given, "--who", "ann") == 2
    assert run(registry, "unblock", NAME) == 2
    assert run(registry, "unblock", f"{NAME}@1.*") == 0
    assert path.read_text() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("weather",),
        ("",),
        ("--until", "soon", NAME),
        (
            "--fingerprint",
            "12",
        ),
    ],
)
def test_a_block_that_would_block_nothing_is_refused(
    registry: Registry, arguments: tuple[str, ...]
) -> None:
    assert run(registry, "block", "--reason", "policy", *arguments) == 2
    assert not (registry.root / "blocks.yaml").exists()


def test_a_pull_request_of_what_is_blocked_is_rejected(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"- {{name: {NAME}, version: 2.*, reason: malware, message: Coins.}}\n"
    registry.commit({"blocks.yaml": text + "- {package: '@evil/*', reason: malware}\n"})
    report = proposed(registry, capsys, NAME, "2.0.0")
    (finding,) = [finding for finding in report["findings"] if finding["rule"] == "blocked"]
    assert report["verdict"] == "reject" and "(malware): Coins." in finding["message"]
    package = {"registryType": "npm", "identifier": "@evil/x", "version": "1.0.0"}
    packages = [{**package, "transport": {"type": "stdio"}}]
    report = proposed(registry, capsys, "io.github.alice/x", "1.0.0", packages=packages)
    assert "blocked" in {finding["rule"] for finding in report["findings"]}
    report = proposed(registry, capsys, "io.github.alice/y", "1.0.0")
    assert "blocked" not in {finding["rule"] for finding in report["findings"]}


def test_also_when_it_was_removed_long_ago(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit({"blocks.yaml": f"- {{name: {NAME}, reason: legal}}\n"})
    registry.commit({f"servers/{NAME}/1.0.0.json": None}, after=10**8)
    report = proposed(registry, capsys, NAME, "1.0.0")
    assert {"blocked", "version-used-up"} <= {finding["rule"] for finding in report["findings"]}


def dump(folder: Path, *names: str) -> Path:
    path = folder / "dump.json"
    path.write_text(json.dumps([{"server": entry(name)} for name in names]))
    return path


def test_a_mirror_run_brings_back_nothing_that_was_blocked_or_removed(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("com.a/blocked", "com.a/removed", "com.a/deleted", "com.a/fine")
    mirror = ("mirror", "--dump", str(dump(tmp_path, *names)), "--commit")
    assert run(registry, *mirror) == 0
    run(registry, "block", "com.a/blocked", "--reason", "malware", "--commit")
    registry.commit({"servers/com.a/blocked/1.0.0.json": None})
    registry.commit({"servers/com.a/removed/1.0.0.json": None})
    (registry.root / "servers/com.a/deleted/1.0.0.json").unlink()
    capsys.readouterr()
    assert run(registry, *mirror, "--full") == 0
    printed = capsys.readouterr().out
    assert "excluded: com.a/blocked 1.0.0: Blocked by this registry (malware)" in printed
    assert "excluded: com.a/removed 1.0.0: it was removed from this registry in " in printed
    assert "excluded: com.a/deleted 1.0.0: it was removed from this registry in HEAD" in printed
    files = {path.parent.name for path in (registry.root / "servers/com.a").glob("*/1.0.0.json")}
    assert files == {"fine"}
    run(registry, "policy", "explain", "com.a/blocked", "--dump", str(tmp_path / "dump.json"))
    printed = capsys.readouterr().out
    assert "line: blocks.yaml.0 (blocks.yaml:2:3)" in printed


def test_a_publisher_is_blocked_with_all_namespaces_of_theirs(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    owners = "owners: [{github: Mallory, id: 666}]\nproof: github\n"
    registry.commit({"servers/com.example/namespace.yaml": owners})
    assert (
        run(registry, "block", "--publisher", "mallory", "--reason", "withdrawn", "--commit") == 0
    )
    assert "blocked: com.example/*, which is mallory's" in capsys.readouterr().out
    assert not [server for server in registry.load().catalogue.servers if server.visible]
    report = proposed(registry, capsys, "io.github.mallory/maps", "1.0.0")
    assert "blocked" in {finding["rule"] for finding in report["findings"]}
    report = proposed(registry, capsys, "io.github.alice/maps", "1.0.0")
    assert "blocked" not in {finding["rule"] for finding in report["findings"]}


def test_a_publisher_of_a_forge_of_ones_own_is_blocked_by_a_line_written_by_hand(
    tmp_path: Path,
) -> None:
    """As long as registry.yaml grants the namespace to the account, and from then on."""
    grant = "policy: {accounts: [{forge: gitlab, host: git.acme.example, namespaces: dev.acme}]}\n"
    made = Registry(tmp_path / "registry", CONFIG)
    made.commit({**entry_file("dev.acme.mallory/tools"), **entry_file("dev.acme.alice/tools")})
    made.commit({"blocks.yaml": "- {publisher: mallory, reason: withdrawn}\n"})

    def shown() -> list[str]:
        servers = made.load().catalogue.servers
        return [server.name for server in servers if server.visible]

    assert shown() == ["dev.acme.alice/tools", "dev.acme.mallory/tools"]
    made.commit({"registry.yaml": CONFIG + grant})
    assert shown() == ["dev.acme.alice/tools"]
    made.commit({"registry.yaml": CONFIG})
    assert shown() == ["dev.acme.alice/tools", "dev.acme.mallory/tools"]


def test_a_thousand_blocks_are_looked_up() -> None:
    blocks = Blocks(Block(name=f"com.example{n}/*", reason="policy") for n in range(1000))
    assert len(list(blocks.about("com.example7/x"))) == 1
    about = PolicyEntry(name="COM.Example7/x", version="1", load=dict)
    found = blocks.find(about, 0)
    assert found is not None and found.name == "com.example7/*"
    assert blocks.find(PolicyEntry(name="com.other/x", version="1", load=dict), 0) is None


def test_a_last_day_counts_whole() -> None:
    block = Block(name="a/*", reason="policy", until="1970-01-01")
    assert is_active(block, 24 * 3600 * 10**9 - 1) and not is_active(block, 24 * 3600 * 10**9)
