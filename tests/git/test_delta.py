"""What a delta of git's makes of its base: put together anew, and as edits of it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder.git import delta
from builder.git.packs import PackError

BASE = bytes(range(256)) * 4
Instruction = tuple[int, int] | bytes
"""Where a copy starts and how many bytes it takes, or bytes that are added."""

instructions = st.lists(
    st.tuples(st.integers(0, 700), st.sampled_from((1, 100, 128, 129, 300)))
    | st.binary(min_size=1, max_size=20),
    max_size=8,
)


@example(made=[(0, 300), (290, 300), b"x", (600, 128)])  # some bytes twice
@example(made=[(500, 300), (0, 300)])  # another order
@example(made=[(0, 300), (700, 20), (300, 300)])  # some bytes from elsewhere
@given(made=instructions)
def test_edits_make_what_the_delta_makes(made: list[Instruction]) -> None:
    data = b"\x80\x08\x01" + b"".join(map(_written, made))
    whole = b"".join(BASE[one[0] : sum(one)] if isinstance(one, tuple) else one for one in made)
    assert delta.apply(BASE, data).content == whole
    edits = delta.edits(bytearray(BASE), data)
    if edits is None:
        long = [one for one in made if isinstance(one, tuple) and one[1] >= 128]
        assert any(later[0] < sum(before) for before, later in pairwise(long))
        return
    edited = bytearray(BASE)
    for start, stop, new in reversed(edits):
        edited[start:stop] = new
    assert edited == whole


LARGE = bytes(range(251)) * 2_000
WHOLE = 0x10000
copies = st.tuples(
    st.sampled_from((0, 1, 7, 0x100, 0x2F00, WHOLE, WHOLE + 1, 3 * WHOLE)),
    st.integers(1, 6),
    st.integers(0, 2),
)


@given(runs=st.lists(st.one_of(copies, st.binary(min_size=1, max_size=3)), max_size=4))
def test_copies_that_go_on_from_each_other_are_one(
    runs: list[tuple[int, int, int] | bytes],
) -> None:
    """Git copies 64 KiB at most at once: each run is so many of these, written as git does or with zeros."""
    data, whole = b"\x90\xa1\x1e\x01", b""
    for run in runs:
        if isinstance(run, bytes):
            data, whole = data + _written(run), whole + run
            continue
        start, count, zeros = run
        for at in range(start, min(start + count * WHOLE, len(LARGE) - WHOLE), WHOLE):
            data, whole = data + _whole_copy(at, zeros), whole + LARGE[at : at + WHOLE]
    assert delta.apply(LARGE, data).content == whole
    edits = delta.edits(bytearray(LARGE), data)
    if edits is not None:
        edited = bytearray(LARGE)
        for start, stop, new in reversed(edits):
            edited[start:stop] = new
        assert edited == whole


def _whole_copy(start: int, zeros: int) -> bytes:
    """Write a copy of 64 KiB; with `zeros` also bytes of its start that are zero, or of its size."""
    bytes_of_start = start.to_bytes(3, "little")
    bits = [zeros == 1 or byte != 0 for byte in bytes_of_start]
    code = 0x80 | sum(bit << number for number, bit in enumerate(bits))
    written = bytes(byte for byte, bit in zip(bytes_of_start, bits, strict=True) if bit)
    return bytes([code | 0x40 * (zeros == 2)]) + written + b"\x01" * (zeros == 2)


def _written(one: Instruction) -> bytes:
    if isinstance(one, bytes):
        return bytes([len(one)]) + one
    start, size = one
    return bytes([0x80 | 0x33, start & 255, start >> 8, size & 255, size >> 8])


@pytest.mark.parametrize("instructions", [b"\x00", b"\x91\x00\x20", b"\x91\x09\x09"])
def test_what_is_no_delta_is_refused(instructions: bytes) -> None:
    data = b"\x0a\x05" + instructions
    with pytest.raises(PackError):
        delta.apply(b"0123456789", data)
    with pytest.raises(PackError):
        delta.edits(bytearray(b"0123456789"), data)
