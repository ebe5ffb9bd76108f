"""What the install panel is made of: plain values that a template shows without logic.

Every string is text, not markup: a template escapes it. Every `href` is already percent-encoded
and of a known scheme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.model.server_json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something to click: an address and what to write on it."""

    href: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Part of a text that is there if one of its switches is on, or always if it has none."""

    text: str
    switches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Something optional that can be added to what one copies. `id` is unique in its launch."""

    id: str
    name: str
    kind: str
    secret: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line for a shell; `note` (may be "") says what to know before running it.

    `text` is for POSIX shells, `windows` the same for PowerShell, "" if it is no different.
    `pieces` are the text with everything optional in it; empty if nothing is.
    """

    text: str
    windows: str = ""
    note: str = ""
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlace:
    """Where a file stands. `system` is "macOS", "Linux", "Windows", "Project" or "All systems"."""

    system: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeFile:
    """A piece of a configuration file: `language` is "json", "toml" or "yaml"; `pieces` as above."""

    places: tuple[FilePlace, ...]
    language: str
    text: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to add the server to one client.

    `client` is an id such as `claude-code` (`[a-z-]+`, fit for a DOM id), `title` the client's
    name. `usable` is False if this client cannot run the launch; `notes` then says why.
    `readme` is a one-click link in its https form, for pages such as a README on GitHub that
    strip other schemes; not every client has one. `gaps` are the placeholders in angle brackets
    that a click writes or that stand in the texts: the user puts values of their own there.
    `long` tells that there would be a link, were it not too long.
    """

    client: str
    title: str
    links: tuple[Link, ...] = ()
    readme: Link | None = None
    command: Command | None = None
    file: RecipeFile | None = None
    gaps: tuple[str, ...] = ()
    long: bool = False
    notes: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Return whether there is anything to click, run or copy."""
        return bool(self.links or self.command or self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing the server takes from its user, as its publisher described it.

    `kind` is "variable" (environment), "header", "argument" or "url" (part of the address).
    `fixed` is the publisher's own value, with `{name}` where another need is put in; never that
    of a secret. `default`, `placeholder`, `description` and `format` are "" where not given;
    `format` is otherwise "string", "number", "boolean", "filepath" or what the publisher wrote.
    """

    name: str
    kind: str
    required: bool = False
    secret: bool = False
    repeated: bool = False
    fixed: str = ""
    default: str = ""
    placeholder: str = ""
    choices: tuple[str, ...] = ()
    description: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One way to run the server: a package on the user's machine, or a remote.

    `id` (`package-1`, `remote-2`) is unique in its panel and fit for a DOM id. `kind` is
    "package" or "remote". `type` is the package's registry type or, for a remote, its transport.
    `title` is short ("npm", "Remote (streamable HTTP)"); `target` is the identifier or the URL.
    `transport` is "stdio", "streamable-http", "sse" or what the publisher wrote.
    `before` is a command to run first (install or start the server), if there is one.
    `web` is the package's page at its registry. `recipes` has one row for each client, always
    all of them in the order of `Panel.clients`. `sha256` is that of a bundle, hex, or "".
    `reason` says why nothing can be started or reached, "" if something can.
    `switches` are what a user may add to the recipes. `json` is what recipes are made of, as plain
    JSON (launch_json.py), where there are any.
    """

    id: str
    kind: str
    type: str
    title: str
    target: str
    version: str = ""
    transport: str = ""
    sha256: str = ""
    reason: str = ""
    web: Link | None = None
    before: Command | None = None
    needs: tuple[Need, ...] = ()
    switches: tuple[Switch, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    json: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientName:
    """A client, for the row of tabs: the id that recipes carry, and its name."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Everything the install panel of one version shows; `launches` may be empty.

    `title` and `description` are the server's, as the files of clients have them: a line each.
    """

    name: str
    title: str
    description: str
    clients: tuple[ClientName, ...]
    launches: tuple[Launch, ...] = ()
    repository: Link | None = None
    website: Link | None = None
