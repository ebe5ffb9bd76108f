"""What was used once and must not be used again: signed times, and tokens of issuers.

What the official publisher signs to log in is a time and nothing else, good for 15 seconds at
any registry. Whoever sees one may not use it a second time here; nor one from before this process
began, of which it cannot know.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field

_PRUNE = 1024


@dataclass(slots=True)
class ReplayMemory:
    """Hashes of what was used, each until a time in seconds since 1970."""

    began: float
    _until: dict[bytes, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _size: int = _PRUNE

    def use(self, secret: str, until: float, now: float) -> bool:
        """Return whether this is the first use; it is remembered until it would be refused anyway."""
        digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            if len(self._until) >= self._size:
                self._until = {used: end for used, end in self._until.items() if end > now}
                self._size = max(_PRUNE, 2 * len(self._until))
            if self._until.get(digest, now) > now:
                return False
            self._until[digest] = until
            return True
