"""Commits that no working tree could hold: trees written object by object, with any names."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable, Mapping
from typing import Any

from builder.git.records import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK
from builder.git.trees import FOLDER
from tests.registry import Registry

__all__ = [
    "EMPTY_TREE",
    "EXECUTABLE",
    "REGULAR",
    "SUBMODULE",
    "SYMLINK",
    "Node",
    "blob",
    "commit",
    "fast_import",
    "grow",
    "history",
    "inline",
    "leaf",
]

# A leaf is (mode, object id); a folder is names in bytes to nodes.
Leaf = tuple[str, str]
Node = Leaf | dict[bytes, Any]


def blob(registry: Registry, data: bytes) -> str:
    """Store bytes; give the object id."""
    return registry.git("hash-object", "-w", "--stdin", input=data)


def leaf(registry: Registry, data: bytes, mode: str = REGULAR) -> Leaf:
    return mode, blob(registry, data)


def read(registry: Registry, rev: str) -> dict[bytes, Any]:
    """Read a commit's whole tree."""
    root: dict[bytes, Any] = {}
    done = subprocess.run(
        ["git", "ls-tree", "-r", "-z", rev], cwd=registry.root, capture_output=True, check=True
    )
    for record in done.stdout.split(b"\0"):
        if record:
            meta, path = record.split(b"\t", 1)
            mode, _, sha = meta.decode().split(" ")
            grow(root, path, (mode, sha))
    return root


def grow(root: dict[bytes, Any], path: bytes, node: Node | None) -> None:
    """Put a node at a path, or with None take away what is there."""
    *folders, name = path.split(b"/")
    for folder in folders:
        if not isinstance(root.get(folder), dict):
            root[folder] = {}
        root = root[folder]
    if node is None:
        root.pop(name, None)
    else:
        root[name] = node


def commit(
    registry: Registry, changes: Mapping[bytes, Node | None], *parents: str, onto: str = ""
) -> str:
    """Commit changed paths on top of the first parent's tree (or of `onto`'s); give the commit."""
    parents = parents or ("main",)
    root = read(registry, onto or parents[0])
    for path, node in changes.items():
        grow(root, path, node)
    registry.time += 60
    options = [option for parent in parents for option in ("-p", parent)]
    return registry.git("commit-tree", _write(registry, root), *options, "-m", "Odd")


def _write(registry: Registry, folder: dict[bytes, Any]) -> str:
    records = []
    for name, node in folder.items():
        if isinstance(node, dict):
            if not node:
                continue
            mode, sha = "40000", _write(registry, node)
        else:
            mode, sha = node
        # Git sorts a folder as if its name ended with a slash.
        order = name + b"/" if mode == "40000" else name
        records.append((order, b"%b %b\0%b" % (mode.encode(), name, bytes.fromhex(sha))))
    data = b"".join(record for _, record in sorted(records))
    known = hashlib.sha1(b"tree %d\0%b" % (len(data), data)).hexdigest()
    written = registry.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", input=data)
    assert written == known
    return written


EMPTY_TREE = (FOLDER, "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
"""A folder without files, which git itself never commits."""


def fast_import(registry: Registry, *commands: bytes) -> None:
    """Make many commits at once: https://git-scm.com/docs/git-fast-import#_input_format"""
    registry.git("fast-import", "--quiet", "--force", input=b"".join(commands))


def history(registry: Registry, branch: str, commits: Iterable[bytes], since: str = "main") -> str:
    """Make a branch of commits from `since`, each from its file commands; give its head."""
    script = [
        b"feature done\nreset refs/heads/%b\nfrom %b\n\n"
        % (branch.encode(), registry.git("rev-parse", since).encode())
    ]
    for number, changes in enumerate(commits):
        who = b"Mallory <m@example.com> %d +0000" % (registry.time + number)
        script.append(
            b"commit refs/heads/%b\nauthor %b\ncommitter %b\ndata 1\nx\n%b\n"
            % (branch.encode(), who, who, changes)
        )
    fast_import(registry, *script, b"done\n")
    return registry.git("rev-parse", branch)


def inline(path: str, data: bytes) -> bytes:
    """The command of fast-import that writes a file."""
    return b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(data), data)
