"""The install panel on a server's pages: its tabs, its switches, and what fits a light page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import Any

import orjson

from builder import install
from builder.catalogue.server import Version
from builder.install import ClientName, Command, Launch, Link, Panel, Piece, Recipe, naming
from builder.model.config import Config
from builder.model.server_json import Json
from builder.model.wording import counted
from builder.pages.address import badge_markdown, button_file, url
from builder.pages.html.text import clean

LAUNCHES_SHOWN = 8
RECIPES_SHOWN = 20_000  # characters of the first client's commands, files and links
SWITCHES_SHOWN = 40
FEW_SWITCHES = 8
# A README's button is a second link that carries all of the configuration: none of it is shown there.
_FIRST_ALONE = (replace(install.CLIENTS[0], readme=None),)
_GENERAL = tuple(client for client in install.CLIENTS if client.id == "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRecipe:
    """A recipe with its launch; `command` and `file` are their pieces for the page's script."""

    launch: Launch
    recipe: Recipe
    command: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """The first client of the install panel, with its recipe for each launch.

    `own` lets the client read the entry from this registry, if it can; it is the `main` button
    where the other link would be too long.
    """

    client: ClientName
    recipes: Sequence[ShownRecipe]
    own: Link | None = None
    main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button for a README: where it leads, what it says, and its picture below the site's root."""

    link: Link
    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPanel:
    """The install panel as a page shows it; `hidden` counts the ways that it has no room for.

    `tab` is the first client's. `json` is what the page's script makes the panels of the others from
    (site/assets/install/). `linked` says whether a button may open a program, `many_switches` whether
    the optional settings would hide it behind themselves: then they are folded.
    """

    panel: Panel
    tab: Tab | None
    json: Mapping[str, Json]
    switched: Sequence[Launch]
    many_switches: bool
    linked: bool
    hidden: str


# The server's page and the Markdown copy come one after the other.
@lru_cache(maxsize=1)
def panel(version: Version) -> Panel:
    """Make the panel of a version with the recipes of all clients: whole for the first one, which a page
    shows without a script, as Markdown has them for the others."""
    first = install.CLIENTS[:1]
    return install.panel(version.name, version.content(), first, install.CLIENTS[1:])


def first_panel(version: Version) -> Panel:
    """Make the panel with the first client's recipes alone: all that a lean page shows without a script."""
    return install.panel(version.name, version.content(), _FIRST_ALONE)


def shown_panel(panel: Panel, vscode: str) -> ShownPanel:
    """Make what a page shows of a panel; `vscode` opens the entry of this registry in VS Code, or is ""."""
    launches = _fitting(panel.launches)
    switched = [launch for launch in launches if launch.switches and not launch.reason]
    return ShownPanel(
        panel=panel,
        tab=_tab(panel.clients[0], launches, vscode) if launches else None,
        json=panel_json(panel, launches) if launches else {},
        linked=any(launch.json.get("linked") or launch.json.get("bundle") for launch in launches),
        switched=switched,
        many_switches=sum(len(launch.switches) for launch in switched) > FEW_SWITCHES,
        hidden=_hidden(len(panel.launches) - len(launches)),
    )


def general_launches(version: Version, content: dict[str, Any]) -> Sequence[Launch]:
    """Return the ways of a version that is not the latest, in the form that any client reads."""
    return install.launches(version.name, content, brief=_GENERAL)


def general_recipes(launches: Sequence[Launch]) -> Sequence[ShownRecipe]:
    """Return the recipes of these ways that a light page has room for."""
    return [shown(launch, launch.recipes[0]) for launch in _fitting(launches)]


def own_links(panel: Panel) -> Iterator[tuple[str, Link]]:
    """Yield the server's own addresses on the web, each with what to call it."""
    for name, link in (("Source code", panel.repository), ("Website", panel.website)):
        if link is not None:
            yield name, link


def buttons(panel: Panel) -> list[Button]:
    """Return the install buttons for a README: of each client that has one, for its first way."""
    first: dict[str, Button] = {}
    for launch in panel.launches:
        for recipe in launch.recipes:
            if recipe.readme is not None and not recipe.long:
                button = Button(link=recipe.readme, picture=button_file(recipe.client))
                first.setdefault(recipe.client, button)
    return list(first.values())


def readme_markdown(name: str, made: Iterable[Button], config: Config) -> str:
    """Write the Markdown of a README kit: the badge and, on a line of its own, the buttons."""
    base = config.base_url
    row = (
        f"[![{button.link.label}]({base}/{url(button.picture)})]({_in_markdown(button.link.href)})"
        for button in made
    )
    return clean("\n\n".join(text for text in (badge_markdown(name, base), "\n".join(row)) if text))


def _in_markdown(href: str) -> str:
    return href.replace("(", "%28").replace(")", "%29")


def _tab(client: ClientName, launches: Sequence[Launch], vscode: str) -> Tab:
    return Tab(
        client=client,
        recipes=usable_first([shown(launch, launch.recipes[0]) for launch in launches]),
        own=Link(href=vscode, label="Open this entry in VS Code") if vscode else None,
        main=any(launch.recipes[0].long for launch in launches),
    )


def panel_json(panel: Panel, launches: Iterable[Launch]) -> dict[str, Json]:
    """Return what site/assets/install/panel.js makes the panel of any client from."""
    server = {
        "name": panel.name,
        "key": naming.key(panel.name),
        "title": panel.title,
        "description": panel.description,
    }
    return {
        "server": server,
        "launches": [
            {
                "id": launch.id,
                "title": clean(launch.title),
                "target": clean(launch.target),
                "reason": clean(launch.reason),
                "before": _shell_lines(launch.before),
                "way": launch.json,
            }
            for launch in launches
        ],
    }


def _shell_lines(command: Command | None) -> dict[str, str] | None:
    return {"text": command.text, "windows": command.windows} if command else None


def shown(launch: Launch, recipe: Recipe) -> ShownRecipe:
    """Return a recipe as a page has it."""
    return ShownRecipe(
        launch=launch,
        recipe=recipe,
        command=_pieces(recipe.command.pieces if recipe.command else ()),
        file=_pieces(recipe.file.pieces if recipe.file else ()),
    )


def _pieces(pieces: Sequence[Piece]) -> str:
    """Write pieces for site/assets/switches.js: [switches, text] of each."""
    rows = [[" ".join(piece.switches), clean(piece.text)] for piece in pieces]
    return orjson.dumps(rows).decode() if rows else ""


def usable_first(recipes: Sequence[ShownRecipe]) -> list[ShownRecipe]:
    """Return recipes in the order of a panel. The first one stands open: it should be one that this client can run."""
    return sorted(recipes, key=lambda shown: not shown.recipe.usable)


def _fitting(launches: Sequence[Launch]) -> Sequence[Launch]:
    """Those whose recipes a light page has room for, from the first one on."""
    sizes = accumulate(_size(launch.recipes[0]) for launch in launches)
    return launches[: min(LAUNCHES_SHOWN, sum(size <= RECIPES_SHOWN for size in sizes))]


def _size(recipe: Recipe) -> int:
    texts = [text for text in (recipe.command, recipe.file) if text]
    pieces = sum(len(piece.text) for text in texts for piece in text.pieces)
    links = sum(len(link.href) for link in recipe.links)
    return sum(len(text.text) for text in texts) + pieces + links


def _hidden(more: int) -> str:
    return counted(more, "more way") if more else ""
