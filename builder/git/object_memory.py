"""What a process that stays keeps of a repository's objects: as many bytes as it may, and no more."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from builder.git.records import Commit
from builder.git.trees import Folder

_KEPT_BYTES = 64 << 20


@dataclass(slots=True)
class ObjectMemory:
    """What was read or made: kinds and contents by id, parsed trees, indexes, made commits.

    `staged` are the objects that are held and not written, `made` are written commits by id, each
    with its parent, `line` is the first-parent line that was read last, newest first. Who holds
    `conversation` talks to the git process.
    """

    contents: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    size: int = 0
    staged: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    folders: dict[str, Folder] = field(default_factory=dict)
    indexes: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: dict[str, tuple[str, Commit]] = field(default_factory=dict)
    line: list[str] = field(default_factory=list)
    is_whole: bool = False
    conversation: threading.Lock = field(default_factory=threading.Lock)

    def get(self, id: str) -> tuple[str, bytes] | None:
        """Return kind and content of an object that is held or was read, None if neither."""
        return self.staged.get(id) or self.contents.get(id)

    def keep(self, id: str, kind: str, data: bytes) -> None:
        """Keep an object that is in the repository; where there are too many, forget the others."""
        if self.size > _KEPT_BYTES:
            self.contents.clear()
            self.folders.clear()
            self.size = 0
        self.contents[id] = (kind, data)
        self.size += len(data)
