"""Proving an entry against a server that lies: each lie is refused with its reason."""

from __future__ import annotations

import gzip
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder import cli
from builder.trust import leaf, proof
from builder.trust.lookup import MAX_TEXT
from tests.local_server import Reply
from tests.trust.sites import (
    LOG,
    LyingServer,
    Site,
    lying_server,
    make_site,
    sealed_site,
    write_key,
)
from tests.trust.test_log import entries

NAME = "com.example/s007"
DOCUMENT = f"v0.1/servers/{NAME}/versions/1.0.0"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return sealed_site(tmp_path_factory.mktemp("sealed"), 270)


@pytest.fixture
def server(sealed: Site) -> Iterator[LyingServer]:
    with lying_server(sealed) as running:
        yield running


def verify(server: LyingServer, *arguments: str, target: str = f"{NAME}@1.0.0") -> int:
    key = str(server.site.public_key)
    return cli.run(["verify", target, "--from", server.url, "--key", key, *arguments])


def test_an_entry_is_proved_from_a_folder_and_an_address(
    server: LyingServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(server) == 0
    told = capsys.readouterr().out
    assert f"proved: {NAME} 1.0.0 (published, 2023-" in told
    assert "entry 7 of the log registry.example.com" in told
    key = str(server.site.public_key)
    assert cli.run(["verify", NAME, "--from", str(server.site.out), "--key", key]) == 0
    assert capsys.readouterr().out == told


def test_a_registry_that_signs_nothing_is_named_as_such(
    sealed: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unsigned = tmp_path / "site"
    shutil.copytree(sealed.out, unsigned, ignore=shutil.ignore_patterns("key", "checkpoint"))
    assert cli.run(["verify", NAME, "--from", str(unsigned)]) != 0
    assert "the registry's log is not signed" in capsys.readouterr().err


def test_a_cold_verification_is_cheap(server: LyingServer) -> None:
    assert verify(server) == 0
    assert len(server.requests) <= 8  # one of them for the attestation


def test_without_a_key_that_of_the_registry_counts_and_is_told(
    server: LyingServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["verify", NAME, "--from", server.url]) == 0
    assert "compare it: registry.example.com+" in capsys.readouterr().err


def test_a_saved_document_is_proved(
    server: LyingServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "saved.json"
    saved.write_bytes((server.site.out / DOCUMENT / "index.json").read_bytes())
    assert verify(server, target=str(saved)) == 0
    saved.write_bytes(saved.read_bytes().replace(b"the weather", b"the future"))
    assert verify(server, target=str(saved)) == 2
    assert "what you have is not what was published" in capsys.readouterr().err


def test_a_saved_proof_needs_the_key_alone(server: LyingServer, tmp_path: Path) -> None:
    saved = tmp_path / "s007.tlog-proof"
    assert verify(server, "--proof", str(saved)) == 0
    key = str(server.site.public_key)
    assert cli.run(["verify", str(saved), "--key", key]) == 0
    assert cli.run(["verify", str(saved)]) == 2
    other = proof.read(saved.read_bytes())
    entry = leaf.read(other.entry)
    assert (entry.name, entry.version) == (NAME, "1.0.0")
    saved.write_bytes(saved.read_bytes().replace(b"index 7", b"index 8"))
    assert cli.run(["verify", str(saved), "--key", key]) == 2


def other_key(tmp_path: Path) -> str:
    fork = make_site(tmp_path / "other")
    fork.key = write_key(tmp_path / "other.pem", 9)
    fork.publish("s007")
    fork.build()
    assert fork.seal() == 0
    return str(fork.public_key)


def test_another_key_is_refused(
    server: LyingServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = other_key(tmp_path)
    assert cli.run(["verify", NAME, "--from", server.url, "--key", key]) == 2
    assert "it is not signed by registry.example.com" in capsys.readouterr().err


LIES = {
    "a changed item": (DOCUMENT, b"the weather", b"the future", "not what was published"),
    "another status": (DOCUMENT, b'"active"', b'"deleted"', "not what was published"),
    "an altered checkpoint": (f"{LOG}/checkpoint", b"\n271\n", b"\n270\n", "signature of"),
    "an unsigned checkpoint": (f"{LOG}/checkpoint", None, b"no note", "not a signed note"),
    "a swapped tile": (f"{LOG}/tile/0/000", None, bytes(8192), "not what was published"),
    "a truncated tile": (f"{LOG}/tile/0/000", None, bytes(8191), "not 256 hashes long"),
    "a huge tile": (f"{LOG}/tile/0/000", None, bytes((1 << 24) + 65536), "more than"),
    "another place": (f"{LOG}/lookup/", b'"entry":7,', b'"entry":8,', "not what was published"),
    "a place outside": (f"{LOG}/lookup/", b'"entry":7,', b'"entry":7000,', "no entry 7,000"),
    "a lookup of nothing": (f"{LOG}/lookup/", None, b"[]", "has no server"),
    "a lookup that grows": (f"{LOG}/lookup/", None, bytes(MAX_TEXT + 1), "has no server"),
    "an item of nothing": (DOCUMENT, None, b"{}", "is no server's version"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused_with_its_reason_and_nothing_is_stored(
    lie: str, server: LyingServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start, old, new, reason = LIES[lie]
    path = _path_with(server.site, start, b'"com.example/s007"')
    file = server.site.out / path / "index.json" if path == DOCUMENT else server.site.out / path
    body = _text(file)
    assert old is None or old in body
    told = new if old is None else body.replace(old, new, 1)
    server.lies[path] = gzip.compress(told) if path.endswith(".gz") else told
    saved = tmp_path / "proof"
    assert verify(server, "--proof", str(saved)) == 2
    assert reason in capsys.readouterr().err
    assert not saved.exists()


def _path_with(site: Site, start: str, text: bytes) -> str:
    if not start.endswith("/"):
        return start
    files = (path for path in sorted((site.out / start).iterdir()) if text in _text(path))
    return next(files).relative_to(site.out).as_posix()


def _text(file: Path) -> bytes:
    body = file.read_bytes()
    return gzip.decompress(body) if file.suffix == ".gz" else body


def test_a_lookup_that_moves_the_server_of_another_file_is_caught(server: LyingServer) -> None:
    lookup = _path_with(server.site, f"{LOG}/lookup/", b'"com.example/s007"')
    body = _text(server.site.out / lookup)
    assert body.count(b'"entry":7,') == 1
    server.lies[lookup] = gzip.compress(body.replace(b'"sequence":8', b'"sequence":9'))
    assert verify(server) == 2


def test_a_slow_server_is_given_up(server: LyingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builder.pull.site_files.SECONDS", 0.2)
    server.lies["index.json"] = Reply(b"{}", before=lambda: time.sleep(1))
    assert verify(server) == 2


def test_an_unsealed_log_proves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = make_site(tmp_path)
    site.publish("one")
    site.build()
    key = "registry.example.com+00000000+AA=="
    assert cli.run(["verify", "com.example/one", "--from", str(site.out), "--key", key]) == 2
    assert len(entries(site)) == 2
    assert cli.run(["verify", "com.example/one", "--from", str(site.out)]) == 2


def test_a_witness_who_must_have_cosigned(server: LyingServer) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from builder.trust import note

    private = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    witness = str(note.key_of("witness.example", private, note.COSIGNATURE))
    assert verify(server, "--witness", witness) != 0
