"""The forge on which requests are opened: its kind and API, from registry.yaml unless they are given."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from builder.forge import connect
from builder.forge.forge import Forge
from builder.model import forges
from builder.model.config import Config
from builder.model.errors import RegistryError


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeOptions:
    """The kind of the forge and its API's address, "" for those of the public server."""

    kind: str = ""
    api: str = ""


def connected(config: Config, options: ForgeOptions) -> Forge:
    """Connect to the repository that registry.yaml names.

    RegistryError if it names none, if its kind is not known, or without a token.
    """
    parts = urlsplit(config.repository)
    known = forges.kind_of(parts.netloc)
    kind = options.kind or (known.name if known else "")
    if not kind:
        raise RegistryError(
            f"no requests can be opened at {config.repository or 'a repository without an address'}",
            help="set `repository` in registry.yaml; of a forge of your own name the kind: --forge KIND=URL",
        )
    repository = parts.path.strip("/").removesuffix(".git")
    return connect.connect(kind, os.environ, api=options.api, repository=repository)
