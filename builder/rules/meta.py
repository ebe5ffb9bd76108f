"""Rules on what an entry says of itself: repository, title, publisher's data (R8, R9, R11, R30)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from builder.model.finding import Severity
from builder.rules.engine import misspelt
from builder.rules.engine.fields import quoted, string, trimmed
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, entry
from builder.rules.engine.subject import Entry

PUBLISHER = "io.modelcontextprotocol.registry/publisher-provided"
MAX_META = 4096

_HOSTS = {
    "github": re.compile(r"https?://(www\.)?github\.com/[0-9A-Za-z_.-]+/[0-9A-Za-z_.-]+/?"),
    "gitlab": re.compile(r"https?://(www\.)?gitlab\.com/[0-9A-Za-z_.-]+/[0-9A-Za-z_.-]+/?"),
}
_SUBGROUPS = re.compile(r"https?://(www\.)?gitlab\.com(/[0-9A-Za-z_.-]+){3,}/?")
_GIT = re.compile(
    r"(?:git@|git\+https://|git\+ssh://git@|ssh://git@|git://|https?://)(?:www\.)?(?P<host>git(?:hub|lab)\.com)[:/]"
    r"(?P<path>[0-9A-Za-z_.-]+/[0-9A-Za-z_.-]+?)(?:\.git)?(?:/(?:tree|blob)/.*)?(?:#.*)?/?"
)
_SUBFOLDER = re.compile(r"[a-zA-Z0-9\-_./]+")


def _repository(item: Entry) -> Mapping[str, Any]:
    value = item.document.get("repository")
    return value if isinstance(value, dict) else {}


def _url(item: Entry) -> Iterator[Problem]:
    repository = _repository(item)
    url, source = string(repository, "url"), string(repository, "source")
    form = _HOSTS.get(source)
    if (not url and not source) or (form and form.fullmatch(url)):
        return
    if item.private.repository(url):
        return
    subgroup = source == "gitlab" and _SUBGROUPS.fullmatch(url)
    fact = f"{quoted(url)} is not the address of a repository at {quoted(source)}"
    yield Problem(
        message=f"the official registry refuses this: {quoted(url)} is in a sub-group"
        if subgroup
        else fact,
        steps=("repository", "url"),
        severity=Severity.WARNING if subgroup else None,
        help=_address_help(url, source),
    )


def _address_help(url: str, source: str) -> str:
    if source not in _HOSTS and (meant := misspelt.value(source, tuple(_HOSTS))):
        return f'did you mean "source": "{meant}"?'
    if match := _GIT.fullmatch(url):
        return f'write "url": "https://{match["host"]}/{match["path"]}"'
    return (
        "source github with https://github.com/<owner>/<repository>, or gitlab with "
        "https://gitlab.com/<owner>/<repository>; or leave repository out"
    )


def _subfolder(item: Entry) -> Iterator[Problem]:
    repository = _repository(item)
    folder = string(repository, "subfolder")
    if not folder or not (string(repository, "url") or string(repository, "source")):
        return
    parts = folder.split("/")
    if not _SUBFOLDER.fullmatch(folder) or any(part in ("", ".", "..") for part in parts):
        yield Problem(
            message=f"{quoted(folder)} is not a folder in the repository",
            steps=("repository", "subfolder"),
            help="such as servers/weather: A-Z a-z 0-9 - _ . between single slashes",
        )


def _title(item: Entry) -> Iterator[Problem]:
    title = string(item.document, "title")
    if title and not trimmed(title):
        yield Problem(message="the title is blank", steps=("title",), help="leave it out")


def _size(item: Entry) -> Iterator[Problem]:
    meta = item.document.get("_meta")
    provided = meta.get(PUBLISHER) if isinstance(meta, dict) else None
    if isinstance(provided, dict) and (size := encoded_size(provided)) > MAX_META:
        yield Problem(
            message=f"{size:,} bytes of publisher's data, at most {MAX_META:,} are allowed",
            steps=("_meta", PUBLISHER),
            help="keep what is long at an address of your own, and link to it",
        )


def encoded_size(value: Any) -> int:
    """Return how many bytes a JSON value has as Go's encoding/json writes it: compact, `<>&` escaped."""
    if isinstance(value, dict):
        inner = sum(encoded_size(key) + 1 + encoded_size(item) for key, item in value.items())
        return 2 + inner + max(0, len(value) - 1)
    if isinstance(value, list):
        return 2 + sum(map(encoded_size, value)) + max(0, len(value) - 1)
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return (
            len(text)
            + sum(5 * value.count(character) for character in "<>&")
            + sum(3 * value.count(character) for character in "\u2028\u2029")
        )
    if value is None or isinstance(value, bool):
        return len(json.dumps(value))
    return len(_go_number(value))


def _go_number(value: float) -> str:
    # Go decodes every number as a float64 and writes it the shortest way.
    number = Decimal(repr(float(value)))
    if not number or Decimal("1e-6") <= abs(number) < Decimal("1e21"):
        text = f"{number:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{number.normalize():e}"


RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="invalid-repository-url",
        summary="The repository is at github.com or gitlab.com, and the address fits the source.",
        explanation="`https://github.com/<owner>/<repository>` with the source `github`, or the same "
        "at gitlab.com with `gitlab`. Upstream knows no other sources, and refuses sub-groups of "
        "GitLab; those are real addresses, so here they are a warning. Hosts of your own are named in "
        "`registry.yaml` (`policy.publish.repository_hosts`).",
        reference="R8",
        check=_url,
        about=EntryPart.REPOSITORY,
        failing=entry(repository={"url": "git@github.com:owner/weather.git", "source": "github"}),
        passing=entry(repository={"url": "https://github.com/owner/weather", "source": "github"}),
    ),
    Rule(
        code="invalid-subfolder-path",
        summary="The subfolder is a plain relative path.",
        explanation="No slash at either end, no empty part, no `.` or `..`.",
        reference="R9",
        check=_subfolder,
        about=EntryPart.REPOSITORY,
        failing=entry(
            repository={
                "url": "https://github.com/owner/repo",
                "source": "github",
                "subfolder": "../weather",
            }
        ),
        passing=entry(
            repository={
                "url": "https://github.com/owner/repo",
                "source": "github",
                "subfolder": "servers/weather",
            }
        ),
    ),
    Rule(
        code="title-whitespace-only",
        summary="The title is not blank.",
        explanation="Clients show the title instead of the name.",
        reference="R11",
        check=_title,
        about=EntryPart.TITLE,
        failing=entry(title="   "),
        passing=entry(title="Weather"),
    ),
    Rule(
        code="publisher-meta-too-large",
        summary=f"A publisher's own data has at most {MAX_META:,} bytes.",
        explanation=f"What counts is everything below `{PUBLISHER}`, written compactly.",
        reference="R30",
        check=_size,
        about=EntryPart.META,
        failing=entry(_meta={PUBLISHER: {"notes": "x" * MAX_META}}),
        passing=entry(_meta={PUBLISHER: {"notes": "x"}}),
    ),
)
