"""Compiled templates, kept where Python keeps its own compiled modules.

To compile the forty templates takes each process 0.3 s, a third of what the next build does after
one new version. They stand in the `__pycache__` beside this module, under a hash of all templates
and of what compiles them, so that none can be out of date; who may write there may write the
builder's own code. Where nothing can be written they are compiled each time.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from builder.runtime import atomic


class CompiledTemplates(BytecodeCache):
    """What Jinja2 asks for compiled templates."""

    def __init__(self, templates: Path) -> None:
        self._folder = Path(cache_from_source(__file__)).parent
        self._state = _state(templates)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template that was compiled before; leave the bucket empty if it cannot be read."""
        with suppress(OSError, EOFError, ValueError, TypeError):
            data = self._file(bucket).read_bytes()
            if data.startswith(self._state):
                bucket.code = marshal.loads(data[len(self._state) :])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        if sys.dont_write_bytecode or bucket.code is None:
            return
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            atomic.write(self._file(bucket), self._state + marshal.dumps(bucket.code))

    def get_source_checksum(self, source: str) -> str:  # noqa: ARG002 - not of it alone
        """Return a hash of what a template is compiled from: others may be read into it."""
        return self._state.hex()

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"template-{bucket.key}.{sys.implementation.cache_tag}.bin"


def _state(templates: Path) -> bytes:
    digest = hashlib.sha256(MAGIC_NUMBER + jinja2.__version__.encode())
    for file in _sources(templates):
        data = file.read_bytes()
        digest.update(b" %b %d " % (file.name.encode(), len(data)))
        digest.update(data)
    return digest.digest()


def _sources(templates: Path) -> Iterator[Path]:
    yield from sorted(path for path in templates.rglob("*") if path.is_file())
    # What a filter makes of a constant is compiled in.
    yield from sorted(Path(__file__).parent.glob("*.py"))
