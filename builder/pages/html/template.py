"""How Jinja2 reads the templates: always escaping, and faster than it does by itself.

The page of a version took 280 us in Jinja and takes 85. Half had gone to the frame (frame.py), a
sixth to making a `Markup` of each value only to join it to the rest, a tenth to including others.

This overrides three methods of Jinja2's code generator, which are not its public interface: so
pyproject.toml bounds its version, and tests compare what comes out with what Jinja2 does by itself.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import jinja2
import markupsafe
import orjson
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from builder.pages.html.breaks import breakable, with_days
from builder.pages.html.compiled import CompiledTemplates
from builder.pages.html.fold import Fold, folded
from builder.runtime import resources


def escape(value: Any) -> str:
    """Escape a value for HTML and XML; as `markupsafe.escape`, but plain text stays a `str`."""
    # A third of the time for names and numbers, which have nothing to escape.
    if type(value) is str and not (
        "&" in value or "<" in value or ">" in value or "'" in value or '"' in value
    ):
        return value
    return markupsafe.escape(value)


def json_script(value: Any) -> Markup:
    """Write JSON for a script element: no `<`, `>` or `&`, which could end it, stays as it is."""
    text = orjson.dumps(value).decode()
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # the only text that is declared safe


class Inline(Extension):
    """`{% inline "name.html" %}`: that template, read as if it stood here.

    It does what `include` does, once when the template is compiled and not for each page.
    """

    tags = {"inline"}  # noqa: RUF012 - Jinja's own declaration

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Read the tag: its template's nodes."""
        next(parser.stream)
        name = parser.stream.expect("string").value
        assert self.environment.loader is not None
        source, path, _ = self.environment.loader.get_source(self.environment, name)
        return self.environment.parse(source, name, path).body


class _Generator(CodeGenerator):
    """Writes code that escapes with the function above, and reads attributes as Python does.

    What a loop writes is joined at its end: a list of 300 servers goes on as one text, not as 10,000.
    """

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.escape(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        if frame.buffer is not None or frame.require_output_check:
            super().visit_For(node, frame)
            return
        self.buffer(frame)
        super().visit_For(node, frame)
        self.writeline(f'yield "".join({frame.buffer})')
        frame.buffer = None

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        if isinstance(node.node, nodes.Name) and node.node.name == "self":  # a template's blocks
            super().visit_Getattr(node, frame)
        else:
            self.visit(node.node, frame)
            self.write(f".{node.attr}")


class _Environment(jinja2.Environment):
    code_generator_class = _Generator
    escape = staticmethod(escape)


@cache
def environment() -> jinja2.Environment:
    """The templates, compiled once and kept. A missing value is an error.

    All of HTML and XML is escaped; what goes into plain text is made fit for it before.
    """
    templates = resources.folder("site") / "templates"
    made = _Environment(
        loader=jinja2.FileSystemLoader(templates),
        bytecode_cache=CompiledTemplates(templates),
        extensions=[Inline, Fold],
        autoescape=jinja2.select_autoescape(["html", "xml", "atom", "svg"], default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "json_script": json_script,
        "breakable": breakable,
        "with_days": with_days,
        "folded": folded,
    }
    return made
