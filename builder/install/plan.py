"""Package or remote -> what a client must be told: a command with its environment, or an address.

The mapping from packages to commands is VS Code's (`mcpManagementService.ts`): runtime arguments,
environment, package, package arguments; `runtimeHint` is ignored. What the runner is given anyway
(`run`, `-i`, `--rm`, the image itself) is not repeated, and nothing starts that names no exact
package of a known registry.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from builder.bases import is_default
from builder.document import Document
from builder.install import inputs
from builder.install.field import HIDDEN, record, text
from builder.install.inputs import Argument, Known, Setting, Value
from builder.install.runner import RUNNERS, TAG, Runner
from builder.install.web import address

HTTP, SSE, STDIO = "streamable-http", "sse", "stdio"
REMOTE = (HTTP, SSE)
TYPES = {HTTP: "http", SSE: "sse"}
"""What clients call the transports of remotes."""


class Reading(enum.Enum):
    """How much of the optional goes into a configuration."""

    PROMPTED = enum.auto()
    """Everything: the client asks its user for what is open."""
    PLAIN = enum.auto()
    """What is required, fixed, or a default argument: the user edits the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A program that the client starts and talks to over stdio."""

    command: str
    args: tuple[Value, ...]
    env: tuple[Setting, ...] = ()

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value in it."""
        return (*self.args, *(setting.value for setting in self.env))


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """An address that the client connects to; `transport` is streamable-http or sse."""

    transport: str
    url: Value
    headers: tuple[Setting, ...] = ()

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value in it."""
        return (self.url, *(setting.value for setting in self.headers))


Plan = Local | Remote
P = TypeVar("P", Local, Remote)


_CRATE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!~-]*")


def local(package: Document, reading: Reading) -> Local | None:
    """Make the command that runs a package, or None if it names none that can be run."""
    if text(package, "registryType") == "cargo":
        return _installed(package, reading)
    runner = RUNNERS.get(text(package, "registryType"))
    identifier = text(package, "identifier")
    if runner is None or not runner.identifier.fullmatch(identifier):
        return None
    env = _chosen(inputs.environment(package), reading)
    runtime = _runtime_words(runner, package, reading)
    named = [word for one in env for word in ("-e", one.name)] if runner.names_environment else []
    program = _words(inputs.package_arguments(package), reading)
    args = (
        *_literal(runner.before),
        *_agreement(runner, runtime, reading),
        *runtime,
        *_literal(named),
        *_literal(_base(runner, package)),
        (_exact(runner, identifier, version(package)),),
        *_literal(runner.after),
        *_literal(runner.divide if program else ()),
        *program,
    )
    return _visible(Local(command=runner.command, args=args, env=env))


def remote(transport: Document, reading: Reading, known: Known) -> Remote | None:
    """Make the address of a remote or of a package's own HTTP transport; None if unusable.

    `known` are the inputs that the address may refer to beside its own variables.
    """
    kind = text(transport, "type") or HTTP
    url = inputs.url(transport, known)
    plain = inputs.render(url, lambda _: "1")
    if kind not in REMOTE or address(plain, "http", "https") is None:
        return None
    headers = _chosen(inputs.headers(transport), reading)
    return _visible(Remote(transport=kind, url=url, headers=headers))


def install(package: Document) -> tuple[str, ...]:
    """The words of the command that must have run once before a package can start, if any."""
    if text(package, "registryType") != "cargo":
        return ()
    pin = ("--version", version(package)) if version(package) else ()
    return ("cargo", "install", "--locked", text(package, "identifier"), *pin)


def version(package: Document) -> str:
    """The exact version of a package, or "" if it names none."""
    given = text(package, "version")
    return given if _VERSION.fullmatch(given) and given != "latest" else ""


def is_pinned(package: Document) -> bool:
    """Tell whether the entry says exactly what runs: a version, a tag or a file's hash."""
    if text(package, "registryType") == "mcpb":
        return bool(text(package, "fileSha256"))
    tagged = text(package, "registryType") == "oci" and TAG.search(text(package, "identifier"))
    return bool(version(package) or tagged)


def transport_type(package: Document) -> str:
    """A package's transport; stdio if it says nothing."""
    return text(record(package, "transport"), "type") or STDIO


def _installed(package: Document, reading: Reading) -> Local | None:
    identifier = text(package, "identifier")
    if not _CRATE.fullmatch(identifier):
        return None
    args = _words(inputs.package_arguments(package), reading)
    env = _chosen(inputs.environment(package), reading)
    return _visible(Local(command=identifier, args=args, env=env))


def _exact(runner: Runner, identifier: str, pin: str) -> str:
    pinned = runner.join == ":" and TAG.search(identifier)
    return f"{identifier}{runner.join}{pin}" if pin and not pinned else identifier


def _runtime_words(runner: Runner, package: Document, reading: Reading) -> tuple[Value, ...]:
    identifier = text(package, "identifier")
    bare = TAG.sub("", identifier) or identifier
    words = _words(inputs.runtime_arguments(package), reading)
    return tuple(word for word in words if not _repeats(word, runner, bare))


def _repeats(word: Value, runner: Runner, bare: str) -> bool:
    if len(word) != 1 or not isinstance(word[0], str):
        return False
    only = word[0]
    return only in runner.given or only == bare or only.startswith((f"{bare}@", f"{bare}:"))


def _agreement(runner: Runner, runtime: Iterable[Value], reading: Reading) -> tuple[Value, ...]:
    agreed = any((word,) in runtime for word in runner.agree)
    if agreed or reading is Reading.PROMPTED:
        return ()
    return _literal(runner.agree[:1])


def _base(runner: Runner, package: Document) -> tuple[str, ...]:
    base = text(package, "registryBaseUrl").rstrip("/")
    usual = is_default(text(package, "registryType"), base)
    if not runner.base_option or usual or address(base, "https") is None:
        return ()
    return (runner.base_option, base)


def _words(arguments: Iterable[Argument], reading: Reading) -> tuple[Value, ...]:
    everything = reading is Reading.PROMPTED
    chosen = [argument for argument in arguments if everything or argument.wanted]
    return tuple(word for argument in chosen for word in argument.words if word)


def _chosen(settings: Iterable[Setting], reading: Reading) -> tuple[Setting, ...]:
    everything = reading is Reading.PROMPTED
    return tuple(setting for setting in settings if everything or setting.wanted)


def _literal(words: Iterable[str]) -> tuple[Value, ...]:
    return tuple((word,) for word in words)


def _visible(plan: P) -> P | None:
    # A line break or a right-to-left mark in a command shows one thing and runs another.
    parts = (part for value in plan.values for part in value)
    shown = (part if isinstance(part, str) else part.default for part in parts)
    return None if any(HIDDEN.search(part) for part in shown) else plan
