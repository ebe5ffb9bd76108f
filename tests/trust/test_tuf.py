"""Which root a copy trusts: the first, one that was given, those that follow from it; and what says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.trust.sites import LOG, make_site
from tests.trust.trusted_sites import (
    TRUST,
    Mirror,
    Trusted,
    pull,
    root_of,
)


def test_a_new_copy_trusts_the_first_root_and_says_so(
    mirror: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pull(mirror, tmp_path / "copy.db") == 0
    told = capsys.readouterr().err
    assert "trusting the root that the registry gives" in told
    assert "verified by root 1" in told


def test_an_up_to_date_client_asks_once(mirror: Mirror, copy: Path) -> None:
    assert mirror.requests is not None
    del mirror.requests[:]
    assert pull(mirror, copy) == 0
    assert [request.path for request in mirror.requests] == [f"/{TRUST}/timestamp.json"]


def test_a_change_is_taken_over_and_a_rotation_followed(
    trusted: Trusted, mirror: Mirror, copy: Path, now: list[int]
) -> None:
    signed = ["--sign", trusted.key("alice"), "--sign", trusted.key("bob")]
    assert trusted.trust("rotate", "--online", trusted.key("other"), *signed) == 0
    assert trusted.trust("add-key", "--key", trusted.key("carol"), *signed) == 0
    assert trusted.trust("revoke", trusted.key("bob"), "--threshold", "1", *signed) == 0
    trusted.site.publish("three")
    assert trusted.deploy() == 2  # the key that signed before
    assert trusted.deploy(online="other") == 0
    mirror.files = dict(trusted.files())
    assert pull(mirror, copy) == 0
    assert b"com.example/three" in copy.read_bytes()


def test_a_root_that_was_given_is_the_one_that_counts(
    trusted: Trusted, mirror: Mirror, tmp_path: Path
) -> None:
    other = Trusted(make_site(tmp_path / "other"), tmp_path / "other")
    keys = ["--key", other.key("zoe"), "--sign", other.key("zoe"), "--online", other.key("mallory")]
    assert other.trust("init", *keys) == 0
    for folder, expected in ((other.folder, 2), (trusted.folder, 0)):
        copy = tmp_path / f"{expected}.db"
        root = str(folder / "trust/1.root.json")
        assert pull(mirror, copy, "--trust-root", root) == expected
        assert copy.with_name(f"{copy.name}.trust").exists() == (expected == 0)


def test_a_root_that_others_signed_is_refused(
    trusted: Trusted,
    mirror: Mirror,
    copy: Path,
    tmp_path: Path,
    now: list[int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Somebody has the deploy's key and one of the root's, and makes a root of their own."""
    signed = ["--sign", trusted.key("alice")]
    assert trusted.trust("rotate", "--online", trusted.key("thief"), *signed) == 0
    assert trusted.trust("rotate", *signed) == 2  # the last one is not finished
    trusted.site.publish("three")
    assert trusted.deploy(online="thief") == 2  # nor does our own command publish it
    second = (trusted.folder / "trust/2.root.json").read_bytes()
    mirror.files = {**mirror.files, f"{TRUST}/2.root.json": second}
    mirror.files[f"{TRUST}/timestamp.json"] = b"{}"  # so that the root is asked for
    before = copy.read_bytes()
    capsys.readouterr()
    assert pull(mirror, copy) == 2
    assert "not signed by the keys that its root names" in capsys.readouterr().err
    assert copy.read_bytes() == before


def test_a_first_use_that_is_refused_leaves_nothing(
    trusted: Trusted, mirror: Mirror, newer: dict[str, bytes], tmp_path: Path
) -> None:
    """Trust metadata that holds does not make a root trusted whose registry is not what its log states."""
    entries = next(path for path in newer if path.startswith(f"{LOG}/tile/entries/"))
    mirror.files = {**newer, entries: newer[entries].replace(b"state", b"stale")}
    copy = tmp_path / "first.jsonl"
    assert pull(mirror, copy) == 2
    assert not list(tmp_path.glob("*first*"))


def test_insecure_is_loud(mirror: Mirror, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mirror.files = {path: body for path, body in mirror.files.items() if not path.startswith(TRUST)}
    capsys.readouterr()
    assert pull(mirror, copy, "--insecure") == 0
    assert "WARNING: --insecure" in capsys.readouterr().err


def test_a_copy_that_lost_its_root_is_told_of_it(
    mirror: Mirror, newer: dict[str, bytes], copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copy.with_name("root.json")
    root.write_bytes(Path(root_of(copy)).read_bytes())
    shutil.rmtree(copy.with_name(f"{copy.name}.trust"))
    assert pull(mirror, copy) == 0
    mirror.files = dict(newer)
    capsys.readouterr()
    assert pull(mirror, copy) == 0
    assert "not verified: the registry has a root of trust" in capsys.readouterr().err
    assert pull(mirror, copy, "--trust-root", str(root)) == 0
    assert "verified by root 1" in capsys.readouterr().err
