"""The change log as a Merkle tree in tiles, so that anybody can prove what was published.

Below `log/`: the tiles and bundles of https://c2sp.org/tlog-tiles, `tree` (the checkpoint before
it is signed: `seal` makes `checkpoint` of it), and `lookup/`, which finds the newest entry of a
version by its name in one small file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.model.page_paths import NAMED_KEY
from builder.pages.api.servers import extension
from builder.pages.sync import log_tree, lookups
from builder.pages.sync.log_tree import FullTile, GrowingTree
from builder.trust import checkpoint, flat, tiles
from builder.trust.checkpoint import TreeHead


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The tiles of the tree, its bundles of entries, its head, the lookup files, and the key that registry.yaml names."""
    folder = f"{extension(config)}/log"
    yield from tree_pages(catalogue, config, folder)
    yield from lookups.pages(catalogue, folder)
    if config.log_key:
        yield Page(f"{folder}/{NAMED_KEY}", f"{config.log_key}\n".encode())


def tree_pages(catalogue: Catalogue, config: Config, folder: str) -> Iterator[Page]:
    """The tiles of the tree, its bundles of entries and its head."""
    tree, start = log_tree.resumed(catalogue.events, config.extension_namespace, catalogue.memo)
    for number in range(len(tree.roots)):
        yield from _known_tile(tree, number, folder)
    for tile in log_tree.grow_to_end(tree, start, catalogue.memo):
        yield from _new_tile(tile, folder)
    yield from _last_tile(tree, folder)
    for path, body in flat.tiles(tree.full_roots, level=1):
        yield Page(f"{folder}/{path}", body)
    yield Page(f"{folder}/tree", _head(tree, config).text.encode())


def _known_tile(tree: GrowingTree, number: int, folder: str) -> Iterator[Page]:
    """Yield a full tile of the last build and its bundle, made if somebody asks for them."""
    root = tree.roots[number]
    yield Page(f"{folder}/{tiles.bundle_path(number)}", partial(_bundle, tree, number), root)
    yield Page(f"{folder}/{tiles.tile_path(0, number)}", partial(_hashes, tree, number), root)


def _new_tile(tile: FullTile, folder: str) -> Iterator[Page]:
    bundle = tiles.bundle(tile.leaves)
    yield Page(f"{folder}/{tiles.bundle_path(tile.number)}", bundle, tile.root)
    yield Page(f"{folder}/{tiles.tile_path(0, tile.number)}", tile.hashes, tile.root)


def _last_tile(tree: GrowingTree, folder: str) -> Iterator[Page]:
    number, width = len(tree.roots), len(tree.last)
    if width:
        yield Page(f"{folder}/{tiles.bundle_path(number, width)}", tiles.bundle(tree.last))
        yield Page(f"{folder}/{tiles.tile_path(0, number, width)}", tree.last_hashes)


def _bundle(tree: GrowingTree, number: int) -> bytes:
    return tiles.bundle(tree.leaves_of(number))


def _hashes(tree: GrowingTree, number: int) -> bytes:
    return flat.leaf_hashes(tree.leaves_of(number))


def _head(tree: GrowingTree, config: Config) -> TreeHead:
    return TreeHead(origin=checkpoint.origin_of(config.base_url), size=tree.size, root=tree.root)
