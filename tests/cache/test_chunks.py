"""Pieces: nothing is lost, none is too large, and one item more or less changes few of them."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.cache.chunks import pieces

SIZE = 8
names = st.lists(st.text(max_size=4), unique=True, max_size=200).map(sorted)


def cut(items: list[str]) -> list[list[str]]:
    return list(pieces(items, SIZE, lambda item: item))


@given(names)
def test_pieces_hold_everything_in_order_and_are_of_even_size(items: list[str]) -> None:
    found = cut(items)
    assert [item for piece in found for item in piece] == items
    assert all(SIZE / 2 <= len(piece) <= 2 * SIZE for piece in found[:-1])
    assert all(piece for piece in found)


@given(names, st.text(max_size=4))
def test_before_a_new_item_nothing_changes(items: list[str], new: str) -> None:
    before, after = cut(items), cut(sorted({*items, new}))
    untouched = [piece for piece in before[:-1] if piece[-1] < new][:-1]
    assert after[: len(untouched)] == untouched


def test_a_new_item_changes_few_pieces() -> None:
    items = [f"server-{number:05}" for number in range(20_000)]
    before = {tuple(piece) for piece in cut(items)}
    changed = [
        len({tuple(piece) for piece in cut(sorted([*items, f"server-{number:05}x"]))} - before)
        for number in range(0, 20_000, 1_000)
    ]
    assert max(changed) < 0.02 * len(before)


@given(names, st.integers(1, 40))
def test_heavy_items_fill_a_piece(items: list[str], weight: int) -> None:
    found = list(pieces(items, SIZE, lambda item: item, lambda _: weight))
    assert all(len(piece) == 1 or len(piece) * weight <= 2 * SIZE for piece in found)


def test_a_piece_ends_at_half_the_size_if_its_names_say_so_else_at_twice_the_size() -> None:
    texts = [f"name {number}" for number in range(1_000)]
    lengths = [
        {len(piece) for piece in pieces(range(32 * SIZE), SIZE, partial(_same, text))}
        for text in texts
    ]
    assert all(found in ({SIZE // 2}, {2 * SIZE}) for found in lengths)
    # Of SIZE names two say so: from half the size on, the next is met after another half.
    assert lengths.count({SIZE // 2}) / len(texts) == pytest.approx(2 / SIZE, abs=0.03)


def _same(text: str, _item: object) -> str:
    return text
