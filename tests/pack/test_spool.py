"""Documents on their way into packs: in the order of their keys, each path once, and never by halves."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from builder.build.packing import pack_site
from builder.output.writer import Conflict
from builder.pack import file, spool
from builder.pack.key import key
from builder.pack.reader import PackedSite
from builder.pack.spool import SpoolReader, key_of, weight_of
from builder.runtime import deflate

LARGE = Random(1).randbytes(file.LARGEST)
SIDE, PACKED = ".hosts/x.conf", "v0.1/servers/index.json"


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    spool.begin(folder, {"json": b'{"servers":[]}', "html": b"<html>", "text": b"#"})
    return folder


def put(folder: Path, documents: Sequence[tuple[str, bytes]]) -> None:
    with spool.closing():
        for path, body in documents:
            spool.put(folder, path, body, "ab" * 32, replaces=path == PACKED)


def test_documents_come_back_in_the_order_of_their_keys(waiting: Path) -> None:
    documents = [(f"servers/a/s{number}/index.html", b"<html>%d" % number) for number in range(20)]
    put(waiting, [*documents, (PACKED, b"{}"), (SIDE, b"x"), ("large.bin", LARGE)])
    with closing(SpoolReader(waiting)) as reader:
        found = {reader.read(one).path: reader.read(one).body for one in reader.entries}
        assert found == {**dict(documents), PACKED: b"{}"}
        assert [*map(key_of, reader.entries)] == sorted(map(key, found))
        for one in reader.entries:
            path, replaces = reader.said(one)
            assert weight_of(one) == file.weight(path, len(reader.read(one).stored))
            assert replaces == (path == PACKED)
        assert sorted(reader.read(one).path for one in reader.beside) == [SIDE, "large.bin"]


def test_what_is_gzip_already_is_not_compressed_again(
    waiting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = deflate.gzip_member(b"{}" * 9_000)
    monkeypatch.setattr(deflate, "raw", pytest.fail)
    put(waiting, [("snapshot.jsonl.gz", body)])
    with closing(SpoolReader(waiting)) as reader:
        (document,) = map(reader.read, reader.entries)
    assert (document.stored, document.encoding, document.body) == (body, "", body)


@pytest.mark.parametrize(
    "documents",
    [
        [(PACKED, b"1"), (PACKED, b"2")],
        [(SIDE, b"1"), (SIDE, b"2")],
        [(PACKED, b"1"), (PACKED, LARGE)],
    ],
    ids=["in packs", "beside them", "one too large for a pack"],
)
def test_no_two_documents_have_one_path(
    documents: list[tuple[str, bytes]], waiting: Path, tmp_path: Path
) -> None:
    put(waiting, [("index.json", b"{}"), *documents])
    with pytest.raises(Conflict, match="two pages want the path"):
        pack_site(waiting, tmp_path / "site", None, frozenset())


def test_a_site_of_few_documents_is_whole(waiting: Path, tmp_path: Path) -> None:
    documents = {"index.json": b"{}", PACKED: b'{"servers":[]}' * 9, SIDE: b"x"}
    put(waiting, [*documents.items()])
    written = pack_site(waiting, tmp_path / "site", None, frozenset())
    assert {"index.json", SIDE} < set(written)
    (packed,) = PackedSite(tmp_path / "site").documents()
    assert (packed.path, packed.body) == (PACKED, documents[PACKED])


def test_a_disk_that_takes_a_part_is_full(waiting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Short:
        name = "short"

        def tell(self) -> int:
            return 0

        def write(self, data: bytes) -> int:
            return len(data) - 1

    monkeypatch.setitem(spool._open, waiting, spool._Spool(Short(), Short(), {}))  # type: ignore[arg-type]
    with pytest.raises(OSError, match="No space left"):
        spool.put(waiting, "a", b"1", "ab" * 32, replaces=False)
