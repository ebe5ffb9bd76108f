"""Renames: a server's old name leads to the new one once both say so."""

from __future__ import annotations

import json

from builder.build import build, source
from builder.check.parallel import check_all
from tests.build import trees
from tests.history.test_overlays import said
from tests.registry import Registry, entry_file

OLD, NEW = "com.example/weather", "org.example/forecast"
TO = f'"*": {{status: deprecated, message: Moved., renamed-to: {NEW}}}\n'
FROM = f'"*": {{status: active, renamed-from: [{OLD}]}}\n'
REMOTE = [{"type": "streamable-http", "url": "https://weather.example.net/mcp"}]


def status(name: str) -> str:
    return f"servers/{name}/status.yaml"


def test_a_rename_holds_when_both_names_say_it(registry: Registry) -> None:
    registry.commit({**entry_file(OLD), **entry_file(NEW)})
    registry.commit({status(OLD): TO})
    assert said(registry, name=OLD) == {}
    registry.commit({status(NEW): FROM})
    assert said(registry, name=OLD) == {"renamedTo": NEW}
    assert said(registry, name=NEW) == {"renamedFrom": [OLD]}
    registry.commit({status(NEW): None})
    assert said(registry, name=OLD) == {}
    kinds = [(one.kind.value, one.version.name) for one in registry.load().catalogue.events]
    assert kinds[2:] == [
        ("status", OLD),
        ("overlay", OLD),
        ("overlay", NEW),
        ("overlay", OLD),
        ("overlay", NEW),
    ]


def test_reading_on_knows_what_the_other_name_has_said(registry: Registry) -> None:
    registry.commit({**entry_file(OLD), **entry_file(NEW), status(OLD): TO})
    registry.commit({f"servers/{OLD}/overlay.yaml": "tags: [old]\n"})
    before = source.load(registry.repository)
    registry.commit({status(NEW): FROM})
    after = source.load(registry.repository, earlier=before.reading)
    (version,) = after.catalogue.by_name[OLD].versions
    assert json.loads(version.overlay) == {"tags": ["old"], "renamedTo": NEW}
    assert after.reading.changed == {OLD, NEW}


def test_what_one_name_alone_says_is_told(registry: Registry) -> None:
    registry.commit({**entry_file(OLD), **entry_file(NEW), status(OLD): TO})
    before = source.load(registry.repository)
    for findings in (before.findings, check_all(registry.repository, 1)[1]):
        (finding,) = findings
        assert (finding.rule, finding.path) == ("rename-of-one-side", status(OLD))
        assert f"{NEW} does not say so" in finding.message and f"renamed-from: [{OLD}]" in (
            finding.help or ""
        )
    registry.commit({status(NEW): FROM})
    after = source.load(registry.repository, earlier=before.reading)
    assert not after.findings and not check_all(registry.repository, 1)[1]
    registry.commit({status(OLD): None})
    (finding,) = source.load(registry.repository, earlier=after.reading).findings
    assert (finding.path, finding.help) == (
        status(NEW),
        f'below "*" in {status(OLD)}: renamed-to: {NEW}',
    )


def test_the_shared_address_is_no_conflict_and_the_old_page_leads_to_the_new(
    registry: Registry,
) -> None:
    registry.commit({**entry_file(OLD, remotes=REMOTE), **entry_file(NEW, remotes=REMOTE)})
    registry.commit({status(OLD): TO})
    findings = [one.rule for one in check_all(registry.repository, 1)[1]]
    assert "remote-url-conflict" in findings
    registry.commit({status(NEW): FROM})
    findings = [one.rule for one in check_all(registry.repository, 1)[1]]
    assert "remote-url-conflict" not in findings
    out = registry.root.parent / "public"
    build.build(registry.repository, "HEAD", out, 1)
    site = trees.read(out)
    page = site[f"servers/{OLD}/index.html"].decode()
    assert f'href="../../../servers/{NEW}/">{NEW}</a>' in page
    assert (
        f'formerly <a href="../../../servers/{OLD}/">' in site[f"servers/{NEW}/index.html"].decode()
    )
    assert f"v0.1/servers/{OLD}/versions/latest/index.json" in site


def test_one_version_alone_is_not_renamed(registry: Registry) -> None:
    registry.commit(entry_file(OLD))
    registry.commit({status(OLD): f'"1.0.0": {{status: active, renamed-to: {NEW}}}\n'})
    (finding,) = registry.load().findings
    assert "renamed as a whole" in finding.message
    assert finding.line == 1
