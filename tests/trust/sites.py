"""A registry that is built, sealed and served by tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from builder import cli
from builder.build.build import build
from builder.ownership.key import read_private
from builder.pull import prove
from builder.pull.site_files import FolderFiles
from builder.trust import seal
from builder.trust.note import VerifierKey
from tests.local_server import NOT_FOUND, Reply, Request, serving
from tests.registry import CONFIG, Registry, entry_file

ORIGIN = "registry.example.com"
LOG = "v0.1/x/com.example.registry/log"


@dataclass
class Site:
    """A registry repository, its built site, and the key of its log."""

    registry: Registry
    key: Path
    folder: Path | None = None

    @property
    def out(self) -> Path:
        return self.folder or self.registry.root.with_name("public")

    @property
    def log(self) -> Path:
        return self.out / LOG

    def publish(self, *names: str, version: str = "1.0.0") -> None:
        files = [entry_file(f"com.example/{name}", version) for name in names]
        self.registry.commit({path: body for entry in files for path, body in entry.items()})

    def build(self) -> None:
        build(self.registry.repository, "HEAD", self.out, 1)

    def seal(self, *arguments: str, previous: str = "") -> int:
        """Run `seal`; return its exit code."""
        deployed = ["--previous", previous] if previous else ["--first"]
        own = ["--out", str(self.out), "--key", str(self.key), *deployed]
        return cli.run(["seal", *own, *arguments])

    @property
    def public_key(self) -> VerifierKey:
        return prove.published_key(FolderFiles(self.out))


def write_key(path: Path, seed: int) -> Path:
    """A key that is the same in every run."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def key_text(path: Path) -> str:
    """The public half of a log's key, as registry.yaml has it."""
    return str(seal.log_key(ORIGIN, read_private(path.read_bytes())).public)


def make_site(folder: Path, *, names_key: bool = False) -> Site:
    """An empty registry with a key for its log."""
    registry = Registry(folder / "registry")
    key = write_key(folder / "log-key.pem", 1)
    if names_key:
        registry.commit({"registry.yaml": f"{CONFIG}log_key: {key_text(key)}\n"})
    return Site(registry, key)


def sealed_site(folder: Path, servers: int, *, names_key: bool = False) -> Site:
    """Make a registry of s000, s001, ..., built and sealed."""
    site = make_site(folder, names_key=names_key)
    site.publish(*(f"s{number:03}" for number in range(servers)))
    site.build()
    assert site.seal() == 0
    return site


@dataclass
class LyingServer:
    """Serves a built site; `lies` has other answers, by path below the site's root."""

    site: Site
    url: str
    lies: dict[str, Reply | bytes]
    requests: list[Request]


@contextmanager
def lying_server(site: Site) -> Iterator[LyingServer]:
    lies: dict[str, Reply | bytes] = {}

    def answer(request: Request) -> Reply:
        path = unquote(request.path).lstrip("/")
        lie = lies.get(path)
        if lie is not None:
            return Reply(lie) if isinstance(lie, bytes) else lie
        for file in (site.out / path, site.out / path / "index.json"):
            if file.is_file():
                return Reply(file.read_bytes())
        return NOT_FOUND

    with serving(answer) as server:
        yield LyingServer(site, server.url, lies, server.requests)
