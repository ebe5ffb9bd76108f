"""What is mutable is vouched for: each attack is refused with its reason, and nothing of it is stored."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from copy import copy as duplicate
from pathlib import Path
from threading import Event

import orjson
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from builder import cli
from builder.trust import seal
from builder.trust.checkpoint import TreeHead
from tests.local_server import Reply
from tests.trust.sites import LOG, ORIGIN, Site, make_site
from tests.trust.trusted_sites import (
    OWN,
    TRUST,
    Mirror,
    Trusted,
    clock,
    make_trusted,
    serving_files,
)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seconds that the deploy's clock is ahead: two deploys in one second would be one version."""
    ahead = [0]
    clock(monkeypatch, ahead)
    return ahead


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Trusted:
    made = make_trusted(tmp_path_factory.mktemp("deployed"))
    made.site.publish("one", "two")
    assert made.deploy() == 0
    return made


@pytest.fixture
def trusted(deployed: Trusted, tmp_path: Path, now: list[int]) -> Trusted:
    """A copy of a site that was deployed once."""
    shutil.copytree(deployed.folder, tmp_path, dirs_exist_ok=True)
    registry = duplicate(deployed.site.registry)
    registry.root = tmp_path / registry.root.relative_to(deployed.folder)
    key = tmp_path / deployed.site.key.relative_to(deployed.folder)
    now[0] += 5
    return Trusted(Site(registry, key), tmp_path)


@pytest.fixture(scope="module")
def newer(deployed: Trusted, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the next deploy of that site."""
    folder = tmp_path_factory.mktemp("newer")
    with pytest.MonkeyPatch.context() as patch:
        clock(patch, [5])
        made = trusted.__wrapped__(deployed, folder, [0])  # type: ignore[attr-defined]
        made.site.publish("three")
        assert made.deploy() == 0
        files: dict[str, bytes] = made.files()
        return files


@pytest.fixture
def mirror(trusted: Trusted) -> Iterator[Mirror]:
    with serving_files(trusted.files()) as served:
        yield served


def pull(mirror: Mirror, copy: Path, *arguments: str) -> int:
    return cli.run(["pull", mirror.url, "--out", str(copy), *arguments])


@pytest.fixture
def copy(mirror: Mirror, tmp_path: Path) -> Path:
    path = tmp_path / "copy.jsonl"
    assert pull(mirror, path) == 0
    return path


def named(mirror: Mirror, ending: str) -> str:
    names = [path for path in mirror.files if path.startswith(TRUST) and path.endswith(ending)]
    return max(names)


def renew(trusted: Trusted, mirror: Mirror, now: list[int], *names: str) -> dict[str, bytes]:
    """Publish more and deploy; give the files, which the mirror does not have yet."""
    trusted.site.publish(*names)
    assert trusted.deploy() == 0
    now[0] += 5
    return trusted.files()


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


def attack_rollback(mirror: Mirror, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    mirror.files = dict(old)


def attack_mixed(mirror: Mirror, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    snapshot = next(
        path for path in new if path.startswith(TRUST) and path.endswith("snapshot.json")
    )
    earlier = next(
        path for path in old if path.startswith(TRUST) and path.endswith("snapshot.json")
    )
    mirror.files = {**new, snapshot: old[earlier]}


def attack_old_head(mirror: Mirror, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    mirror.files = {**old, **{path: new[path] for path in new if path.startswith(TRUST)}}


def attack_timestamp(mirror: Mirror, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    path = f"{TRUST}/timestamp.json"
    mirror.files = {**new, path: new[path].replace(b'"version":1', b'"version":9', 1)}


def attack_endless(mirror: Mirror, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    mirror.files = {**new, f"{TRUST}/timestamp.json": bytes(2_000_000)}


def attack_truncated(mirror: Mirror, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    path = f"{TRUST}/timestamp.json"
    mirror.files = {**new, path: new[path][:-20]}


def attack_gone(mirror: Mirror, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    mirror.files = {path: body for path, body in new.items() if not path.startswith(TRUST)}


def attack_swapped_shard(mirror: Mirror, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    lie = {path: bytes(100) for path in new if f"{OWN}/changes/" in path}
    mirror.files = {**new, **lie}


ATTACKS = {
    "rollback": (attack_rollback, "older than what was seen before"),
    "mix-and-match": (attack_mixed, "does not fit together"),
    "an old head": (attack_old_head, "not the head that the registry's trust metadata names"),
    "an altered timestamp": (attack_timestamp, "not signed by the keys"),
    "endless data": (attack_endless, "more than 1,048,576 bytes"),
    "truncated metadata": (attack_truncated, "is not what it should be"),
    "metadata gone": (attack_gone, "trust metadata cannot be had"),
    "a swapped shard": (attack_swapped_shard, "not the file that the registry names by its hash"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_and_nothing_of_it_is_stored(
    attack: str,
    trusted: Trusted,
    newer: dict[str, bytes],
    mirror: Mirror,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    old = trusted.files()
    copy = tmp_path / "copy.jsonl"
    new = newer
    if attack == "rollback":
        mirror.files = dict(new)
    assert pull(mirror, copy) == 0
    before = copy.read_bytes()
    play, reason = ATTACKS[attack]
    play(mirror, old, new)
    capsys.readouterr()
    assert pull(mirror, copy) == 2
    assert reason in capsys.readouterr().err
    assert copy.read_bytes() == before
    mirror.files = dict(new)
    assert pull(mirror, copy) == 0  # the truth is taken afterwards
    assert b"com.example/three" in copy.read_bytes()


def test_frozen_metadata_is_refused(
    trusted: Trusted, mirror: Mirror, copy: Path, now: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    now[0] = -3 * 24 * 3600  # signed three days ago, for two
    trusted.site.publish("three")
    assert trusted.deploy() == 0
    fresh = copy.with_name("fresh.jsonl")
    mirror.files = dict(trusted.files())
    capsys.readouterr()
    assert pull(mirror, fresh) == 2
    assert "has expired" in capsys.readouterr().err
    assert not fresh.exists()
    assert not fresh.with_name("fresh.jsonl.trust").exists()


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


def test_a_first_use_that_is_refused_leaves_nothing(
    trusted: Trusted, mirror: Mirror, newer: dict[str, bytes], tmp_path: Path
) -> None:
    """Trust metadata that holds does not make a root trusted whose registry is not what its log states."""
    entries = next(path for path in newer if path.startswith(f"{LOG}/tile/entries/"))
    mirror.files = {**newer, entries: newer[entries].replace(b"state", b"stale")}
    copy = tmp_path / "first.jsonl"
    assert pull(mirror, copy) == 2
    assert not list(tmp_path.glob("*first*"))


SLOW = ("timestamp.json", "head.json", "snapshot.jsonl.gz", "log/checkpoint")


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_answer_is_given_up(
    name: str, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.pull.trusted.SECONDS", 0.2)
    monkeypatch.setattr("builder.pull.registry.SECONDS", 0.2)
    monkeypatch.setattr("time.sleep", lambda _: None)
    released = Event()
    path = f"{TRUST if name == 'timestamp.json' else OWN}/{name}"
    mirror.files[path] = Reply(b"{}", before=lambda: released.wait(10))
    copy = tmp_path / "slow.jsonl"
    try:
        assert pull(mirror, copy) == 2
    finally:
        released.set()
    assert not copy.exists()


@pytest.mark.parametrize("name", ["head.json", "changes/index.json", "snapshot.jsonl.gz"])
def test_endless_data_is_cut_off(
    name: str, mirror: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror.files[f"{OWN}/{name}"] = bytes((1 << 20) + 1)
    copy = tmp_path / "endless.jsonl"
    more = ["--max-megabytes", "1"]
    expected = 0 if name == "changes/index.json" else 2  # a new copy needs no index
    assert pull(mirror, copy, *more) == expected
    assert copy.exists() == (expected == 0)
    if expected:
        assert "more than 1,048,576 bytes" in capsys.readouterr().err


def test_insecure_is_loud(mirror: Mirror, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mirror.files = {path: body for path, body in mirror.files.items() if not path.startswith(TRUST)}
    capsys.readouterr()
    assert pull(mirror, copy, "--insecure") == 0
    assert "WARNING: --insecure" in capsys.readouterr().err


def test_metadata_of_the_future_is_refused_and_bars_nothing(
    trusted: Trusted, mirror: Mirror, newer: dict[str, bytes], copy: Path, now: list[int],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """This machine's clock was set back, or a stolen key signed a version that nothing can follow."""
    trusted.site.build()
    own = ["--online", trusted.key("deploy"), "--roots", str(trusted.folder / "trust")]
    now[0] = 3 * 24 * 3600
    assert trusted.site.seal(*own) == 0
    mirror.files = dict(trusted.files())
    before = copy.read_bytes()
    for place in (copy, copy.with_name("new.db")):
        assert pull(mirror, place) == 2
        assert "signed later than this machine's clock" in capsys.readouterr().err
    assert copy.read_bytes() == before
    assert not copy.with_name("new.db.trust").exists()
    mirror.files = dict(newer)
    assert pull(mirror, copy) == 0


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


@pytest.mark.parametrize("kind", ["db", "jsonl"])
def test_nobody_waits_for_the_network_of_a_pull(
    kind: str, mirror: Mirror, newer: dict[str, bytes], tmp_path: Path
) -> None:
    """Whatever a run waits for, others read the copy, and a second run does all that the first does."""
    copy = tmp_path / f"copy.{kind}"
    assert pull(mirror, copy) == 0
    before = copy.read_bytes()
    others: list[int] = []

    def use_the_copy() -> None:
        if others or copy.read_bytes() != before:
            return
        if kind == "db":
            with closing(sqlite3.connect(copy, timeout=0, isolation_level=None)) as database:
                database.execute("BEGIN IMMEDIATE")
                database.execute("ROLLBACK")
        if len(mirror.requests or ()) == last:
            others.append(0)  # no more than one
            mirror.files = dict(newer)
            others[0] = pull(mirror, copy)

    mirror.files = dict(newer)
    asked = mirror.requests or []
    del asked[:]
    assert pull(mirror, tmp_path / f"count.{kind}", "--trust-root", root_of(copy)) == 0
    last = len(asked) - 1
    del asked[:]
    mirror.files = {path: Reply(body, before=use_the_copy) for path, body in newer.items()}
    assert pull(mirror, copy) == 0
    assert others == [0]
    assert b"com.example/three" in copy.read_bytes()
    assert pull(mirror, copy) == 0


def root_of(copy: Path) -> str:
    return str(copy.with_name(f"{copy.name}.trust") / "root.json")
