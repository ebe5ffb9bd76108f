"""What is to be published: a server.json, and where it will stand in a registry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from builder.check import engine
from builder.model import server_json
from builder.model.errors import RegistryError
from builder.model.finding import Finding
from builder.model.layout import entry_path
from builder.rules.engine.private import ANYTHING, Private


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One version of a server: its document's bytes as they are, its name and version."""

    data: bytes
    name: str
    version: str

    @property
    def namespace(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]

    @property
    def path(self) -> str:
        """Where the document stands in a registry's repository."""
        return entry_path(self.name, self.version)

    @property
    def title(self) -> str:
        """The submission in a line."""
        return f"{self.name} {self.version}"


def load(file: Path) -> bytes:
    """Return the bytes of a server.json; RegistryError if the file cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise RegistryError(
            f"{file}: {error.strerror}", help="make one with: mcp-registry new"
        ) from error


def check(file: Path, data: bytes, private: Private = ANYTHING) -> list[Finding]:
    """Check a document by the official rules and by those of every registry.

    `private` are the hosts of one's own that the registry allows: until they are known, any may be.
    Findings name the file as it is called here: where it will stand is the registry's.
    """
    findings = engine.check_document(data, file.as_posix(), private=private)
    return [finding for finding in findings if finding.rule != "path-mismatch"]


def read(file: Path, data: bytes) -> Submission:
    """Return what is to be published; RegistryError if it is no document, or without name or version."""
    try:
        document = server_json.parse(data)
    except server_json.DocumentError as error:
        raise RegistryError(f"{file}: {error}") from error
    name, version = document.get("name"), document.get("version")
    if not isinstance(name, str) or not isinstance(version, str) or "/" not in name:
        raise RegistryError(f"{file}: the document has no name and version")
    return Submission(data=data, name=name, version=version)
