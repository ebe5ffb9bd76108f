"""Rules on overlays: what the registry says must be about something that is there."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from builder.install import CLIENTS
from builder.model.finding import Severity
from builder.model.overlay import Overlay
from builder.rules.engine.rule import Example, ExampleFile, Problem, Rule, file
from builder.rules.engine.subject import Tree

_IDS = tuple(client.id for client in CLIENTS)
_PATH = "servers/com.example/weather/overlay.yaml"


def _clients(tree: Tree) -> Iterator[Problem]:
    for path, overlay in tree.sidecars.items():
        if isinstance(overlay, Overlay):
            for name in overlay.clients:
                if name not in _IDS:
                    yield _unknown(path, name)


def _unknown(path: str, name: str) -> Problem:
    likely = difflib.get_close_matches(name, _IDS, 1)
    return Problem(
        message=f"there is no client {name!r}, so that its hint is shown to nobody",
        file=path,
        steps=("clients", name),
        help=f"did you mean {likely[0]}?" if likely else f"clients are: {', '.join(_IDS)}",
    )


def _hint(client: str) -> Example:
    text = f"clients: {{{client}: Use the button.}}\n"
    overlay = ExampleFile(path=_PATH, data=text.encode())
    return Example(files=(file(), overlay), shown=text.strip())


RULES: tuple[Rule[Tree], ...] = (
    Rule(
        code="overlay-unknown-client",
        summary="Hints of an overlay are for clients that this registry knows.",
        explanation="The keys of `clients` are the ids of the table of clients; another one is most likely a typing "
        "mistake. It is a warning: nothing else of the overlay is lost.",
        severity=Severity.WARNING,
        check=_clients,
        failing=_hint("vscode"),
        passing=_hint("vs-code"),
    ),
)
