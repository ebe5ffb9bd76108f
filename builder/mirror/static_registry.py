"""Following a registry that was made with this builder: verified by its root of trust, with its proofs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.mirror import origins
from builder.mirror.origins import OriginLog
from builder.model.errors import RegistryError
from builder.model.upstream_settings import UpstreamSource
from builder.net.exchange import MEBIBYTE
from builder.pull.kept_log import open_kept
from builder.pull.registry import Registry, connect
from builder.pull.sqlite_store import Database, open_database
from builder.pull.sync import sync
from builder.pull.verified import LogWanted, log_folder, sync_verified, trust_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTrust:
    """How a run trusts registries made with this builder.

    `root` is a root of trust that the user gave, None for that of the settings or the first one
    seen; `insecure` asks for none. `keep` brings the proofs into the repository. `say` tells the
    user what is no error.
    """

    root: bytes | None = None
    insecure: bool = False
    keep: bool = False
    say: Callable[[str], None] = print


@contextmanager
def items(
    source: UpstreamSource, root: Path, copy: Path, megabytes: int, trust: SourceTrust
) -> Iterator[Iterator[dict[str, Any]]]:
    """Follow the change log into a copy, and give every version in it.

    It costs one request if nothing changed since the last run here. A registry with a root of trust
    is verified by it, and one with a signed log brings its proofs (origins.py), which come into
    `origins/` of the repository at `root`. Raises ProofError if something is not what was signed.
    """
    with (
        connect(source.url, megabytes * MEBIBYTE) as registry,
        open_database(copy) as database,
    ):
        if trust.insecure:
            sync(registry, database)
            yield map(json.loads, database.bodies())
            return
        given = trust.root or _root_of(source, root)
        sync_verified(
            registry, database, trust_folder(copy), given, trust.say, log=LogWanted.IF_SIGNED
        )
        yield _with_proofs(registry, database, copy, root, trust)


def _root_of(source: UpstreamSource, root: Path) -> bytes | None:
    if not source.trust_root:
        return None
    path = root / source.trust_root
    if not path.is_file():
        raise RegistryError(f"{source.trust_root} of the upstream {source.name} is not here")
    return path.read_bytes()


def _with_proofs(
    registry: Registry, database: Database, copy: Path, root: Path, trust: SourceTrust
) -> Iterator[dict[str, Any]]:
    kept = open_kept(log_folder(trust_folder(copy)))
    if kept is None:
        return map(json.loads, database.bodies())
    # `<site>/v0.1/x/<extension namespace>/head.json`
    namespace = database.position.head.rsplit("/", 2)[-2]
    log = OriginLog(kept=kept, namespace=namespace)
    if trust.keep:
        origins.keep(root, log, registry)
    return origins.with_places(database.bodies(), log)
