"""What starts the packages of each registry, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

TAG = re.compile(r"[:@](?!latest$)[^/]*$")
"""The tag or digest at the end of an image's name, or the version after a package's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """What starts the packages of one registry.

    `before` comes first, `agree` only where nobody can answer the runner's question, `given`
    are words of the publisher that `before` says already, `join` binds the version, `after`
    follows the package, and `divide` its arguments, if there are any.
    `base_option` names another registry than the usual one.
    """

    command: str
    before: tuple[str, ...] = ()
    agree: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    join: str = "@"
    after: tuple[str, ...] = ()
    divide: tuple[str, ...] = ()
    names_environment: bool = False
    base_option: str = ""


RUNNERS: Mapping[str, Runner] = {
    "npm": Runner(
        command="npx",
        agree=("-y", "--yes"),
        base_option="--registry",
    ),
    "pypi": Runner(
        command="uvx",
        base_option="--index-url",
    ),
    "oci": Runner(
        command="docker",
        before=("run", "-i", "--rm"),
        given=("docker", "run", "-i", "--interactive", "--rm"),
        join=":",
        names_environment=True,
    ),
    "nuget": Runner(
        command="dnx",
        after=("--yes",),
        divide=("--",),
        base_option="--source",
    ),
}
