"""The log's key in registry.yaml: with it pages offer the proof, without it none does."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder import cli
from tests.registry import CONFIG
from tests.trust.sites import LOG, Site, key_text, make_site, write_key

PAGE = "servers/com.example/one/index.html"


@pytest.fixture
def named(tmp_path: Path) -> Site:
    """A built site of a registry that names its key; it is not sealed."""
    site = make_site(tmp_path, names_key=True)
    site.publish("one")
    site.build()
    return site


def test_no_page_offers_a_proof_where_the_registry_names_no_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site(tmp_path)
    site.publish("one")
    site.build()
    page = (site.out / PAGE).read_text()
    assert "Entry 0 of the log" in page
    assert "prove it" not in page
    assert not (site.out / "verify").exists()
    assert not (site.log / "named-key").exists()
    assert site.seal() == 0
    assert (
        f"put it into registry.yaml, so that pages offer the proof: log_key: {key_text(site.key)}"
        in (capsys.readouterr().out)
    )


def test_a_registry_that_names_its_key_offers_the_proof_and_takes_no_other_key(
    named: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 'href="../../../verify/?name=com.example%2Fone"' in (named.out / PAGE).read_text()
    assert (named.out / "verify/index.html").exists()
    assert (named.log / "named-key").read_text() == f"{key_text(named.key)}\n"
    own = named.key
    named.key = write_key(tmp_path / "other.pem", 9)
    assert named.seal() == 2
    assert f"registry.yaml names another key of the log, {key_text(own)}" in capsys.readouterr().err
    assert not (named.log / "checkpoint").exists()
    named.key = own
    assert named.seal() == 0
    assert "log_key" not in capsys.readouterr().out


def test_the_named_key_stays_through_builds_and_seals(named: Site) -> None:
    for name in ("two", "three", "four"):
        assert named.seal() == 0
        named.publish(name)
        named.build()
        assert (named.log / "named-key").read_text() == f"{key_text(named.key)}\n"
        assert not (named.log / "key").exists()


@pytest.mark.parametrize(
    "key", ["none", "a b+0a1b2c3d+BAEC", f"{LOG}+0a1b2c3d+AAAA", "a+xyz+" + "A" * 44]
)
def test_what_is_no_key_is_a_finding(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site(tmp_path)
    site.registry.commit({"registry.yaml": f"{CONFIG}log_key: {key}\n"})
    assert cli.run(["check", "--root", str(site.registry.root)]) != 0
    assert "log_key" in capsys.readouterr().err
