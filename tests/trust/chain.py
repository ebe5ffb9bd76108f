"""An origin, a mirror of it, and a mirror of that mirror: each with a log and a root of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from builder import cli
from builder.build.build import build
from builder.pull import prove
from builder.pull.site_files import FolderFiles
from tests.registry import CONFIG, Registry
from tests.trust.sites import write_key


@dataclass
class Link:
    """A registry that mirrors another; `name` is the host and the namespace's last part."""

    registry: Registry
    name: str

    @property
    def out(self) -> Path:
        return self.registry.root.with_name(f"{self.name}-public")

    def mirror(self, *arguments: str) -> int:
        self.registry.time += 60
        return cli.run(["mirror", *arguments, "--commit", "--root", str(self.registry.root)])

    def deploy(self) -> None:
        """Build and seal, with an own root of trust."""
        root = self.registry.root
        key = str(write_key(root.with_name(f"{self.name}.pem"), len(self.name)))
        roots = root.with_name(f"{self.name}-trust")
        if not roots.exists():
            own = ["--key", key, "--sign", key, "--online", key]
            assert cli.run(["trust", "init", "--dir", str(roots), *own]) == 0
        build(self.registry.repository, "HEAD", self.out, 1)
        seal = ["seal", "--out", str(self.out), "--key", key, "--first"]
        assert cli.run([*seal, "--online", key, "--roots", str(roots)]) == 0

    @property
    def key(self) -> str:
        return str(prove.published_key(FolderFiles(self.out)))


def link(folder: Path, name: str, upstream: str) -> Link:
    """A registry whose one upstream is at an address."""
    text = CONFIG.replace("registry.example.com", f"{name}.example")
    text = text.replace("com.example.registry", f"example.{name}")
    text += f'upstreams:\n  - {{name: upstream, url: "{upstream}", kind: static}}\n'
    return Link(Registry(folder / name, text), name)
