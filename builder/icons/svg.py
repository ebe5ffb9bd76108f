"""SVG without what acts: only shapes, paints and texts of an allow-list are written anew.

An SVG that is opened by its address is a document of the site's origin: a script in it would run
there. So nothing is taken over as it is: the tree is parsed without entities, and elements,
attributes and values that are not on the list are dropped - scripts, handlers, animation, links,
foreign objects, style sheets, and every reference that leads out of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.parsers import expat

NAMESPACE = "http://www.w3.org/2000/svg"
MOST_ELEMENTS = 2_000
MOST_DRAWN = 20_000
"""Elements with those that `use` and the like draw again: ten lines can ask for 10^10 of them."""
DEEPEST = 40
_HREF = "{http://www.w3.org/1999/xlink}href"
_ALLOWED_ELEMENTS = """
svg g path circle ellipse rect line polyline polygon defs linearGradient radialGradient stop
clipPath mask use symbol title desc text tspan
"""
_ALLOWED_PROPERTIES = """
fill fill-opacity fill-rule clip-path clip-rule color display mask opacity stroke
stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit
stroke-opacity stroke-width stop-color stop-opacity font-family font-size font-weight
text-anchor visibility
"""
_ALLOWED_ATTRIBUTES = """
id viewBox width height x y x1 y1 x2 y2 cx cy r rx ry fx fy d points transform offset dx dy
gradientUnits gradientTransform spreadMethod clipPathUnits maskUnits maskContentUnits
preserveAspectRatio pathLength
"""
_ELEMENTS = frozenset(_ALLOWED_ELEMENTS.split())
_PROPERTIES = frozenset(_ALLOWED_PROPERTIES.split())
_ATTRIBUTES = _PROPERTIES | frozenset(_ALLOWED_ATTRIBUTES.split())
# No brackets but those of colours, of transforms and of references within the file; no backslash,
# with which CSS escapes a word.
_FUNCTIONS = "rgba?|hsla?|matrix|translate|scale|rotate|skewX|skewY"
_VALUE = re.compile(
    rf"(?:url\(#[\w-]+\)|(?:{_FUNCTIONS})\([\w\s.,%+/-]*\)|[\w\s.,%#+-])*", re.ASCII
)
_LOCAL = re.compile(r"#[\w-]+", re.ASCII)
_REFERENCES = re.compile(r"url\(#([\w-]+)", re.ASCII)


def shapes(data: bytes) -> bytes:
    """Return an SVG with its shapes alone, UTF-8; the same for what it returned once.

    Raises ValueError if it is none, declares a document type, or is too deep or has too many
    elements.
    """
    root = _parsed(data)
    if _name(root) != "svg":
        raise ValueError("it is no SVG")
    kept = _kept(root, DEEPEST)
    assert kept is not None
    _require_few(kept)
    kept.set("xmlns", NAMESPACE)
    return ElementTree.tostring(kept, encoding="unicode", short_empty_elements=True).encode()


def _parsed(data: bytes) -> ElementTree.Element:
    """Parse without a document type: no entity can be declared, expanded or fetched."""
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate("utf-8", "}")
    opened = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal opened
        opened += 1
        if opened > MOST_ELEMENTS:
            raise ValueError(f"it has more than {MOST_ELEMENTS:,} elements")
        builder.start(_qualified(name), {_qualified(key): v for key, v in attributes.items()})

    def refuse(*_: object) -> None:
        raise ValueError("it declares a document type or an entity")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: builder.end(_qualified(name))
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, AssertionError) as error:
        raise ValueError("it is no XML in UTF-8") from error


def _qualified(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def _name(element: ElementTree.Element) -> str:
    """Return the name of an element of SVG, "" for others."""
    uri, _, name = str(element.tag).rpartition("}")
    return name if uri in ("", f"{{{NAMESPACE}") else ""


def _kept(element: ElementTree.Element, depth: int) -> ElementTree.Element | None:
    name = _name(element)
    if name not in _ELEMENTS:
        return None
    if depth == 0:
        raise ValueError(f"its elements are nested more than {DEEPEST} deep")
    made = ElementTree.Element(name, _attributes(element))
    is_text = name in ("title", "desc", "text", "tspan")
    made.text = element.text if is_text else None
    for child in element:
        kept = _kept(child, depth - 1)
        if kept is not None:
            kept.tail = child.tail if is_text else None
            made.append(kept)
    return made


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    kept = {}
    for name, value in [*element.attrib.items(), *_declarations(element.get("style", ""))]:
        if name in ("href", _HREF) and _LOCAL.fullmatch(value):
            kept["href"] = value
        elif name in _ATTRIBUTES and _VALUE.fullmatch(value):
            kept[name] = value
    return dict(sorted(kept.items()))


def _require_few(root: ElementTree.Element) -> None:
    """Refuse a file of which a reader would draw too much, or one that refers to itself."""
    named: dict[str, ElementTree.Element] = {}
    for element in root.iter():
        named.setdefault(element.get("id", ""), element)
    drawn, open_elements = 0, [root]
    while open_elements:
        element = open_elements.pop()
        drawn += 1
        if drawn > MOST_DRAWN:
            raise ValueError(f"it draws more than {MOST_DRAWN:,} elements")
        open_elements += [named[id] for id in _references(element) if id in named]
        open_elements.extend(element)


def _references(element: ElementTree.Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        if name == "href":
            yield value[1:]
        else:
            yield from _REFERENCES.findall(value)


def _declarations(style: str) -> list[tuple[str, str]]:
    """Return the declarations of a style attribute as attributes; those that are none are left out."""
    pairs = (part.partition(":") for part in style.split(";"))
    return [
        (name.strip(), value.strip()) for name, _, value in pairs if name.strip() in _PROPERTIES
    ]
