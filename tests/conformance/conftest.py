"""Every host over the same registry, each started once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from builder.catalogue.catalogue import Catalogue
from tests.conformance import running, site
from tests.conformance.site import Kind
from tests.patience import PATIENCE


@dataclass(frozen=True, slots=True)
class Built:
    """A registry that was built: the folder hosts publish, and the site's own folder in it."""

    www: Path
    prefix: str
    catalogue: Catalogue

    @property
    def folder(self) -> Path:
        return self.www / self.prefix.lstrip("/")


class GiveBuilt(Protocol):
    def __call__(self, prefix: str, kind: Kind = "files") -> Built: ...


class GiveHost(Protocol):
    def __call__(self, name: str, prefix: str = "") -> str: ...


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """One for all: a new one reads the machine's certificates, 20 ms each time."""
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=PATIENCE) as one:
        yield one


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own: Apache, started by root, reads as
    another user."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def built(open_folder: Path) -> GiveBuilt:
    """Builds the registry for a path prefix as a kind, once for each."""
    done: dict[tuple[str, Kind], Built] = {}

    def build(prefix: str, kind: Kind = "files") -> Built:
        if (prefix, kind) not in done:
            root = open_folder / f"registry{prefix.replace('/', '-')}-{kind.replace(' ', '-')}"
            registry = site.make(root / "repository", prefix=prefix)
            www = root / "www"
            catalogue = site.build(registry, www / prefix.lstrip("/"), kind)
            done[prefix, kind] = Built(www, prefix, catalogue)
        return done[prefix, kind]

    return build


@pytest.fixture(scope="session")
def host(built: GiveBuilt, open_folder: Path) -> Iterator[GiveHost]:
    """Starts a host (a key of running.HOSTS, " lean" after it for a lean site) over a path prefix, once for each; its base URL."""
    urls: dict[tuple[str, str], str] = {}
    with ExitStack() as stack:

        def start(name: str, prefix: str = "") -> str:
            if (name, prefix) not in urls:
                own = open_folder / f"host-{len(urls)}"
                own.mkdir()
                start_host = running.HOSTS[name.removesuffix(" lean")]
                context = start_host(built(prefix, _kind(name)).www, prefix, own)
                urls[name, prefix] = stack.enter_context(context)
            return urls[name, prefix]

        yield start


def _kind(name: str) -> Kind:
    is_packed = name.removesuffix(" lean") in running.PACKED
    if name.endswith(" lean"):
        return "packed lean" if is_packed else "lean"
    return "packed" if is_packed else "files"
