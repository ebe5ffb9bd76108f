"""The record of the last build, in the cache next to the output folder.

For `public/` the cache is `.public-cache/`. There are two records. `next` is written before the new
tree takes its place, and names it; `root` names the tree before. Whichever names the tree that
is served is the true one, so that a build may be killed at any moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from builder.build import packing, page_files, record
from builder.build.record import BuildRecord, SiteRecord, TreePair
from builder.build.trees import identify
from builder.cache.store import Cache, UnusableCache
from builder.model.config import Config
from builder.output.writer import holds_exactly
from builder.pack.reader import is_packed

_CURRENT, _NEXT = "root", "next"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBuild:
    """What a build can go on from; without anything it starts in an empty folder.

    `record` is that of the site in the output folder, if this builder made it; `trees` are the
    folders that are there, whichever builder made them.
    """

    record: BuildRecord | None = None
    trees: TreePair | None = None

    def site(self, config: Config) -> SiteRecord | None:
        """Return the record of the site, None if none was made with these settings."""
        site = self.record.site if self.record else None
        return site if site and site.settings == config.digest else None


NOTHING = LastBuild()


def find(cache: Cache, out: Path, builder: str) -> LastBuild:
    """Return the last build into a folder; `builder` is this builder's fingerprint."""
    own = [made for made in _records(cache) if made.builder == builder]
    # A folder that was copied or restored is as good as the one that it was made from.
    last = _of_tree(own, out) or next((made for made in own if is_whole(cache, out, made)), None)
    return LastBuild(record=last, trees=last.trees) if last else find_trees(cache, out)


def find_trees(cache: Cache, out: Path) -> LastBuild:
    """Return the trees alone of the last build into a folder, whichever builder made them."""
    last = _of_tree(_records(cache), out)
    return LastBuild(trees=last.trees if last else None)


def is_whole(cache: Cache, out: Path, made: BuildRecord) -> bool:
    """Return whether the output folder holds exactly the site of a record, byte for byte."""
    with suppress(UnusableCache):
        blocks = [page_files.read_block(cache, block) for block in made.site.file_blocks()]
        files = (file for block in blocks for maker in block.values() for file in maker.files)
        return packing.holds_exactly(out, files) if is_packed(out) else holds_exactly(out, files)
    return False


def announce(cache: Cache, made: BuildRecord) -> None:
    """Write the record of the tree that is about to take its place."""
    cache.write_root(_NEXT, record.encode(made))


def settle(cache: Cache, made: BuildRecord) -> None:
    """Make the record of the tree that has taken its place the only one."""
    cache.rename_root(_NEXT, _CURRENT)
    cache.keep(made.blocks())


def forget(cache: Cache) -> None:
    """Remove every block: one that was altered would not be written again."""
    cache.keep(())


def _records(cache: Cache) -> Iterator[BuildRecord]:
    for name in (_CURRENT, _NEXT):
        with suppress(UnusableCache):
            yield record.decode(cache.read_root(name))


def _of_tree(records: Iterable[BuildRecord], out: Path) -> BuildRecord | None:
    here = identify(out)
    return next((made for made in records if made.trees.current == here), None)
