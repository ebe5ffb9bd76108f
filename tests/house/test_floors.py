"""The house: which folder of builder/ may import which.

The table is the architecture, from top to bottom. A folder imports lower rows only; two folders
of one row do not know each other. A new folder takes a place in it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.house.imports import PACKAGE, ROOT, Import, imports, modules

ROWS = """
commands
submit publish
forge docs
build gate mirror
authoring serve deploy check package_proof sealing facts
ownership history pages pull rules
exports
catalogue output install net git search
topics policy pack trust icons
model
hosts cache words
runtime
"""
FLOOR = {folder: -row for row, line in enumerate(ROWS.split("\n")) for folder in line.split()}

# Beyond the floors: what a folder may see of all that is below it, or may not.
ONLY = {"pull": {"model", "net", "runtime", "trust"}}
NEVER = {
    "pages": {"rules", "history", "git", "commands"},
    "build": {"net"},  # nor does anything that a build imports: see below
}

_IMPORTS = imports()


def _lines(wrong: list[Import]) -> str:
    return "\n".join(map(str, sorted(wrong)))


def test_every_folder_has_a_floor() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders - FLOOR.keys() == set(), "give each new folder a row in ROWS"
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py", "cli.py"}


@pytest.mark.parametrize("page", ["README.md", "site/docs/contributing.md"])
def test_the_map_names_every_folder(page: str) -> None:
    text = (ROOT / page).read_text()
    missing = [folder for folder in FLOOR if not re.search(rf"^[`\w, |/]*\b{folder}\b", text, re.M)]
    assert not missing, f"name them in {page}"


def test_every_folder_opens_with_a_sentence() -> None:
    for init in PACKAGE.rglob("__init__.py"):
        first = init.read_text().partition("\n")[0]
        assert first.startswith('"""') and len(first) > 20, init


def test_a_folder_imports_lower_rows_only() -> None:
    wrong = [
        found
        for found in _IMPORTS
        if found.importer and found.imported and found.importer != found.imported
        if FLOOR[found.importer] <= FLOOR[found.imported]
    ]
    assert not wrong, _lines(wrong)


def test_only_the_command_line_stands_above_the_folders() -> None:
    """builder/ itself is the command line and the version: folders import no more than these."""
    allowed = {"builder", "builder.cli"}
    wrong = [
        found
        for found in _IMPORTS
        if found.importer and not found.imported and found.module not in allowed
    ]
    assert not wrong, _lines(wrong)


@pytest.mark.parametrize("folder", ONLY)
def test_a_folder_sees_only_what_it_may(folder: str) -> None:
    wrong = [
        found
        for found in _IMPORTS
        if found.importer == folder and found.imported not in {"", folder, *ONLY[folder]}
    ]
    assert not wrong, _lines(wrong)


@pytest.mark.parametrize("folder", NEVER)
def test_a_folder_never_sees_what_is_not_its_business(folder: str) -> None:
    reached = _reached(folder)
    wrong = [
        found for found in _IMPORTS if found.importer in reached and found.imported in NEVER[folder]
    ]
    assert not wrong, _lines(wrong)


def test_no_module_imports_itself_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for found in _IMPORTS:
        importer = _module(found.path)
        # A package's face gathers its own modules: these may import one another, not the face.
        if found.module != importer:
            graph.setdefault(importer, set()).add(found.module)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
        pairs = set(zip(circle[1:], circle, strict=False))
        lines = [found for found in _IMPORTS if (_module(found.path), found.module) in pairs]
        pytest.fail(f"circle: {' -> '.join(circle)}\n{_lines(lines)}")


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _reached(folder: str) -> set[str]:
    """Return the folders that a folder imports, directly or through others, and itself."""
    below: Mapping[str, set[str]] = {
        name: {found.imported for found in _IMPORTS if found.importer == name} for name in FLOOR
    }
    reached: set[str] = set()
    todo = {folder}
    while todo:
        name = todo.pop()
        reached.add(name)
        todo |= below.get(name, set()) - reached - {""}
    return reached


def test_a_class_name_is_unique_or_private() -> None:
    classes: dict[str, list[str]] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}: class {node.name}"
                classes.setdefault(node.name, []).append(place)
    twice = [line for lines in classes.values() if len(lines) > 1 for line in lines]
    assert not twice, "\n".join(twice)
