"""JSON files in the git folder that keep what was read of a repository's history and trees.

They only save time: whatever is in one could be read again from the objects beside it.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from builder.git.repository import NOTHING_KEPT, Repository
from builder.runtime import atomic

_FOLDER = "mcp-registry"


def read(repository: Repository, name: str) -> dict[str, Any]:
    """Return the content of an index file, an empty dict if there is none that can be read."""
    kept = repository.kept_indexes
    if name in kept:
        return kept[name]
    try:
        value = orjson.loads((repository.folder / _FOLDER / name).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return value if isinstance(value, dict) else {}


def exists(repository: Repository, name: str) -> bool:
    """Return whether there is an index file, or will be: where indexes are kept in memory."""
    kept = repository.kept_indexes is not NOTHING_KEPT
    return kept or (repository.folder / _FOLDER / name).is_file()


def share(repository: Repository, folder: Path) -> None:
    """Let a repository that is being made at `folder`, of this one's objects, keep its index files here."""
    with suppress(OSError):
        kept = repository.folder.resolve() / _FOLDER
        kept.mkdir(exist_ok=True)
        (folder / _FOLDER).symlink_to(kept)


def write(repository: Repository, name: str, content: dict[str, Any]) -> None:
    """Replace an index file. A repository that cannot be written to is read anew next time.

    Where indexes are kept in memory the file is left as it is: it is continued from there.
    """
    if repository.kept_indexes is not NOTHING_KEPT:
        repository.kept_indexes[name] = content
        return
    file = repository.folder / _FOLDER / name
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        atomic.write(file, orjson.dumps(content))
