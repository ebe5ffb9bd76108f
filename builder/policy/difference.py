"""How a version differs in kind from the one before it: a new host, a new secret, another package.

What a client runs, where it leads and what it is given. A higher version of the same package from
the same place is what a new version is for, and no difference in kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from builder.model.json_values import objects, text
from builder.policy import document as read
from builder.policy import package_forms
from builder.policy.document import Values


class KindOfChange(NamedTuple):
    """One difference in kind: its name, as rules have it, and what is new in words."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.what} ({self.kind})"


def in_words(changes: Iterable[KindOfChange]) -> str:
    """Return differences as one text: `secret API_KEY (new-secret); transport sse (new-transport)`."""
    return "; ".join(map(str, changes))


def differences(before: Values, after: Values) -> tuple[KindOfChange, ...]:
    """Return the differences in kind from one document to a later one, each once."""
    return tuple(dict.fromkeys(_differences(before, after)))


def _differences(before: Values, after: Values) -> Iterator[KindOfChange]:
    for kind, words, values in _ADDED:
        for value in sorted(values(after) - values(before)):
            yield KindOfChange(kind, f"{words} {value}")
    old, new = read.repository(before), read.repository(after)
    if old and old.lower() != new.lower():
        yield KindOfChange("other-repository", f"repository {new or 'nowhere'}, before {old}")


def _identifiers(document: Values) -> frozenset[str]:
    return frozenset(map(_identifier, objects(document.get("packages"))))


def _identifier(package: Values) -> str:
    """Return type and identifier without what names a version: tag, digest, a release's file."""
    kind = text(package, "registryType")
    if kind == "mcpb":
        return f"mcpb:{text(package, 'identifier').partition('/releases/')[0]}"
    return f"{kind}:{package_forms.identity(package)}"


_ADDED: tuple[tuple[str, str, Callable[[Values], frozenset[str]]], ...] = (
    ("other-package", "package", _identifiers),
    ("other-registry", "packages from", read.package_registries),
    ("new-host", "remote at", read.remote_hosts),
    ("new-transport", "transport", read.transports),
    ("new-secret", "secret", read.secrets),
    ("new-variable", "variable", read.variables),
    ("new-argument", "argument", read.arguments),
)
