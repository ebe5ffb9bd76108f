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
from builder.model.config import Form
from tests.conformance import running, site


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
    def __call__(self, prefix: str, form: Form = "files") -> Built: ...


class GiveHost(Protocol):
    def __call__(self, name: str, prefix: str = "") -> str: ...


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """One for all: a new one reads the machine's certificates, 20 ms each time."""
    with httpx.Client(follow_redirects=True, trust_env=False) as one:
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
    """Builds the registry for a path prefix in a form, once for each."""
    done: dict[tuple[str, Form], Built] = {}

    def build(prefix: str, form: Form = "files") -> Built:
        if (prefix, form) not in done:
            root = open_folder / f"registry{prefix.replace('/', '-')}-{form}"
            registry = site.make(root / "repository", prefix=prefix)
            www = root / "www"
            catalogue = site.build(registry, www / prefix.lstrip("/"), form)
            done[prefix, form] = Built(www, prefix, catalogue)
        return done[prefix, form]

    return build


@pytest.fixture(scope="session")
def host(built: GiveBuilt, open_folder: Path) -> Iterator[GiveHost]:
    """Starts a host (a key of running.HOSTS) over a path prefix, once for each; its base URL."""
    urls: dict[tuple[str, str], str] = {}
    with ExitStack() as stack:

        def start(name: str, prefix: str = "") -> str:
            if (name, prefix) not in urls:
                own = open_folder / f"host-{len(urls)}"
                own.mkdir()
                form: Form = "packed" if name in running.PACKED else "files"
                context = running.HOSTS[name](built(prefix, form).www, prefix, own)
                urls[name, prefix] = stack.enter_context(context)
            return urls[name, prefix]

        yield start
