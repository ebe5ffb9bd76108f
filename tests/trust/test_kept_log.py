"""The log that a copy was verified by: the next one extends it, and what it does not state is not stored."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from builder import cli
from builder.model.errors import RemoteError
from builder.pull import kept_log
from builder.pull.registry import connect
from builder.pull.sqlite_store import open_database
from builder.pull.staging import staged
from builder.pull.state_check import require_state
from builder.runtime import atomic
from builder.trust import flat, leaf, merkle, seal
from builder.trust.checkpoint import TreeHead
from builder.trust.tiles import WIDTH, bundle, bundle_path
from tests.local_server import NOT_FOUND, Reply, Request, serving
from tests.trust.sites import LOG, ORIGIN, make_site
from tests.trust.trusted_sites import (
    OWN,
    TRUST,
    Mirror,
    Trusted,
    pull,
    renew,
)


def test_a_copy_with_its_log_is_proved_without_the_registry(
    trusted: Trusted,
    mirror: Mirror,
    copy: Path,
    now: list[int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["verify", "com.example/one", "--from", str(copy)]) == 2
    assert "no log is kept with this copy" in capsys.readouterr().err
    assert pull(mirror, copy, "--proofs") == 0
    renew(trusted, mirror, now, "three")
    mirror.files = dict(trusted.files())
    assert pull(mirror, copy, "--proofs") == 0
    mirror.files = {}
    key = str(trusted.site.public_key)
    for target in ("com.example/one", "com.example/three@1.0.0"):
        assert cli.run(["verify", target, "--from", str(copy), "--key", key]) == 0
    told = capsys.readouterr().out
    assert "entry 0 of the log registry.example.com" in told
    assert "in the tree of 5 entries" in told
    assert cli.run(["verify", "com.example/none", "--from", str(copy)]) != 0
    copy.write_bytes(copy.read_bytes().replace(b"Tells the weather", b"Tells the future"))
    assert cli.run(["verify", "com.example/one", "--from", str(copy), "--key", key]) == 2
    assert "not what was published" in capsys.readouterr().err


def test_a_kept_log_takes_no_other_history(
    mirror: Mirror, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a root of trust the log's key is the first one seen, and its history only grows."""
    plain = {path: body for path, body in mirror.files.items() if not path.startswith(TRUST)}
    mirror.files = plain
    held = tmp_path / "held.db"
    assert pull(mirror, held, "--proofs") == 0
    kept = (held.with_name("held.db.trust") / "log/checkpoint").read_bytes()
    fork = make_site(tmp_path / "fork")
    fork.publish("one", "other")
    fork.build()
    assert fork.seal() == 0
    forked = {
        path.relative_to(fork.out).as_posix(): path.read_bytes()
        for path in fork.log.rglob("*")
        if path.is_file()
    }
    mirror.files = {**plain, **forked}
    assert pull(mirror, held, "--proofs") == 2
    assert "does not extend" in capsys.readouterr().err
    assert (held.with_name("held.db.trust") / "log/checkpoint").read_bytes() == kept
    mirror.files = {**plain, f"{LOG}/checkpoint": plain[f"{LOG}/checkpoint"][:-9]}  # type: ignore[index]
    assert pull(mirror, held, "--proofs") == 2
    assert pull(mirror, copy, "--proofs", "--insecure") == 2


def test_a_log_that_has_no_end_is_refused(
    trusted: Trusted, mirror: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a root of trust a host signs what it likes: it must not fill memory or disk."""
    own = seal.log_key(ORIGIN, load_pem_private_key(trusted.site.key.read_bytes(), None))
    endless = seal.seal(TreeHead(origin=ORIGIN, size=10**15, root=bytes(32)), own)
    mirror.files = {path: body for path, body in mirror.files.items() if not path.startswith(TRUST)}
    mirror.files[f"{LOG}/checkpoint"] = str(endless).encode()
    assert pull(mirror, tmp_path / "held.db", "--proofs") == 2
    assert "too many for 2 changes" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["jsonl", "db"])
def test_what_the_log_does_not_state_is_not_stored(
    kind: str,
    mirror: Mirror,
    newer: dict[str, bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whoever held the deploy's keys for a while, or this machine's disk, changed what is here."""
    copy = tmp_path / f"copy.{kind}"
    assert pull(mirror, copy) == 0
    alter(copy)
    before = {path: path.read_bytes() for path in tmp_path.glob("*copy*") if path.is_file()}
    mirror.files = dict(newer)
    for _ in range(2):
        assert pull(mirror, copy) == 2
        assert "does not hold what the registry's log states" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.glob("*copy*") if path.is_file()} == before
    assert pull(mirror, copy.with_name("new.db")) == 0


def alter(copy: Path) -> None:
    """Delete a version of a copy that its registry has not deleted."""
    if copy.suffix == ".jsonl":
        copy.write_bytes(copy.read_bytes().replace(b'"status":"active"', b'"status":"deleted"', 1))
        return
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute("UPDATE versions SET status = 'deleted' WHERE name = 'com.example/one'")


@pytest.mark.parametrize("arguments", [(), ("--proofs",)])
def test_a_second_log_of_one_size_is_refused(
    arguments: tuple[str, ...],
    trusted: Trusted,
    mirror: Mirror,
    tmp_path: Path,
    now: list[int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The operator shows two people two histories, each with every key: same size, same last event."""
    fork = Trusted(make_site(tmp_path / "fork"), trusted.folder)
    fork.site.publish("one", "other")
    for made in (trusted, fork):
        made.site.publish("three")
        assert made.deploy() == 0
        now[0] += 5
    ours, theirs = trusted.files(), fork.files()
    head = f"{OWN}/head.json"
    for name in ("event", "sequence"):
        assert orjson.loads(ours[head])[name] == orjson.loads(theirs[head])[name]
    mirror.files = dict(ours)
    copy = tmp_path / "copy.jsonl"
    assert pull(mirror, copy, *arguments) == 0
    before = copy.read_bytes()
    mirror.files = dict(theirs)
    for _ in range(2):
        assert pull(mirror, copy, *arguments) == 2
        assert "the log of 5 entries does not extend the one of 5" in capsys.readouterr().err
        assert copy.read_bytes() == before
    assert pull(mirror, copy.with_name("new.db"), *arguments) == 0  # who never saw the other one


def test_a_log_that_states_nothing_is_given_up(mirror: Mirror, tmp_path: Path) -> None:
    """Whose root was trusted names a log of 2**32 entries: its last one is proved, and no state follows."""
    time = "2026-01-01T00:00:00Z"
    entry = leaf.event(
        sequence=2, time=time, kind="published", name="a/b", version="1", sha256="0" * 64
    )
    digest = merkle.leaf_hash(entry)
    tiles = {}
    for level in range(4):
        tiles[str(level)] = digest * WIDTH
        digest = flat.root(tiles[str(level)])
    checkpoint = (
        f"{TreeHead(origin=ORIGIN, size=WIDTH**4, root=digest).text}\n— a AAAAAAA=\n".encode()
    )
    files = {"log/checkpoint": checkpoint}
    endless = bundle([entry] * WIDTH)

    def answer(request: Request) -> Reply:
        path = request.path.partition(f"/{OWN}/")[2]
        _, _, level, *_ = [*path.split("/"), "", ""]
        if path.startswith("log/tile/"):
            return Reply(endless if level == "entries" else tiles[level])
        body = files.get(path) or mirror.files.get(request.path.lstrip("/"))
        return Reply(body) if isinstance(body, bytes) else NOT_FOUND

    with serving(answer) as server, connect(server.url, 1 << 20) as registry:
        copy = tmp_path / "copy.db"
        assert cli.run(["pull", mirror.url, "--out", str(copy)]) == 0
        with open_database(copy) as database, staged(database) as staging:
            sha256 = hashlib.sha256(checkpoint).hexdigest()
            with pytest.raises(
                RemoteError, match="the registry's log has more than 1,048,576 bytes"
            ):
                require_state(registry, staging, sha256, None)
        assert len(server.requests) < 50


def signed_log(seed: int, leaves: list[bytes]) -> tuple[str, bytes, bytes, dict[str, bytes]]:
    """A log of one bundle as `kept_log.write` takes it: key, checkpoint, hashes, bundles."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    hashes = flat.leaf_hashes(leaves)
    head = TreeHead(origin=ORIGIN, size=len(leaves), root=flat.root(hashes))
    key = seal.log_key(ORIGIN, private)
    bundles = {bundle_path(0, len(leaves)): bundle(leaves)}
    return str(key.public), str(seal.seal(head, key)).encode(), hashes, bundles


@pytest.mark.parametrize(
    "leaves", [[b"a", b"b", b"c"], [b"x", b"y"]], ids=["grown", "another-history-of-the-same-size"]
)
def test_a_kept_log_is_one_or_the_other_wherever_a_run_is_killed_that_takes_a_new_key(
    leaves: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = signed_log(1, [b"a", b"b"]), signed_log(2, leaves)
    whole = atomic.write
    for step in range(100):
        folder, left = tmp_path / str(step), iter(range(step))
        kept_log.write(folder, *old)

        def killed(path: Path, data: bytes, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt
            whole(path, data)

        with monkeypatch.context() as patched:
            patched.setattr(atomic, "write", killed)
            try:
                kept_log.write(folder, *new)
            except KeyboardInterrupt:
                finished = False
            else:
                finished = True
        held = kept_log.open_kept(folder)
        assert held and held.body in (old[1], new[1])
        kept_log.write(folder, *new)
        again = kept_log.open_kept(folder)
        assert again and again.body == new[1] and again.tree.root() == again.head.root
        assert [again.tree.entry(number) for number in range(len(leaves))] == leaves
        assert (folder / "key").read_text() == f"{new[0]}\n"
        if finished:
            break
    assert finished
