"""The short ways of making a page give what the long ones would."""

from __future__ import annotations

from collections.abc import Mapping

import jinja2
import markupsafe
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.build.source import Source
from builder.pages.html import environment as page_environment
from builder.pages.html import frame
from builder.pages.html.diff import FieldChange
from builder.pages.html.template import environment, escape
from tests.pages import made

VALUES = st.text() | st.text("&<>'\"a") | st.integers() | st.text().map(markupsafe.Markup)


@given(VALUES)
def test_values_are_escaped_as_jinja_does(value: object) -> None:
    assert escape(value) == markupsafe.escape(value)


def test_a_filled_frame_is_the_whole_template(
    made_source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = set()

    def fill(template: jinja2.Template, values: Mapping[str, object]) -> str:
        names.add(template.name)
        text = frame.fill(template, values)
        assert text == template.render(values)
        return text

    monkeypatch.setattr(page_environment, "fill", fill)
    made.site(made_source.catalogue, made_source.config)
    assert {"home.html", "server.html", "version.html", "deleted.html", "404.html"} <= names


def test_what_a_loop_writes_is_one_text() -> None:
    source = "<p>{% for each in rows %}<b>{{ each }}</b>{% for one in each %}{{ one }}{% endfor %}{% else %}-{% endfor %}</p>"
    template = _html().from_string(source)
    assert list(template.generate(rows=["<&", "é"])) == [
        "<p>",
        "<b>&lt;&amp;</b>&lt;&amp;<b>é</b>é",
        "</p>",
    ]
    assert template.render(rows=[]) == "<p>-</p>"


def test_an_inlined_template_is_an_included_one() -> None:
    change = FieldChange(where="<b>", old="1 & 2", new='"3"')
    both = ("inline", "include")
    sources = (f'<p>\n{{% {tag} "changes.html" %}}\n</p>\n' for tag in both)
    inlined, included = (
        _html().from_string(source).render(changes=[change, change]) for source in sources
    )
    assert inlined == included
    assert "&lt;b&gt;" in inlined


def _html() -> jinja2.Environment:
    return environment().overlay(autoescape=True)
