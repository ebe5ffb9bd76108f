"""The keys that sign this registry's tokens: the first signs, every one of them is believed.

To rotate a key, the new one is put before the old one in the file, and five minutes later the
old one is taken out. The file is looked at before each use, so that no restart is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.jwk import OKPKey

from builder.model.errors import RegistryError

_BLOCK = re.compile(r"-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----", re.DOTALL)
_MOST = 2


@dataclass(slots=True)
class SigningKeys:
    """Keys from a file, from the text of one, or made for this process alone."""

    file: Path | None = None
    text: str = ""
    _keys: tuple[OKPKey, ...] = ()
    _stamp: tuple[int, int] = field(default=(0, 0))

    def current(self) -> tuple[OKPKey, ...]:
        """Return the keys, the one that signs first; RegistryError if the file holds none."""
        if self.file is not None:
            self._read(self.file)
        elif not self._keys:
            made = [OKPKey.generate_key("Ed25519")]
            self._keys = read(self.text) if self.text else tuple(made)
            for key in self._keys:
                key.ensure_kid()
        return self._keys

    def _read(self, file: Path) -> None:
        try:
            status = file.stat()
            stamp = status.st_mtime_ns, status.st_ino
            if stamp != self._stamp:
                self._keys, self._stamp = read(file.read_text("utf-8")), stamp
        except (OSError, UnicodeDecodeError) as error:
            if not self._keys:
                why = error.strerror if isinstance(error, OSError) else "it is not text"
                raise RegistryError(f"cannot read the signing key {file}: {why}") from error
        except RegistryError:
            # A file that is being written: the keys of before are still good.
            if not self._keys:
                raise


def read(text: str) -> tuple[OKPKey, ...]:
    """Read one or two private keys in PEM; RegistryError if there are none, or others."""
    blocks = _BLOCK.findall(text)
    if not 1 <= len(blocks) <= _MOST:
        raise RegistryError(
            f"{len(blocks)} signing keys were given, and one or two are needed",
            help="make one with: openssl genpkey -algorithm ed25519 -out signing.pem",
        )
    try:
        keys = tuple(OKPKey.import_key(block) for block in blocks)
    except ValueError as error:
        raise RegistryError(f"a signing key cannot be read: {error}") from error
    for key in keys:
        if key.curve_name != "Ed25519" or not key.is_private:
            raise RegistryError(
                "a signing key is not a private key of ed25519",
                help="make one with: openssl genpkey -algorithm ed25519 -out signing.pem",
            )
        key.ensure_kid()
    return keys
