"""What is known of a server before anybody asks: facts of its entry, as a factor of its score.

In sixteenths, 16 is an entry of which nothing special is known. No judgement and no model: each
line of the table is a fact that the entry itself shows, or what the registry says of it in an
overlay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from builder.model.json_values import objects
from builder.search.numbers import NEUTRAL
from builder.words.split import split, telling
from builder.words.stem import stem

PLACEHOLDER, TRIAL, NOTHING_TO_RUN, DEPRECATED = 6, 6, 9, 5
SEVERAL_VERSIONS, MANY_VERSIONS = 1, 2
BY_CAUTION = {"placeholder": PLACEHOLDER, "test": TRIAL}
BY_REGISTRY = {"recommended": 6, "approved": 3, "verified": 2}
"""What a word of the registry itself adds."""
_PLACEHOLDER = re.compile(
    r"\[describe|description of (?:my|your|the) |your description|non[- ]functional|lorem ipsum|"
    r"\btodo\b:|placeholder|a (?:brief|short) description|hello,? world|"
    r"(?:test|demo|sample|example|my first|simple) mcp server\b(?! (?:for|to|that|with|which))|"
    r"work in progress|do not use|for testing purposes|super description|\bgreet(?:s|ings?)?\b.{0,40}\b(?:name|anyone|people)\b",
    re.IGNORECASE,
)
_TRIAL = re.compile(
    r"(?:my)?(?:tests?|testing|staging|demo|dummy|hello|helloworld|examples?|sample|foo|bar|template|"
    r"quickstart|tutorial|homework|hw|tmp|temp|poc|wip)\d*"
)


def caution(name: str, content: Mapping[str, Any]) -> str:
    """Return what an entry is where it is no server to use yet, "" for all others."""
    description = content.get("description")
    if is_placeholder(description):
        return "placeholder"
    if is_trial(name, description):
        return "test"
    has_nothing = not any(objects(content.get("packages"))) and not any(
        objects(content.get("remotes"))
    )
    return "nothing to run" if has_nothing else ""


def prior(
    told: str,
    content: Mapping[str, Any],
    versions: int,
    is_deprecated: bool,
    word: Mapping[str, Any] = MappingProxyType({}),
) -> int:
    """Return the prior of a server, 1 to 29; `told` is its caution, `word` what the registry says of it."""
    points = BY_CAUTION.get(told, NEUTRAL)
    if not any(objects(content.get("packages"))) and not any(objects(content.get("remotes"))):
        points = points * NOTHING_TO_RUN // NEUTRAL
    if is_deprecated:
        points = points * DEPRECATED // NEUTRAL
    if points == NEUTRAL:
        points += MANY_VERSIONS if versions >= 5 else SEVERAL_VERSIONS if versions >= 2 else 0
    if word.get("replacedBy") or word.get("renamedTo"):
        points = points * DEPRECATED // NEUTRAL
    return max(1, points) + sum(more for mark, more in BY_REGISTRY.items() if word.get(mark))


def is_placeholder(description: Any) -> bool:
    """Return whether a description says nothing of the server."""
    if not isinstance(description, str) or not telling(description):
        return True
    return _PLACEHOLDER.search(description) is not None


def is_trial(name: str, description: Any) -> bool:
    """Return whether a name calls the server a test, unless tests are what it is about."""
    namespace, _, label = name.partition("/")
    # A part of a domain's namespace is a host; an account may be called anything.
    hosts = [] if namespace.startswith("io.github.") else namespace.split(".")[2:]
    trials = {
        stem(word) for part in [label, *hosts] for word in split(part) if _TRIAL.fullmatch(word)
    }
    if not trials:
        return False
    about = {stem(word) for word in split(description if isinstance(description, str) else "")}
    return bool(trials - about)
