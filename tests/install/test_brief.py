"""A brief recipe is the whole one with less in it: what is shown without switches is the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

from hypothesis import HealthCheck, given, settings

from builder.install import CLIENTS, Recipe, panel
from tests.install.documents import plausible, published, real

WITH_LINKS = {client.id for client in CLIENTS if client.links}
"""A brief recipe has no links, and does not tell what stands in them alone."""


def _check(name: str, document: dict[str, Any]) -> None:
    whole = panel(name, document)
    brief = panel(name, document, CLIENTS[:1], CLIENTS[1:])
    assert brief.clients == whole.clients
    for ours, theirs in zip(brief.launches, whole.launches, strict=True):
        assert ours.recipes[0] == theirs.recipes[0]
        assert [*map(_shown, ours.recipes)] == [*map(_shown, theirs.recipes)]
        assert replace(ours, recipes=()) == replace(theirs, recipes=())


def _shown(recipe: Recipe) -> tuple[object, ...]:
    command = recipe.command.text if recipe.command else None
    file = replace(recipe.file, pieces=()) if recipe.file else None
    button = None if recipe.long else recipe.readme
    gaps = () if recipe.client in WITH_LINKS else recipe.gaps
    return recipe.client, recipe.title, command, file, gaps, button


def test_every_published_entry() -> None:
    for document in (*real().values(), *islice(published(), 0, None, 8)):
        _check(str(document.get("name", "x")), document)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(plausible)
def test_any_document(document: dict[str, Any]) -> None:
    _check("io.github.acme/weather", document)
