"""Which run of CI signed a log, as Sigstore vouches for it: put beside the checkpoint, and verified."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.output.tree import remove_seals
from tests.ownership.sigstore import Wish, github_texts, make, provenance
from tests.trust.sites import LyingServer, Site, lying_server, sealed_site

PUBLISH = ".github/workflows/publish.yml"
OWN = "acme/registry"


@dataclass
class Attested:
    """A sealed site; bundles of its checkpoint and of something else, and Sigstore's roots."""

    site: Site
    bundle: Path
    of_another: Path
    of_another_kind: Path
    root: Path


@pytest.fixture(scope="module")
def attested(tmp_path_factory: pytest.TempPathFactory) -> Attested:
    folder = tmp_path_factory.mktemp("attested")
    site = sealed_site(folder, 3)
    checkpoint = (site.log / "checkpoint").read_bytes()
    texts = github_texts(OWN, workflow=PUBLISH, event="push")
    payloads = (
        provenance(checkpoint),
        provenance(b"other"),
        provenance(checkpoint, "https://example.com/other"),
    )
    made = make(*(Wish(checkpoint, texts, payload) for payload in payloads))
    files = tuple(folder / name for name in ("bundle", "other", "kind", "root"))
    for file, body in zip(files, (*made.bundles, made.root), strict=True):
        file.write_bytes(body)
    bundle, of_another, of_another_kind, root = files
    return Attested(site, bundle, of_another, of_another_kind, root)


def attach(attested: Attested, bundle: Path) -> int:
    return cli.run(["attest", str(bundle), "--out", str(attested.site.out)])


def verify(attested: Attested, place: str, *arguments: str) -> int:
    own = ["--key", str(attested.site.public_key), "--sigstore-root", str(attested.root)]
    return cli.run(["verify", "com.example/s001", "--from", place, *own, *arguments])


def test_the_run_that_signed_is_told(
    attested: Attested, capsys: pytest.CaptureFixture[str]
) -> None:
    assert attach(attested, attested.bundle) == 0
    with lying_server(attested.site) as server:
        for place in (server.url, str(attested.site.out)):
            for repository in (OWN, f"https://github.com/{OWN}"):
                assert verify(attested, place, "--attested-by", repository) == 0
                told = capsys.readouterr().out
                assert f"attested by a run of {PUBLISH} in https://github.com/{OWN}, " in told
            assert verify(attested, place, "--attested-by", "thief/registry") == 2
            assert "not of thief/registry" in capsys.readouterr().err
        _refuse_what_does_not_hold(attested, server, capsys)


def _refuse_what_does_not_hold(
    attested: Attested, server: LyingServer, capsys: pytest.CaptureFixture[str]
) -> None:
    own = (attested.site.log / "checkpoint.sigstore").relative_to(attested.site.out).as_posix()
    good = attested.bundle.read_bytes()
    lies = {
        attested.of_another.read_bytes(): "whose subject is",
        attested.of_another_kind.read_bytes(): "no attestation of the kind",
        good.replace(b'"sig": "', b'"sig": "AAAA'): "does not hold",
        b"{}": "not a Sigstore bundle",
        bytes(1 << 20): "more than",
    }
    for lie, reason in lies.items():
        server.lies[own] = lie
        assert verify(attested, server.url) == 2
        assert reason in capsys.readouterr().err


def test_only_the_attestation_of_this_checkpoint_is_put_beside_it(
    attested: Attested, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert attach(attested, attested.of_another) == 2
    assert "no attestation of the checkpoint" in capsys.readouterr().err
    nonsense = tmp_path / "nonsense"
    for body in (b"{}", b"\0", bytes(1 << 17)):
        nonsense.write_bytes(body)
        assert attach(attested, nonsense) == 2


def test_without_an_attestation_only_who_asks_is_refused(
    attested: Attested, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = attested.site.log / "checkpoint.sigstore"
    assert attach(attested, attested.bundle) == 0
    assert attested.site.seal() == 0  # what is sealed again is attested again
    assert not place.exists()
    assert verify(attested, str(attested.site.out)) == 0
    assert "attested" not in capsys.readouterr().out
    saved = tmp_path / "proof"
    assert verify(attested, str(attested.site.out), "--proof", str(saved)) == 0
    assert verify(attested, str(attested.site.out), "--attested-by", OWN) != 0
    assert "has no attestation" in capsys.readouterr().err
    key = ["--key", str(attested.site.public_key), "--attested-by", OWN]
    assert cli.run(["verify", str(saved), *key]) == 2
    assert attach(attested, attested.bundle) == 0
    remove_seals(attested.site.out)  # as a build does that changes something
    assert not place.exists()
    assert attach(attested, attested.bundle) == 2
    assert attested.site.seal() == 0


def test_where_the_library_is_missing_it_is_told(
    attested: Attested, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert attach(attested, attested.bundle) == 0
    real = builtins.__import__

    def no_sigstore(name: str, *more: Any) -> Any:
        if name.startswith("sigstore"):
            raise ModuleNotFoundError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", no_sigstore)
    assert verify(attested, str(attested.site.out)) == 0
    assert "static-mcp-registry[sigstore]" in capsys.readouterr().err
    assert verify(attested, str(attested.site.out), "--attested-by", OWN) == 2
