"""The forge on which requests are opened: its kind and API, from registry.yaml unless they are given."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from builder.forge import connect
from builder.forge.forge import Forge
from builder.model.config import Config
from builder.model.errors import RegistryError
from builder.model.forges import FORGE_KINDS
from builder.publish.requests import Requests
from builder.publish.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeOptions:
    """The kind of the forge and its API's address, "" for those of the public server."""

    kind: str = ""
    api: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedForge:
    """A forge, and its kind."""

    forge: Forge
    kind: str

    def requests(self, writer: Writer, config: Config) -> Requests:
        """Return what opens requests there."""
        return Requests(
            writer=writer, forge=self.forge, kind=self.kind, repository=config.repository
        )


def connected(config: Config, options: ForgeOptions) -> ConnectedForge:
    """Connect to the repository that registry.yaml names.

    RegistryError if it names none, if its kind is not known, or without a token.
    """
    parts = urlsplit(config.repository)
    hosts = {kind.host: kind.name for kind in FORGE_KINDS.values() if kind.host}
    kind = options.kind or hosts.get(parts.netloc.lower(), "")
    if not kind:
        raise RegistryError(
            f"no requests can be opened at {config.repository or 'a repository without an address'}",
            help="set `repository` in registry.yaml; of a forge of your own name the kind: --forge",
        )
    repository = parts.path.strip("/").removesuffix(".git")
    forge = connect.connect(kind, os.environ, api=options.api, repository=repository)
    return ConnectedForge(forge=forge, kind=kind)
