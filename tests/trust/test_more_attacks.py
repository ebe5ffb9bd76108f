"""What a host may try beside lies about single files: hidden states, old roots, ways that lead elsewhere, bombs."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from builder.trust import leaf, note, tiles
from builder.trust.checkpoint import read_signed
from builder.trust.note import Note
from tests.local_server import Reply, serving
from tests.trust.sites import LOG, Site, lying_server, make_site
from tests.trust.test_verify import verify
from tests.trust.trusted_sites import OWN, TRUST, Mirror, Trusted, pull

OVERLAY = {"servers/com.example/one/overlay.yaml": "notes: Ask us first.\n"}


def test_a_state_that_is_hidden_among_later_entries_is_missed(
    trusted: Trusted, mirror: Mirror, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Between the newest state and the end stand entries that change none: one of them is a state in disguise."""
    trusted.site.publish("three")
    trusted.site.registry.commit(OVERLAY)
    assert trusted.deploy() == 0
    files = trusted.files()
    path = next(path for path in files if path.startswith(f"{LOG}/tile/entries/"))
    entries = tiles.entries_of(files[path])
    kinds = [leaf.read(entry).kind for entry in entries]
    assert kinds[-2:] == ["state", "overlay"]
    entries[-2] = entries[-1]
    mirror.files = {**files, path: tiles.bundle(entries)}
    before = copy.read_bytes()
    capsys.readouterr()
    assert pull(mirror, copy) == 2
    assert (
        "entry 4 of the registry's log does not lead to its signed root" in capsys.readouterr().err
    )
    assert copy.read_bytes() == before


def test_who_has_followed_a_rotation_takes_nothing_of_the_key_before(
    trusted: Trusted, mirror: Mirror, copy: Path, newer: dict[str, bytes], now: list[int],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The deploy's key was stolen and then replaced: what it signs, later than all else, is refused."""
    signed = ["--sign", trusted.key("alice"), "--sign", trusted.key("bob")]
    assert trusted.trust("rotate", "--online", trusted.key("other"), *signed) == 0
    trusted.site.publish("four")
    assert trusted.deploy(online="other") == 0
    mirror.files = dict(trusted.files())
    assert pull(mirror, copy) == 0
    before = copy.read_bytes()
    for stolen in (newer, {**mirror.files, **only_timestamp(newer)}):
        mirror.files = dict(stolen)
        capsys.readouterr()
        assert pull(mirror, copy) == 2
        assert "not signed by the keys that its root names" in capsys.readouterr().err
        assert copy.read_bytes() == before


def only_timestamp(files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{TRUST}/timestamp.json": files[f"{TRUST}/timestamp.json"]}


@pytest.mark.parametrize(
    "name", [f"{TRUST}/timestamp.json", f"{OWN}/head.json", f"{LOG}/checkpoint"]
)
@pytest.mark.parametrize("codings", ["gzip", "gzip, gzip"])
def test_an_answer_that_unpacks_without_an_end_is_cut_off(
    name: str, codings: str, mirror: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("time.sleep", lambda _: None)
    bomb = bytes(1 << 26)
    for _ in codings.split(","):
        bomb = gzip.compress(bomb, 1)
    mirror.files[name] = Reply(bomb, headers={"Content-Encoding": codings})
    assert pull(mirror, tmp_path / "first.jsonl") == 2
    assert "more than 1,048,576 bytes" in capsys.readouterr().err
    assert not list(tmp_path.glob("*first*"))


def test_ways_that_lead_in_a_circle_or_elsewhere_prove_nothing(
    mirror: Mirror, newer: dict[str, bytes], copy: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("time.sleep", lambda _: None)
    before = copy.read_bytes()
    name = f"{TRUST}/timestamp.json"
    mirror.files[name] = Reply(b"", 302, {"Location": f"/{name}"})
    assert pull(mirror, copy) == 2
    assert "redirects more than 5 times" in capsys.readouterr().err
    # Another host's answer counts as far as it is signed, and no farther.
    with serving(lambda request: Reply(newer.get(request.path.lstrip("/"), b"{}"))) as other:
        mirror.files[name] = Reply(b"", 302, {"Location": f"{other.url}/{name}"})
        assert pull(mirror, copy) == 2
        assert copy.read_bytes() == before
        mirror.files = {**newer, name: mirror.files[name]}
        assert pull(mirror, copy) == 0
    assert b"com.example/three" in copy.read_bytes()


def test_a_checkpoint_may_have_more_lines_but_none_that_nobody_signed(tmp_path: Path) -> None:
    """An extension (C2SP tlog-checkpoint) is signed with the rest; a line that is put in is not."""
    site = sealed(tmp_path)
    key = site.public_key
    signed = note.read_note((site.log / "checkpoint").read_bytes())
    text = f"{signed.text}extension\n"
    longer = Note(text, (note.sign(text, key, private_of(site)),))
    head, _ = read_signed(str(longer).encode(), key)
    assert head == read_signed(str(signed).encode(), key)[0]
    for altered in (f"{signed.text}extension\n", signed.text.replace("\n", "\n0\n", 1)):
        with pytest.raises(tiles.ProofError, match=r"signature of .* is wrong"):
            read_signed(str(Note(altered, signed.signatures)).encode(), key)


def test_a_cosignature_of_another_tree_is_no_word_of_the_witness(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fork with the log's own key carries the witness's line of the true log."""
    site, fork = sealed(tmp_path / "true"), make_site(tmp_path / "fork")
    witness = note.key_of("witness.example", private_of(site), note.COSIGNATURE)
    truth = note.read_note((site.log / "checkpoint").read_bytes())
    line = note.cosign(truth.text, witness, private_of(site), 1_700_000_000)
    fork.publish("one", "other")
    fork.build()
    assert fork.seal() == 0
    forged = note.read_note((fork.log / "checkpoint").read_bytes())
    both = Note(forged.text, (*forged.signatures, line))
    (fork.log / "checkpoint").write_bytes(str(both).encode())
    with lying_server(fork) as server:
        assert verify(server, "--witness", str(witness), target="com.example/one") == 2
    assert "signature of witness.example is wrong" in capsys.readouterr().err


def sealed(folder: Path) -> Site:
    site = make_site(folder)
    site.publish("one", "two")
    site.build()
    assert site.seal() == 0
    return site


def private_of(site: Site) -> Ed25519PrivateKey:
    key = load_pem_private_key(site.key.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key
