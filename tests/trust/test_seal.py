"""Sealing a site, witnesses, and the histories that neither of them signs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from builder import cli
from builder.sealing import kept
from builder.trust import note
from tests.local_server import Reply, Request, serving
from tests.trust.sites import LOG, ORIGIN, Site, lying_server, make_site, write_key
from tests.trust.test_log import CLIENT

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = make_site(tmp_path)
    made.publish("one", "two")
    made.build()
    return made


def witness_line(site: Site, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Run `witness` on a site's folder; return its line, and its key."""
    key = write_key(folder / "witness.pem", 2)
    memory = folder / "witness.json"
    own = ["--key", str(key), "--name", "witness.example", "--memory", str(memory)]
    capsys.readouterr()
    assert cli.run(["witness", str(site.out), *own]) == 0
    printed = capsys.readouterr()
    return printed.out, printed.err.rpartition("cosigned with ")[2].strip()


def test_a_seal_is_a_function_of_key_and_commit(site: Site, tmp_path: Path) -> None:
    assert site.seal() == 0
    first = (site.log / "checkpoint").read_bytes()
    assert site.seal() == 0
    assert (site.log / "checkpoint").read_bytes() == first
    head = note.read_note(first)
    assert head.text == (site.log / "tree").read_text()
    assert head.text.startswith(f"{ORIGIN}\n")


def test_a_rewritten_history_is_not_signed(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert site.seal() == 0
    site.registry.git("reset", "--quiet", "--hard", "HEAD~1")
    site.publish("one", "three", "four")
    site.build()
    assert site.seal() == 2
    assert "does not extend the one of 3 entries that was signed before" in capsys.readouterr().err
    assert not (site.log / "checkpoint").exists()


def test_an_older_commit_is_not_signed(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.publish("three")
    site.build()
    assert site.seal() == 0
    site.registry.git("reset", "--quiet", "--hard", "HEAD~1")
    site.build()
    assert site.seal() == 2
    assert "fewer than the 5 that were signed" in capsys.readouterr().err


def test_the_deployed_checkpoint_counts_where_none_is_kept(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A job in CI has an empty folder: only the deployed site knows what was signed."""
    deployed = make_site(tmp_path / "deployed")
    deployed.publish("other", "names")
    deployed.build()
    assert deployed.seal() == 0
    with lying_server(deployed) as server:
        assert site.seal(previous=server.url) == 2
        assert "does not extend" in capsys.readouterr().err
        server.lies[f"{LOG}/checkpoint"] = b"nonsense"
        assert site.seal(previous=server.url) == 2
    assert kept.read(site.out) is None


def test_a_damaged_tree_is_not_signed(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    tile = site.log / "tile/0/000.p/3"
    tile.write_bytes(bytes(96))
    assert site.seal() == 2
    assert "do not lead to its root" in capsys.readouterr().err


def test_an_ecdsa_key_cannot_seal(site: Site, tmp_path: Path) -> None:
    key = tmp_path / "ec.pem"
    assert cli.run(["keygen", "example.com", "--algorithm", "ecdsap384", "--out", str(key)]) == 0
    site.key = key
    assert site.seal() == 2


def test_the_key_may_come_from_the_environment(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_KEY", site.key.read_text())
    assert cli.run(["seal", "--out", str(site.out), "--key", "env:LOG_KEY", "--first"]) == 0
    assert cli.run(["seal", "--out", str(site.out), "--key", "env:OTHER", "--first"]) == 2


def test_a_cosignature_is_taken_in_and_passed_on(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.seal() == 0
    line, key = witness_line(site, tmp_path, capsys)
    given = tmp_path / "cosignature.txt"
    given.write_text(line)
    assert site.seal("--cosignature", str(given)) == 2  # of a witness who was not named
    assert site.seal("--cosignature", str(given), "--witness", key) == 0
    assert (site.log / "checkpoint").read_text().endswith(line)
    assert site.seal("--witness", key) == 0  # it stays
    assert (site.log / "checkpoint").read_text().endswith(line)


def test_a_witness_remembers_and_refuses(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.seal() == 0
    witness_line(site, tmp_path, capsys)
    site.publish("three")
    site.build()
    assert site.seal() == 0
    witness_line(site, tmp_path, capsys)
    fork = make_site(tmp_path / "fork")
    fork.publish("one", "other")
    fork.publish("three", "four")
    fork.build()
    assert fork.seal() == 0
    own = ["--key", str(tmp_path / "witness.pem"), "--name", "witness.example"]
    memory = tmp_path / "witness.json"
    before = memory.read_bytes()
    assert cli.run(["witness", str(fork.out), *own, "--memory", str(memory)]) == 2
    assert "does not extend" in capsys.readouterr().err
    fork.key = write_key(tmp_path / "other.pem", 3)
    assert fork.seal() == 2  # not the key that signed before
    assert memory.read_bytes() == before
    memory.write_text("[]")
    assert cli.run(["witness", str(site.out), *own, "--memory", str(memory)]) == 2


def test_a_site_that_stays_is_cosigned_anew_and_has_one_line_of_each_witness(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    private = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    key = note.key_of("witness.example", private, note.COSIGNATURE)
    times = iter((1_700_000_000, 1_700_086_400, 2**64 - 1, 1_700_172_800))

    def answer(request: Request) -> Reply:
        text = note.read_note(request.body.partition(b"\n\n")[2]).text
        return Reply(str(note.cosign(text, key, private, next(times))).encode())

    with serving(answer) as server:
        named = ["--witness", f"{key}={server.url}"]
        assert site.seal(*named) == site.seal(*named) == 0
        assert site.seal(*named) == 2
        assert "of a time that there is not" in capsys.readouterr().err
        assert site.seal(*named) == 0
    signed = note.read_note((site.log / "checkpoint").read_bytes())
    assert len(signed.signatures) == 2
    assert note.verify(signed, [key]) == {key: 1_700_172_800}


@contextmanager
def real_witness(folder: Path, origin: str, key: str) -> Iterator[tuple[str, str]]:
    """A witness that somebody else wrote; gives its address and its key."""
    folder.mkdir()
    environment = {**os.environ, "AICS_WITNESS_CONFIG": str(folder / "witness.json")}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [CLIENT / "aics-witness", *arguments],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    run("init", "--name", "witness.example/w1")
    run("add-log", "--origin", origin, "--vkey", key)
    stated = json.loads(run("status", "--json"))
    public = stated.get("vkey") or stated["witness"]["vkey"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [str(CLIENT / "aics-witness"), "serve", "--listen", f"127.0.0.1:{port}"]
    with (
        httpx.Client() as http,
        subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process,
    ):
        try:
            for _ in range(400):
                try:
                    http.get(f"{url}/healthz")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield url, public
        finally:
            process.terminate()


def test_a_witness_of_others_cosigns_and_refuses_a_fork(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.seal() == 0
    with real_witness(tmp_path / "w", ORIGIN, str(site.public_key)) as (url, key):
        assert site.seal("--witness", f"{key}={url}") == 0
        assert "cosigned by witness.example/w1" in capsys.readouterr().out
        site.publish(*(f"s{number}" for number in range(9)))
        site.build()
        assert site.seal("--witness", f"{key}={url}") == 0
        assert "cosigned by witness.example/w1" in capsys.readouterr().out
        fork = make_site(tmp_path / "fork")
        fork.publish(*(f"other{number}" for number in range(30)))
        fork.build()
        assert fork.seal("--witness", f"{key}={url}") == 2
        assert "does not cosign" in capsys.readouterr().err
        assert not (fork.log / "checkpoint").exists()


def test_the_workflow_seals_with_its_secrets(site: Site, tmp_path: Path) -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())
    (step,) = (s for s in workflow["jobs"]["seal"]["steps"] if "seal" in s.get("run", ""))
    deploy = write_key(tmp_path / "deploy.pem", 4)
    roots = site.registry.root / "trust"
    own = ["--key", str(site.key), "--sign", str(site.key), "--online", str(deploy)]
    assert cli.run(["trust", "init", "--dir", str(roots), *own]) == 0
    for keys, signs_trust in (
        ({"DEPLOY_KEY": ""}, False),
        ({"DEPLOY_KEY": deploy.read_text()}, True),
    ):
        shell = 'mcp-registry() { command mcp-registry "$@" --first --out "$OUT"; }\n' + step["run"]
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {
            **os.environ, "PATH": path, "OUT": str(site.out), "LOG_KEY": site.key.read_text(), **keys
        }  # fmt: skip
        subprocess.run(["bash", "-ec", shell], cwd=site.registry.root, env=environment, check=True)
        assert (site.log.parent / "manifest/list").exists()
        assert (site.log.parent / "trust/timestamp.json").exists() == signs_trust


def test_a_site_of_before_the_log_was_never_signed(site: Site, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "index.json").write_text('{"resources": []}')
    assert site.seal(previous=str(old)) == 0
