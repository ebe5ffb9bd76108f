"""The operator's own files of a site: pages in Markdown below site/pages/, and the logo.

What is wrong with one is a finding, and the site is built without it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from builder.model.brand_settings import Brand
from builder.model.finding import Finding, Severity
from builder.model.layout import CONFIG
from builder.model.server_json import too_large

PAGES = "site/pages"
HOME = "home"
"""The page whose text stands on the home page."""
LOGO_BYTES = 64 * 1024
PAGE_BYTES = 256 * 1024
RULE = "own-file"
SUMMARY = "The site's own pages and logo can be used."
EXPLANATION = (
    "A page of `site/pages/` is `<slug>.md` in UTF-8, at most 256 KiB, and begins with `# Title`; "
    "`home.md` is the text of the home page and needs no title. A logo is SVG, PNG or WebP by what is in "
    "it, at most 64 KiB. What `registry.yaml` names, a collection too, is a file of the repository."
)
ReadFile = Callable[[str], bytes | None]
"""Returns the bytes of a file of the repository, None if there is no such file."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.md")
_TITLE = re.compile(r"#[ \t]+(\S.*)")
_STARTS = {"png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF"}


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page of the operator's: its text is Markdown, without the title."""

    slug: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture: its content, and the ending of its file's name."""

    ending: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """All of them: pages by the names of their files, the home page's text, and logos.

    `has_collections` tells whether the repository has any, so that the navigation leads there.
    """

    pages: tuple[OwnPage, ...] = ()
    home: str = ""
    logo: Logo | None = None
    logo_dark: Logo | None = None
    has_collections: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all of it."""
        return hashlib.sha256(repr(self).encode()).hexdigest() if self != NONE else ""


NONE = OwnFiles()


def read(
    brand: Brand, names: Iterable[str], read_file: ReadFile
) -> tuple[OwnFiles, tuple[Finding, ...]]:
    """Read them; `names` are those of the files in PAGES. Return them and what is wrong."""
    findings: list[Finding] = []
    pages: list[OwnPage] = []
    home = ""
    for name in sorted(names):
        path = f"{PAGES}/{name}"
        page = _page(name, read_file(path) or b"")
        if isinstance(page, str):
            findings.append(_finding(path, page))
        elif page.slug == HOME:
            home = page.text
        else:
            pages.append(page)
    logos: dict[str, Logo] = {}
    for named in filter(None, (brand.logo, brand.logo_dark)):
        logo = _logo(named, read_file(named))
        if isinstance(logo, str):
            findings.append(_finding(named, logo))
        else:
            logos[named] = logo
    files = OwnFiles(
        pages=tuple(pages),
        home=home,
        logo=logos.get(brand.logo or ""),
        logo_dark=logos.get(brand.logo_dark or ""),
    )
    return files, (*findings, *_lost(brand, pages))


def _page(name: str, data: bytes) -> OwnPage | str:
    if not _SLUG.fullmatch(name):
        return "the name is not of the form <slug>.md, in lower case with hyphens"
    if len(data) > PAGE_BYTES:
        return too_large(len(data), PAGE_BYTES)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return f"byte {error.start} is not UTF-8"
    slug = name.removesuffix(".md")
    first, _, rest = text.lstrip().partition("\n")
    title = _TITLE.fullmatch(first.strip())
    if slug == HOME:
        return OwnPage(slug, "", text)
    return OwnPage(slug, title[1].strip(), rest) if title else "the first line is not `# Title`"


def _logo(path: str, data: bytes | None) -> Logo | str:
    ending = path.rpartition(".")[2]
    if data is None:
        return "there is no such file, and registry.yaml names it as a logo"
    if len(data) > LOGO_BYTES:
        return too_large(len(data), LOGO_BYTES)
    is_right = b"<svg" in data[:1024] if ending == "svg" else data.startswith(_STARTS[ending])
    return Logo(ending, data) if is_right else f"the file is no {ending.upper()}"


def _lost(brand: Brand, pages: Iterable[OwnPage]) -> Iterator[Finding]:
    slugs = {f"pages/{page.slug}" for page in pages}
    for link in brand.footer:
        if link.url.startswith("pages/") and link.url not in slugs:
            yield _finding(CONFIG, f"brand.footer: there is no {PAGES}/{link.url[6:]}.md")


def unknown_collections(
    named: Iterable[tuple[str, str]], files: Iterable[str]
) -> Iterator[Finding]:
    """Yield a finding for each collection that a key of the settings names and no file of `files` is."""
    known = {file.removesuffix(".yaml") for file in files}
    for key, slug in named:
        if slug not in known:
            yield _finding(CONFIG, f"{key}: there is no collections/{slug}.yaml")


def _finding(path: str, message: str) -> Finding:
    return Finding(
        rule=RULE,
        severity=Severity.WARNING,
        path=path,
        message=message,
        help="the site is built without it",
        line=1,
        column=1,
    )
