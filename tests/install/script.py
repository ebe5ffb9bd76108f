"""The panels that a page's script makes, run by Node."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from builder.install import CLIENTS, Panel, Recipe
from builder.pages.html.panel import panel_json

_WAYS = re.compile(r'<script type="application/json" data-ways="[a-z]+">(.*)</script>\n')
_SCRIPT = Path(__file__).with_name("script.mjs")


def made(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Return, for each panel, what the script makes for each client: `recipes` and `html`."""
    return _run(orjson.dumps([panel_json(panel, panel.launches) for panel in panels]))


def completed(page: str) -> str:
    """Return a page with the panels of all clients in it, as its script puts them there."""
    before, data, after = _WAYS.split(page)
    (panels,) = _run(f"[{data}]".encode())
    others = (panels[client.id]["html"] for client in CLIENTS[1:])
    return "".join((before, *others, after))


def _run(data: bytes) -> list[dict[str, Any]]:
    done = subprocess.run(["node", _SCRIPT], input=data, capture_output=True, check=True)
    result = json.loads(done.stdout)
    assert isinstance(result, list)
    return result


def as_script(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe of Python's in the form of the script's."""
    command, file = recipe.command, recipe.file
    return {
        "links": [{"href": link.href, "label": link.label} for link in recipe.links],
        "command": command
        and {"text": command.text, "windows": command.windows, "pieces": _pieces(command.pieces)},
        "file": file
        and {
            "places": [[place.system, place.path] for place in file.places],
            "language": file.language,
            "text": file.text,
            "pieces": _pieces(file.pieces),
        },
        "gaps": list(recipe.gaps),
        "long": recipe.long,
        "notes": list(recipe.notes),
    }


def _pieces(pieces: Sequence[Any]) -> list[list[str]]:
    return [[" ".join(piece.switches), piece.text] for piece in pieces]
