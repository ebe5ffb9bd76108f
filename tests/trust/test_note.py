"""Signed notes and cosignatures: published examples, and what is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from builder.model import timestamp
from builder.trust import checkpoint, note, proof, seal
from builder.trust.checkpoint import TreeHead
from builder.trust.note import Note
from builder.trust.seal import LogKey
from builder.trust.tiles import ProofError

# The example of Go's package for notes (golang.org/x/mod/sumdb/note).
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
HEAD = TreeHead(origin="registry.example.com", size=7, root=b"r" * 32)


def test_the_example_of_go_verifies() -> None:
    key = note.read_key(NEUMANN)
    read = note.read_note(EXAMPLE.encode())
    note.require(read, key)
    assert (str(key), str(read)) == (NEUMANN, EXAMPLE)


@pytest.mark.parametrize(
    "altered",
    [
        EXAMPLE.replace("answer", "solution"),
        EXAMPLE.replace("PeterNeumann x08", "PaulNeumann x08"),
        EXAMPLE.replace("\n\n", "\n"),
        EXAMPLE.removesuffix("\n"),
        EXAMPLE.replace("x08go/", "x18go/"),
        EXAMPLE.replace("is the", "is\tthe"),
        EXAMPLE.replace("— ", "- "),
        EXAMPLE.replace("=\n", "\n"),
        "",
        "\n\n",
    ],
)
def test_an_altered_note_is_refused(altered: str) -> None:
    with pytest.raises(ProofError):
        note.require(note.read_note(altered.encode()), note.read_key(NEUMANN))


@given(st.binary(max_size=200))
def test_no_bytes_break_a_reader(body: bytes) -> None:
    for read in (note.read_note, proof.read):
        with pytest.raises(ProofError):
            read(body)


@pytest.mark.parametrize(
    "text", ["", "a", "a+b", "a b+00000000+AA==", NEUMANN[:-1], NEUMANN.replace("c74f", "c74e")]
)
def test_a_text_that_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ProofError):
        note.read_key(text)


def test_a_cosignature_says_when_and_is_of_its_own_kind() -> None:
    witness = note.key_of("witness.example", PRIVATE, note.COSIGNATURE)
    line = note.cosign(HEAD.text, witness, PRIVATE, 1_700_000_000)
    assert note.verify(Note(HEAD.text, (line,)), [witness]) == {witness: 1_700_000_000}
    same_name = note.key_of("witness.example", PRIVATE)
    assert note.verify(Note(HEAD.text, (line,)), [same_name]) == {}


def test_a_checkpoint_of_another_log_is_refused_although_the_key_signed_it() -> None:
    key = note.key_of("other.example.com", PRIVATE)
    signed = Note(HEAD.text, (note.sign(HEAD.text, key, PRIVATE),))
    with pytest.raises(ProofError, match=r"of registry\.example\.com, not of other"):
        checkpoint.read_signed(str(signed).encode(), key)


def test_signing_is_a_function_of_key_and_text() -> None:
    key = note.key_of(HEAD.origin, PRIVATE)
    assert note.sign(HEAD.text, key, PRIVATE) == note.sign(HEAD.text, key, PRIVATE)


@given(st.integers(0, 2**64 - 1))
def test_a_time_that_a_witness_signs_can_be_written_or_is_refused(time: int) -> None:
    witness = note.key_of("witness.example", PRIVATE, note.COSIGNATURE)
    signed = Note(HEAD.text, (note.cosign(HEAD.text, witness, PRIVATE, time),))
    try:
        (said,) = note.verify(signed, [witness]).values()
    except ProofError:
        assert time > timestamp.LAST_SECOND
    else:
        assert timestamp.parse(timestamp.render(said * timestamp.SECOND)) == time * timestamp.SECOND


def test_a_tree_that_is_cosigned_every_day_stays_a_note() -> None:
    """Each witness signs another time whenever it is asked: the newest of each stands."""
    log = LogKey(PRIVATE, note.key_of(HEAD.origin, PRIVATE))
    names = ("w0.example", "w1.example")
    witnesses = [note.key_of(name, PRIVATE, note.COSIGNATURE) for name in names]
    body = str(seal.seal(HEAD, log)).encode()
    for day in range(note.MAX_SIGNATURES):
        lines = [note.cosign(HEAD.text, witness, PRIVATE, day) for witness in witnesses]
        before = seal.still_good(note.read_note(body), HEAD, witnesses)
        body = str(seal.seal(HEAD, log, [*before, *lines])).encode()
    read = note.read_note(body)
    assert note.verify(read, witnesses) == dict.fromkeys(witnesses, day)
    assert len(read.signatures) == 3


def test_more_witnesses_than_a_note_has_lines_are_refused() -> None:
    log = LogKey(PRIVATE, note.key_of(HEAD.origin, PRIVATE))
    lines = [
        note.cosign(
            HEAD.text, note.key_of(f"w{number}", PRIVATE, note.COSIGNATURE), PRIVATE, number
        )
        for number in range(note.MAX_SIGNATURES)
    ]
    note.read_note(str(seal.seal(HEAD, log, lines[1:])).encode())
    with pytest.raises(ProofError, match="63 witnesses, and these are 64"):
        seal.seal(HEAD, log, lines)
