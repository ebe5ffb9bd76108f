"""How paths in servers/ are spelled: what a file system that folds case would take for one file."""

from __future__ import annotations

from pathlib import Path

from builder.model.layout import SERVERS


class Spellings:
    """How the paths in servers/ are spelled, so that two that differ only in case are noticed.

    `fold` tells that the file system takes them for one.
    """

    def __init__(self, root: Path) -> None:
        self.fold = (root / SERVERS).exists() and (root / SERVERS.upper()).exists()
        self._spelled: dict[str, str] = {}
        for path in sorted(root.glob(f"{SERVERS}/*/*/*.json")):
            self.other(path.relative_to(root).as_posix())

    def other(self, path: str) -> str | None:
        """Return the path (or the folder of one) that this one equals but for case, if any."""
        end = len(SERVERS)
        while end != -1:
            end = path.find("/", end + 1)
            part = path if end == -1 else path[:end]
            other = self._spelled.setdefault(part.lower(), part)
            if other != part:
                return other
        return None
