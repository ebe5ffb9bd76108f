"""Blocks: what readers see of a blocked version, and that it comes back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.catalogue.server import ChangeKind, Version
from builder.model.sidecars import Status
from tests.registry import Registry, entry_file

NAME = "com.example/weather"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(tmp_path)
    for version in ("1.0.0", "2.0.0"):
        registry.commit(entry_file(version=version, description=f"Text of {version}."))
    return registry


def versions(registry: Registry) -> dict[str, Version]:
    servers = registry.load().catalogue.servers
    return {one.version: one for server in servers for one in server.versions}


def kinds(registry: Registry) -> list[tuple[ChangeKind, str]]:
    return [(one.kind, one.version.version) for one in registry.load().catalogue.events]


def test_a_blocked_version_is_a_tombstone_that_says_why(registry: Registry) -> None:
    text = f"- {{name: {NAME}, version: 2.*, reason: malware, message: It mines coins.}}\n"
    registry.commit({"blocks.yaml": text})
    one, two = versions(registry)["1.0.0"], versions(registry)["2.0.0"]
    assert two.status is Status.DELETED
    assert two.status_message == "Blocked by this registry (malware): It mines coins."
    assert b"Text of 2.0.0" not in two.document and two.content()["name"] == NAME
    assert one.visible and one.is_latest and not two.is_latest
    assert kinds(registry)[-2:] == [
        (ChangeKind.STATUS, "2.0.0"),
        (ChangeKind.LATEST_MOVED, "1.0.0"),
    ] or (kinds(registry)[-2:] == [(ChangeKind.STATUS, "2.0.0"), (ChangeKind.METADATA, "1.0.0")])


def test_it_comes_back_as_it_was(registry: Registry) -> None:
    before = versions(registry)
    registry.commit({"blocks.yaml": f"- {{name: {NAME}, reason: legal}}\n"})
    assert not any(one.visible for one in versions(registry).values())
    registry.commit({"blocks.yaml": None})
    after = versions(registry)
    for text, one in after.items():
        assert one.document == before[text].document
        assert (one.status, one.status_message) == (Status.ACTIVE, "")
        assert one.published == before[text].published
        assert one.is_latest == before[text].is_latest and one.updated > before[text].updated


def test_what_is_blocked_when_it_comes_is_never_shown(registry: Registry) -> None:
    registry.commit({"blocks.yaml": "- {package: 'npm:@evil/*', reason: malware}\n"})
    events = len(registry.load().catalogue.events)
    package = {"registryType": "npm", "identifier": "@evil/x", "version": "1.0.0"}
    registry.commit(
        entry_file("com.other/x", packages=[{**package, "transport": {"type": "stdio"}}])
    )
    assert len(registry.load().catalogue.events) == events
    assert {server.name for server in registry.load().catalogue.servers} == {NAME}
    registry.commit({"blocks.yaml": ""})
    assert kinds(registry)[-1] == (ChangeKind.PUBLISHED, "1.0.0")


def test_a_block_ends_with_the_first_commit_after_its_last_day(registry: Registry) -> None:
    registry.commit({"blocks.yaml": f"- {{name: {NAME}, reason: policy, until: 2023-11-15}}\n"})
    assert not any(one.visible for one in versions(registry).values())
    registry.commit({}, after=24 * 3600)
    assert not any(one.visible for one in versions(registry).values())
    registry.commit({}, after=24 * 3600)
    assert all(one.visible for one in versions(registry).values())


def test_a_file_that_cannot_be_read_unblocks_nothing(registry: Registry) -> None:
    registry.commit({"blocks.yaml": f"- {{name: {NAME}, reason: malware}}\n"})
    registry.commit({"blocks.yaml": f"- {{name: {NAME}, reason: because}}\n"})
    assert not any(one.visible for one in versions(registry).values())
    (finding,) = registry.load().findings
    assert (finding.path, finding.line, finding.rule) == ("blocks.yaml", 1, "invalid-sidecar")
    assert finding.column and "'because' is not one of withdrawn, malware" in finding.message


def test_a_publisher_and_a_fingerprint(registry: Registry) -> None:
    from builder.policy.document import fingerprint

    registry.commit(entry_file("io.github.mallory/x"))
    text = "- {publisher: Mallory, reason: withdrawn}\n"
    text += (
        f"- {{fingerprint: {fingerprint(versions(registry)['2.0.0'].content())}, reason: policy}}\n"
    )
    registry.commit({"blocks.yaml": text})
    shown = [server.name for server in registry.load().catalogue.servers if server.visible]
    assert shown == [NAME]
    assert not versions(registry)["2.0.0"].visible
