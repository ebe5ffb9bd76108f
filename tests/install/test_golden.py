"""One golden file for each client: what it is told for a handful of real servers.

After a wanted change: make golden, and read the diff.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from builder.install import Panel, Recipe, panel
from builder.install.clients import CLIENTS
from tests.install.documents import HERE, real


def _shown(client: str, panels: dict[str, Panel]) -> Iterator[str]:
    for name, shown in panels.items():
        for launch in shown.launches:
            yield f"=== {name} {launch.id}: {launch.title} {launch.target} ==="
            if launch.before:
                yield f"first: {launch.before.text}\n  ({launch.before.note})"
            yield from (f"! {note}" for note in launch.notes)
            yield from _recipe(next(recipe for recipe in launch.recipes if recipe.client == client))
            yield ""


def _recipe(recipe: Recipe) -> Iterator[str]:
    yield from (f"note: {note}" for note in recipe.notes)
    yield from (f"{link.label}: {link.href}" for link in recipe.links)
    if recipe.readme:
        yield f"readme: {recipe.readme.href}"
    if recipe.command:
        yield f"$ {recipe.command.text}"
        yield f"  ({recipe.command.note})"
    if recipe.file:
        yield from (f"{place.system}: {place.path}" for place in recipe.file.places)
        yield recipe.file.text.rstrip("\n")


@pytest.mark.parametrize("client", [client.id for client in CLIENTS])
def test_golden(client: str) -> None:
    panels = {key: panel(document["name"], document) for key, document in real().items()}
    text = "\n".join(_shown(client, panels))
    golden = HERE / "golden" / f"{client}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert golden.is_file() and text == golden.read_text(encoding="utf-8"), "run: make golden"
