"""What differs between clients, as the fields of one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.install.command import MakeWords
from builder.install.entry import Dialect
from builder.install.file import FileForm
from builder.install.link import LinkForm, MakeLink
from builder.install.shape import FilePlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client: how it names things, and its forms. `notes` are shown by transport.

    `wraps`: it starts programs without a shell, so that Windows needs cmd before a script.
    """

    id: str
    title: str
    sources: tuple[str, ...]
    dialect: Dialect = field(default_factory=Dialect)
    links: tuple[MakeLink, ...] = ()
    readme: LinkForm | None = None
    command: MakeWords | None = None
    file: FileForm | None = None
    places: tuple[FilePlace, ...] = ()
    wraps: bool = False
    notes: Mapping[str, str] = field(default_factory=dict)


def places(**paths: str) -> tuple[FilePlace, ...]:
    """Return where a file stands, by system: mac, linux, windows, unix, home or project."""
    names = {"mac": "macOS", "linux": "Linux", "windows": "Windows", "project": "Project"}
    names |= {"unix": "macOS, Linux", "home": "All systems"}
    return tuple(FilePlace(system=names[system], path=path) for system, path in paths.items())
