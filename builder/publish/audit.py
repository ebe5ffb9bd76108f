"""The audit log: one line of JSON for each decision. Nothing secret is in it, nor what was sent."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TextIO

import orjson

from builder.model import timestamp

_MOST = 500
"""Characters of a fact: names, and what is wrong with a body, are as long as who sends them likes."""


@dataclass(slots=True)
class AuditLog:
    """Writes lines to a stream, whole ones; `clock` gives seconds since 1970."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, action: str, status: int, **facts: str) -> None:
        """Write what was decided: the action, the HTTP status, and facts such as subject and name."""
        line = orjson.dumps(
            {
                "time": timestamp.render(time.time_ns()),
                "action": action,
                "status": status,
                **{name: value[:_MOST] for name, value in facts.items() if value},
            }
        )
        with self._lock:
            self.stream.write(line.decode() + "\n")
            self.stream.flush()
