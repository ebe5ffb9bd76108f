"""Rules on the addresses of the website and the icons (contract, R10 and R12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from builder.rules.engine import go_url
from builder.rules.engine.fields import items, quoted, string
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, Steps, entry
from builder.rules.engine.subject import Entry

_UNWANTED = re.compile(r"[\"'<> \t\r\n]")
Place = tuple[Steps, str]
Judge = Callable[[str], str | None]
"""What is wrong with an address, or None."""


def _websites(item: Entry) -> Iterator[Place]:
    if url := string(item.document, "websiteUrl"):
        yield ("websiteUrl",), url


def _icons(item: Entry) -> Iterator[Place]:
    for steps, icon in items(item.document, "icons"):
        yield (*steps, "src"), string(icon, "src")


def _unreadable(url: str) -> str | None:
    return "is not a URL" if go_url.parse(url) is None else None


def _relative(url: str) -> str | None:
    parsed = go_url.parse(url)
    return "has no scheme" if parsed and not parsed.scheme else None


def _not_https(url: str) -> str | None:
    parsed = go_url.parse(url)
    if parsed is None or parsed.scheme == "https":
        return None
    return f"has the scheme {parsed.scheme}:" if parsed.scheme else "does not begin with https:"


def _characters(url: str) -> str | None:
    character = _UNWANTED.search(url) if go_url.parse(url) is not None else None
    return f"holds {quoted(character[0])}, which must be escaped" if character else None


def _check(
    places: Callable[[Entry], Iterator[Place]], judge: Judge
) -> Callable[[Entry], Iterator[Problem]]:
    def check(item: Entry) -> Iterator[Problem]:
        for steps, url in places(item):
            if problem := judge(url):
                yield Problem(
                    message=f"{quoted(url)} {problem}",
                    steps=steps,
                    help="an address that begins with https://",
                )

    return check


def _website(code: str, judge: Judge, summary: str, explanation: str, bad: str) -> Rule[Entry]:
    return Rule(
        code=code,
        summary=summary,
        explanation=explanation,
        reference="R10",
        check=_check(_websites, judge),
        about=EntryPart.WEBSITE,
        failing=entry(websiteUrl=bad),
        passing=entry(websiteUrl="https://example.com/docs"),
    )


def _icon(code: str, judge: Judge, summary: str, explanation: str, bad: str) -> Rule[Entry]:
    return Rule(
        code=code,
        summary=summary,
        explanation=explanation,
        reference="R12",
        check=_check(_icons, judge),
        about=EntryPart.ICONS,
        failing=entry(icons=[{"src": bad}]),
        passing=entry(icons=[{"src": "https://example.com/icon.png"}]),
    )


_PARSES = "Addresses are read as Go reads them: control characters, a bad `%` escape or a space in \
the host are errors."
_SCHEME = "It is shown as a link or an image on a page, so that only `https:` is safe. \
`javascript:`, `data:` and plain `http:` are refused."

RULES: tuple[Rule[Entry], ...] = (
    _website("invalid-website-url", _unreadable, "The website's address can be parsed.", _PARSES,
             "https://example.com/%zz"),
    _website("website-url-must-be-absolute", _relative, "The website's address has a scheme.",
             "A relative address leads elsewhere on each site that shows it.", "example.com/docs"),
    _website("website-url-invalid-scheme", _not_https, "The website is reached by https.", _SCHEME,
             "javascript:alert(1)"),
    _website("website-url-invalid-characters", _characters,
             "The website's address holds no quotes, angle brackets or white space.",
             "They would end an attribute in a page that forgets to escape them. "
             "Write them as `%22`, `%27`, `%3C`, `%3E` and `%20`.", "https://example.com/it's"),
    _icon("icon-src-invalid-url", _unreadable, "An icon's address can be parsed.", _PARSES,
          "https://example.com/%zz.png"),
    _icon("icon-src-not-absolute", _relative, "An icon's address has a scheme.",
          "A relative address leads elsewhere on each site that shows it.", "/icon.png"),
    _icon("icon-src-invalid-scheme", _not_https, "An icon is loaded by https.", _SCHEME,
          "data:image/png;base64,iVBORw0KGgo="),
)  # fmt: skip
