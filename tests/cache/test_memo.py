"""What one build keeps for the next: values that nobody reads stay bytes, and few blocks are renewed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest

from builder.cache.memo import Memo, MemoRecord
from builder.cache.store import Cache, UnusableCache

MANY = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(200)]


def test_a_value_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    record = kept(cache, MemoRecord(), MANY)
    memo = Memo(cache, record)
    assert [memo.value("size", inputs, never) for inputs in MANY] == [
        [len(MANY), inputs] for inputs in MANY
    ]
    assert memo.save() == record


def test_one_new_value_renews_one_block_and_the_index(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    record = kept(cache, MemoRecord(), MANY[1:])
    renewed = kept(cache, record, MANY)
    assert len({*renewed.blocks} - {*record.blocks}) == 1
    assert renewed.index != record.index
    assert kept(cache, renewed, MANY[1:]).blocks == record.blocks  # what is not asked for goes


def test_what_is_kept_without_being_asked_for_is_not_read(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    record = kept(cache, MemoRecord(), MANY)
    for block in record.blocks:
        (tmp_path / "blocks" / block).unlink()
    memo = Memo(cache, record)
    for inputs in MANY:
        memo.keep("size", inputs)
    memo.keep("size", "0" * 64)  # which there is not
    assert memo.save() == record
    with pytest.raises(UnusableCache):
        memo.value("size", MANY[0], never)


def test_blocks_of_a_few_kinds_stay_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, kinds = Cache(tmp_path), ["a", "b", "c", "d", "e", "f"]
    memo = Memo(cache, MemoRecord())
    for kind in kinds:
        memo.value(kind, MANY[0], partial(made, kind))
    record = memo.save()
    read, real = list[str](), Cache.read

    def counted(self: Cache, digest: str) -> bytes:
        read.append(digest)
        return real(self, digest)

    monkeypatch.setattr(Cache, "read", counted)
    memo = Memo(cache, record)
    for kind in [*kinds, *kinds, "f", "e", "f"]:
        assert memo.value(kind, MANY[0], never) == made(kind)
    assert len(read) == 1 + 2 * len(kinds)  # the index; the last two kinds are there
    assert memo.save() == record


def kept(cache: Cache, record: MemoRecord, asked: Iterable[str]) -> MemoRecord:
    memo = Memo(cache, record)
    for inputs in asked:
        memo.value("size", inputs, partial(made, inputs))
    return memo.save()


def made(inputs: str) -> list[object]:
    return [len(MANY), inputs]


def never() -> list[object]:
    raise AssertionError("made again")
