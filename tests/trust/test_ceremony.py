"""The root of trust is signed by several people, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.sites import make_site
from tests.trust.trusted_sites import Trusted


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
