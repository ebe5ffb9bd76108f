"""Which commit may replace which at a target: older ones, rollbacks, sites that change meanwhile."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from obstore.store import S3Store

from builder.deploy import bucket, folder
from builder.deploy import target as targets
from builder.model.errors import RegistryError
from tests.deploy.targets import built, deploy, objects, served, site_files, site_of, url
from tests.registry import Registry, entry_file


def test_an_older_commit_does_not_replace_a_newer_one(
    registry: Registry, store: S3Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for target in (tmp_path / "www", url(store)):
        registry.commit(entry_file(version=f"2.0.{len(str(target))}"))
        built(registry)
        assert deploy(registry, target) == 0
        older = tmp_path / f"older-{len(str(target))}"
        shutil.copytree(site_of(registry.repository, "HEAD~1"), older)
        assert deploy(registry, target, "--out", str(older)) == 2
        assert "--force" in capsys.readouterr().err
        assert deploy(registry, target, "--out", str(older), "--force", "--grace", "0") == 0
    assert objects(store) == site_files(older)


def test_one_command_rolls_back_to_a_commit_and_the_next_deploy_goes_forward_again(
    registry: Registry, store: S3Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = site_of(registry.repository, "HEAD")
    good = registry.repository.commit("HEAD")
    registry.commit(entry_file(version="1.1.0"))
    newer = built(registry)
    www = tmp_path / "www"
    places: list[tuple[str | Path, Callable[[], Mapping[str, bytes]]]] = [
        (www, lambda: served(www)),
        (url(store), lambda: objects(store)),
    ]
    for target, content in places:
        assert deploy(registry, target) == 0
        assert deploy(registry, target, "--to", good[:10], "--grace", "0") == 0
        assert content() == site_files(older)
        printed = capsys.readouterr()
        assert f"rolling back to {good[:12]}" in printed.err
        unchanged = int(re.findall(r"([\d,]+) unchanged", printed.out)[-1].replace(",", ""))
        assert unchanged > 20  # what is the same is not written again
        assert site_files(newer) == site_files(registry.root / "public")
        assert deploy(registry, target, "--grace", "0") == 0
        assert content() == site_files(newer)


def test_a_rollback_goes_only_to_what_was_published(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built(registry)
    registry.git("checkout", "--quiet", "-b", "proposal")
    registry.commit(entry_file(version="6.6.6"))
    proposal = registry.git("rev-parse", "HEAD").strip()
    registry.git("checkout", "--quiet", "main")
    assert deploy(registry, tmp_path / "www", "--to", proposal) == 2
    printed = capsys.readouterr().err
    assert "never published" in printed and "git log" in printed
    assert deploy(registry, tmp_path / "www", "--to", "no-such") == 2
    assert deploy(registry, tmp_path / "www", "--to", "HEAD", "--out", str(tmp_path)) == 2
    assert not (tmp_path / "www").exists()


def test_a_site_that_is_built_anew_meanwhile_is_not_deployed_in_a_mixture(
    registry: Registry, store: S3Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = built(registry)
    for target in (tmp_path / "www", url(store)):
        site = targets.read_site(registry.repository, out)
        page = out / "v0.1/servers/index.json"
        body = page.read_bytes()
        page.write_bytes(body + b" ")
        with pytest.raises(RegistryError, match="has changed since the deploy began"):
            if isinstance(target, Path):
                folder.deploy(target, site, lambda _: None, precompress=False)
            else:
                bucket.deploy(store, site, lambda _: None, grace=0)
        page.write_bytes(body)
    assert not (tmp_path / "www").exists()
    assert deploy(registry, url(store)) == 0
    assert objects(store) == site_files(out)


@pytest.mark.parametrize(
    "target",
    ["ftp://example.com/x", "s3://", "s3://b?x=1/site", "s3://b/site#x", "s3://me:secret@b/site"],
)
def test_what_is_no_target_is_one_line(
    registry: Registry, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    built(registry)
    assert deploy(registry, target) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("error: ")
    assert "169.254" not in printed and "secret" not in printed
