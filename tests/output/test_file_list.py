"""Files of a maker as rows: nothing is lost, and blocks of the cache keep what they are read from."""

from __future__ import annotations

from pathlib import Path

from builder.build import page_files
from builder.build.page_files import PageFiles
from builder.build.site_changes import SiteChanges
from builder.cache.store import Cache
from builder.output.file_list import FileList, SiteFile, of_files
from builder.output.writer import WrittenPages

FILES = (
    SiteFile("a/index.json", "00" * 32, 10),
    SiteFile('b "q" ü', "11" * 32, 700, "inputs"),
    SiteFile("not UTF-8 \udcff", "22" * 32, 3),
)


def test_files_come_back_as_they_were() -> None:
    files = of_files(FILES)
    assert tuple(files) == FILES
    assert (files.count, files.bytes, files.largest) == (3, 713, 700)
    assert [*FileList()] == [] and of_files(()) == FileList()


def test_a_block_gives_back_what_was_written(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    makers = {name: PageFiles(f"of {name}", of_files(FILES)) for name in ("x", "ü", "\udcff")}
    block = page_files.write_block(cache, makers)
    assert page_files.read_block(cache, block) == makers
    again = page_files.write_block(cache, page_files.read_block(cache, block))
    assert again == block


def test_what_a_maker_no_longer_makes_is_removed() -> None:
    changes = SiteChanges(files=3, bytes=713)
    changes.record(WrittenPages(files=of_files(FILES[:1]), written=()), of_files(FILES))
    assert (changes.files, changes.bytes, changes.largest) == (1, 10, 10)
    assert changes.removed == sorted(file.path for file in FILES[1:])
    assert [*changes.paths()] == [FILES[0].path]
