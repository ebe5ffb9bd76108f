"""What is mutable is vouched for: each attack is refused with its reason, and nothing of it is stored."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from tests.local_server import Reply
from tests.trust.trusted_sites import (
    OWN,
    TRUST,
    Mirror,
    Trusted,
    pull,
)


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


@pytest.mark.parametrize("is_trusted", [True, False])
def test_an_entity_tag_that_cannot_be_sent_back_bars_nothing(
    is_trusted: bool, mirror: Mirror, tmp_path: Path
) -> None:
    if not is_trusted:
        mirror.files = {
            path: body for path, body in mirror.files.items() if not path.startswith(TRUST)
        }
    path = f"{TRUST}/timestamp.json" if is_trusted else f"{OWN}/head.json"
    body = mirror.files[path]
    assert isinstance(body, bytes)
    mirror.files[path] = Reply(body, headers={"ETag": '"\xe9\xff"'})
    for _ in range(2):
        assert pull(mirror, tmp_path / "copy.jsonl") == 0


@pytest.mark.parametrize("status", [204, 206, 304, 500])
def test_a_root_that_is_kept_back_oddly_is_not_taken_for_none(
    status: int, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    mirror.files[f"{TRUST}/1.root.json"] = Reply(b"", status)
    assert pull(mirror, tmp_path / "first.jsonl") == 2
    assert not list(tmp_path.glob("*first*"))
