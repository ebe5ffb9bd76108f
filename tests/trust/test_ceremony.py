"""The root of trust is signed by several people, one after the other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.trust.sites import make_site
from tests.trust.trusted_sites import Trusted, clock


def test_several_people_sign_one_after_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Trusted(make_site(tmp_path), tmp_path)
    keys = ["--key", made.key("alice"), "--key", made.key("bob")]
    online = ["--online", made.key("deploy")]
    assert made.trust("init", *keys, *online, "--threshold", "3") == 2
    assert made.trust("init", *keys, *online, "--threshold", "2", "--sign", made.key("bob")) == 0
    assert "missing: 1 signature of its own keys" in capsys.readouterr().out
    assert made.trust("init", *keys, *online) == 2
    assert made.trust("sign", made.key("alice")) == 0
    assert made.trust("status") == 0
    told = capsys.readouterr().out
    assert "root: 2 of 2" in told
    assert told.endswith("signed by enough keys\n")
    assert made.trust("revoke", "0" * 64) == 2


def test_a_deploy_is_not_signed_before_the_one_that_clients_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The clock was wrong then, or is now: clients would take the new deploy for an old one."""
    made, ahead = Trusted(make_site(tmp_path), tmp_path), [3600]
    clock(monkeypatch, ahead)
    signed = ["--sign", made.key("alice")]
    own = ["--key", made.key("alice"), *signed]
    assert made.trust("init", *own, "--online", made.key("deploy")) == 0
    made.site.publish("one")
    assert made.deploy() == 0
    deployed = str(shutil.copytree(made.site.out, tmp_path / "deployed"))
    ahead[0] = 0
    roots = ["--roots", str(tmp_path / "trust")]
    assert made.site.seal("--online", made.key("deploy"), *roots, previous=deployed) == 2
    assert "was signed later than now" in capsys.readouterr().err
    assert made.trust("rotate", "--online", made.key("other"), *signed) == 0
    assert made.site.seal("--online", made.key("other"), *roots, previous=deployed) == 0
    ahead[0] = 5
    assert made.site.seal("--online", made.key("other"), *roots, previous=str(made.site.out)) == 0
