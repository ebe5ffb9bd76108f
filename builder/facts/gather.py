"""Gather the facts of servers and keep them in their facts.yaml."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from builder.catalogue.server import Server
from builder.facts.merge import merged
from builder.icons.file import FOLDER, NAME, IconFile
from builder.model.errors import RegistryError, RemoteError
from builder.model.facts import Facts, IconFacts, RemoteFacts, RepositoryFacts
from builder.model.json_values import objects
from builder.model.layout import FACTS_FILE, SERVERS, server_path
from builder.model.sidecars import FACTS_BYTES, SidecarError, read_facts
from builder.runtime import atomic

AskRemote = Callable[[str, str], RemoteFacts]
"""Asks an address on a day."""
AskForge = Callable[[Mapping[str, Any], str], RepositoryFacts | None]
"""Asks for the repository of a server.json on a day; RemoteError if the forge does not answer."""
AskIcon = Callable[[Mapping[str, Any], str, str], tuple[IconFacts, IconFile] | None]
"""Fetches the icon of a server.json, or one that the registry chose, on a day; RemoteError if none
can be used."""
MOST_REMOTES = 8
_SHORTER = ((100, 120), (40, 60), (10, 0))
"""So many tools of a remote, and so many characters of their descriptions, where all is too much."""
_HEADING = "# Written by mcp-registry: what was found out about this server, and when.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came of one server; `troubles` are why a forge or an icon's address gave nothing."""

    name: str
    facts: Facts
    picture: IconFile | None = None
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whom to ask, and on which day; None for those that are not asked."""

    day: str
    remote: AskRemote | None
    forge: AskForge | None
    icon: AskIcon | None = None


def gather(
    root: Path, servers: Sequence[Server], asking: Asking, workers: int
) -> Iterator[Gathered]:
    """Ask about each server, write what is other, and yield what came, in the order of servers."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for gathered in pool.map(lambda server: _gather(root, server, asking), servers):
            if gathered.picture:
                (root / FOLDER).mkdir(exist_ok=True)
                atomic.write(root / FOLDER / gathered.picture.name, gathered.picture.content)
            write(root, gathered.name, gathered.facts)
            yield gathered


def used_icons(root: Path) -> set[str]:
    """Return the paths of the icons that the facts of a working tree name."""
    names = (
        path.parent.relative_to(root / SERVERS)
        for path in (root / SERVERS).glob(f"*/*/{FACTS_FILE}")
    )
    icons = (read(root, name.as_posix()).icon for name in names)
    return {icon.file for icon in icons if icon}


def drop_unused_icons(root: Path, used: Collection[str]) -> list[str]:
    """Remove the files of icons that no server has any more; `used` are paths. Return what went."""
    folder = root / FOLDER
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    unused = [f for f in files if NAME.fullmatch(f.name) and f"{FOLDER}/{f.name}" not in used]
    for file in unused:
        file.unlink()
    return [f"{FOLDER}/{file.name}" for file in unused]


def addresses(server: Server) -> list[str]:
    """Return the addresses of a server that can be asked: streamable HTTP without anything to fill in."""
    content = server.latest.content() if server.latest else {}
    return [
        remote["url"]
        for remote in objects(content.get("remotes"))
        if remote.get("type") == "streamable-http"
        and isinstance(remote.get("url"), str)
        and remote["url"].startswith(("https://", "http://"))
        and "{" not in remote["url"]
    ][:MOST_REMOTES]


def _gather(root: Path, server: Server, asking: Asking) -> Gathered:
    before = read(root, server.name)
    content = server.latest.content() if server.latest else {}
    remotes, repository = before.remotes, before.repository
    icon, picture, troubles = before.icon, None, []
    if asking.remote:
        ask = asking.remote
        remotes = {
            url: merged(before.remotes.get(url), ask(url, asking.day)) for url in addresses(server)
        }
    if asking.forge:
        try:
            repository = asking.forge(content, asking.day)
        except RemoteError as error:
            troubles.append(str(error))
    if asking.icon:
        try:
            icon, picture = asking.icon(content, _chosen_icon(server), asking.day) or (None, None)
        except RemoteError as error:  # what was fetched before is kept
            troubles.append(str(error))
    if icon and before.icon and (icon.file, icon.source) == (before.icon.file, before.icon.source):
        icon = before.icon  # another day alone is no change
    new = {"remotes": remotes, "repository": repository, "icon": icon}
    facts = before.model_copy(update=new)
    return Gathered(name=server.name, facts=facts, picture=picture, troubles=tuple(troubles))


def _chosen_icon(server: Server) -> str:
    word = server.latest.registry_word() if server.latest else {}
    return str(word.get("icon", ""))


def read(root: Path, name: str) -> Facts:
    """Return the facts that a working tree has of a server; RegistryError if its file is wrong."""
    path = root / server_path(name, FACTS_FILE)
    if not path.is_file():
        return Facts()
    try:
        return read_facts(path.read_bytes())
    except SidecarError as error:
        raise RegistryError(f"{path}: {error}", help="mend the file, or delete it") from error


def write(root: Path, name: str, facts: Facts) -> None:
    """Write facts.yaml; nothing if there are none. Descriptions go where the file would be too large."""
    path = root / server_path(name, FACTS_FILE)
    if facts != Facts() or path.is_file():
        atomic.write(path, written(facts))


def written(facts: Facts) -> bytes:
    """Return the bytes of a facts.yaml, in the longest form that may be read."""
    texts = (_text(_short(facts, *most) if most else facts) for most in (None, *_SHORTER))
    return next(text for text in texts if len(text) <= FACTS_BYTES)


def _text(facts: Facts) -> bytes:
    data = facts.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
    return (_HEADING + text).encode()


def _short(facts: Facts, tools: int, characters: int) -> Facts:
    remotes = {
        url: remote.model_copy(
            update={
                "tools": tuple(
                    tool.model_copy(update={"description": tool.description[:characters]})
                    for tool in remote.tools[:tools]
                ),
                "changes": (),
            }
        )
        for url, remote in facts.remotes.items()
    }
    return facts.model_copy(update={"remotes": remotes})
