"""Compiled templates are kept and used again, and never those of other templates."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest

from builder.pages.html import compiled
from builder.pages.html.compiled import CompiledTemplates
from builder.pages.html.template import Inline


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a template that reads another one into itself; what is compiled is kept beside it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    kept = tmp_path / "kept" / "compiled.pyc"
    monkeypatch.setattr(compiled, "cache_from_source", lambda _: str(kept))
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text('Hello {% inline "name.html" %}')
    (folder / "name.html").write_text("{{ name }}")
    return folder


def rendered(templates: Path) -> str:
    """Render the page as a process does that has just started."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        bytecode_cache=CompiledTemplates(templates),
        extensions=[Inline],
        autoescape=True,
    )
    return environment.get_template("page.html").render(name="Alice")


def test_a_template_is_compiled_once(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rendered(templates)
    monkeypatch.delattr(jinja2.Environment, "_generate")
    assert rendered(templates) == first == "Hello Alice"


def test_a_template_that_is_read_into_another_changes_it(templates: Path) -> None:
    rendered(templates)
    (templates / "name.html").write_text("nobody")
    assert rendered(templates) == "Hello nobody"


@pytest.mark.parametrize("kept", [0, 10, -10], ids=["empty", "short", "cut off"])
def test_a_damaged_file_is_compiled_again(templates: Path, kept: int) -> None:
    first = rendered(templates)
    (file,) = (templates.parent / "kept").iterdir()
    file.write_bytes(file.read_bytes()[:kept])
    assert rendered(templates) == first


def test_where_nothing_can_be_written_pages_are_made_all_the_same(templates: Path) -> None:
    (templates.parent / "kept").write_text("a file stands where the folder would")
    assert rendered(templates) == "Hello Alice"
