"""Deploys to a bucket on a local S3 server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import obstore
import orjson
import pytest
from obstore.store import LocalStore, MemoryStore, S3Store

from builder.deploy import bucket, plan
from builder.deploy import target as targets
from tests.deploy.targets import EXTENSION, built, deploy, objects, site_files, url
from tests.registry import Registry, entry_file


def test_a_bucket_gets_types_and_cache_policy(registry: Registry, store: S3Store) -> None:
    out = built(registry)
    assert deploy(registry, url(store)) == 0
    assert objects(store) == site_files(out)
    asset = next(
        name for name in objects(store) if name.startswith("assets/") and name.endswith(".css")
    )
    expected = {
        "v0.1/servers/index.json": ("application/json", "must-revalidate"),
        "index.html": ("text/html; charset=utf-8", "must-revalidate"),
        asset: ("text/css; charset=utf-8", "immutable"),
    }
    for path, (kind, cache) in expected.items():
        attributes = obstore.get(store, path).attributes
        assert attributes["Content-Type"] == kind
        assert cache in attributes["Cache-Control"]


def test_the_notes_of_a_large_deploy_do_not_outgrow_it(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = targets.read_site(registry.repository, built(registry))
    notes, put = [], obstore.put

    def counted(store: Any, path: str, body: Any, **options: Any) -> Any:
        if path == bucket.PROGRESS:
            notes.append(len(body))
        return put(store, path, body, **options)

    monkeypatch.setattr(obstore, "put", counted)
    monkeypatch.setattr(bucket, "BATCH", 1)
    bucket.deploy(MemoryStore(), site, lambda _: None, grace=0)
    assert sum(notes) < 8 * len(site.manifest.encode())


def test_what_is_gone_already_can_be_deleted_from_any_store(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")
    bucket._delete(LocalStore(str(tmp_path)), ["gone", "there"])
    assert not list(tmp_path.iterdir())


def test_a_withdrawn_version_is_gone_at_once_and_old_assets_stay_a_while(
    registry: Registry, store: S3Store
) -> None:
    out = built(registry)
    asset = out / "assets/0123456789ab/old.css"
    asset.parent.mkdir(parents=True)
    asset.write_text("old")
    assert deploy(registry, url(store)) == 0
    asset.unlink()
    registry.commit({"servers/com.example/other/status.yaml": '"*": {status: deleted}\n'})
    built(registry)
    asset.unlink(missing_ok=True)
    assert deploy(registry, url(store)) == 0
    there = objects(store)
    assert "v0.1/servers/com.example/other/versions/latest/index.json" not in there
    assert "assets/0123456789ab/old.css" in there
    assert deploy(registry, url(store), "--grace", "0") == 0
    assert "assets/0123456789ab/old.css" not in objects(store)


def test_a_new_page_of_a_list_is_there_before_a_page_that_leads_to_it(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, put = MemoryStore(), obstore.put
    written: list[str] = []

    def noting(*arguments: Any, **options: Any) -> Any:
        written.append(arguments[1])
        return put(*arguments, **options)

    monkeypatch.setattr(obstore, "put", noting)
    for numbers in (range(90), range(90, 130)):
        written.clear()
        names = [f"com.example/s{number:03}" for number in numbers]
        registry.commit({path: body for name in names for path, body in entry_file(name).items()})
        site = targets.read_site(registry.repository, built(registry))
        bucket.deploy(store, site, lambda _: None, grace=0)
    for kind in ("all", "latest"):
        folder = f"{EXTENSION}/pages/{kind}"
        assert written.index(f"{folder}/2.json") < written.index(f"{folder}/1.json")


def test_state_that_cannot_be_read_is_said(
    registry: Registry, store: S3Store, capsys: pytest.CaptureFixture[str]
) -> None:
    built(registry)
    obstore.put(store, plan.MANIFEST, orjson.dumps({"version": 99}))
    assert deploy(registry, url(store)) == 2
    assert "delete it there" in capsys.readouterr().err
