"""blocks.yaml changed as an editor would: what else stands in it stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from builder.authoring import yaml_list
from builder.model import layout
from builder.model.blocks import MAX_BYTES, Block
from builder.model.errors import RegistryError
from builder.model.forges import PUBLIC, AccountNamespaces, account_of
from builder.model.layout import BLOCKS, NAMESPACE_FILE, SERVERS
from builder.model.sidecars import SidecarError, read_blocks, read_namespace
from builder.policy import patterns
from builder.policy.blocks import Blocks
from builder.runtime import atomic

_HEAD = (
    "# What this registry neither publishes nor brings in, and why: mcp-registry block, unblock.\n"
)


def read(root: Path) -> tuple[str, Blocks]:
    """Return the text of blocks.yaml and what it says; RegistryError if it cannot be read."""
    text, rows = yaml_list.read(root / BLOCKS, read_blocks)
    return text, Blocks(rows.root)


def add(root: Path, block: Block) -> None:
    """Add a block at the end of blocks.yaml; RegistryError if it is there already, or the file is wrong."""
    text, blocks = read(root)
    if block in blocks.rows:
        raise RegistryError(f"{BLOCKS} has this block already")
    _write(root, yaml_list.added(text, block, name=BLOCKS, head=_HEAD))


def remove(root: Path, name: str, version: str) -> int:
    """Remove the blocks of exactly this name and version pattern; return how many there were.

    RegistryError if there is none.
    """
    text, blocks = read(root)
    numbers = [
        number
        for number, block in enumerate(blocks.rows)
        if (block.name.lower(), block.version) == (name.lower(), version)
    ]
    if not numbers:
        at = f"@{version}" if version else ""
        raise RegistryError(
            f"{BLOCKS} has no block of {name}{at}",
            help="a block by a pattern, a package or a publisher is removed by hand",
        )
    _write(root, _without(text, numbers))
    return len(numbers)


def count_here(root: Path, block: Block) -> int:
    """Return how many versions in servers/ have the name and version of a block that has a name."""
    names = patterns.matcher((block.name,))
    versions = patterns.matcher((block.version or "*",))
    places = (
        layout.place(entry.relative_to(root).as_posix())
        for server in (root / SERVERS).glob("*/*/")
        if names([server.relative_to(root / SERVERS).as_posix()])
        for entry in server.glob("*.json")
    )
    return sum(place.kind is layout.Kind.ENTRY and versions([place.version]) for place in places)


def namespaces_of(root: Path, account: str, granted: Iterable[AccountNamespaces]) -> list[str]:
    """List the namespaces of an account: whose namespace.yaml has an owner of this login or numeric id,
    and those that are named after it on a forge of the operator's own.
    """
    namespaces = [
        path.name
        for path in sorted((root / SERVERS).glob("*/"))
        if (proved := account_of(path.name, granted)) and proved[0] not in PUBLIC
        if proved[1] == account.lower()
    ]
    for path in sorted((root / SERVERS).glob(f"*/{NAMESPACE_FILE}")):
        try:
            owners = read_namespace(path.read_bytes()).owners
        except SidecarError:
            continue
        if any(account.lower() in (owner.login.lower(), str(owner.id)) for owner in owners):
            namespaces.append(path.parent.name)
    return sorted(set(namespaces))


def _without(text: str, numbers: list[int]) -> str:
    """Return a list in YAML without some of its items; what stands between others stays."""
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    assert isinstance(node, yaml.SequenceNode)
    yaml_list.refuse_one_line(node, BLOCKS)
    lines = text.splitlines(keepends=True)
    for number in reversed(numbers):
        item = node.value[number]
        end = item.end_mark.line + (item.end_mark.column > 0)
        del lines[item.start_mark.line : max(end, item.start_mark.line + 1)]
    return "".join(lines)


def _write(root: Path, text: str) -> None:
    data = text.encode()
    if len(data) > MAX_BYTES:
        raise RegistryError(f"{BLOCKS} would have {len(data):,} bytes, at most {MAX_BYTES:,}")
    yaml_list.parsed(data, BLOCKS, read_blocks)
    atomic.write(root / BLOCKS, data)
