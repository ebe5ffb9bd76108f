"""Package or remote -> what a client must be told: a command with its environment, or an address.

The mapping from packages to commands is VS Code's (`mcpManagementService.ts`): runtime arguments,
environment, package, package arguments; `runtimeHint` is ignored. What the runner is given anyway
(`run`, `-i`, `--rm`, the image itself) is not repeated, and nothing starts that names no exact
package of a known registry.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from builder.install import inputs
from builder.install.field import HIDDEN, record, text
from builder.install.inputs import Argument, Known, Setting, Value
from builder.install.runner import RUNNERS, TAG, Runner
from builder.install.web import address
from builder.model.package_types import PACKAGE_TYPES, is_public_registry
from builder.model.server_json import Document

HTTP, SSE, STDIO = "streamable-http", "sse", "stdio"
REMOTE = (HTTP, SSE)
TYPES = {HTTP: "http", SSE: "sse"}
"""What clients call the transports of remotes."""


class Reading(enum.IntEnum):  # of int, as Enum's own hash is slow and tables are by reading
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """A package whose command can be written, read once for every `Reading`.

    `runner` is None if the package is itself the command; `exact` names it with its version.
    """

    identifier: str
    runner: Runner | None
    exact: str
    base: tuple[str, ...]
    env: tuple[Setting, ...]
    runtime: tuple[Argument, ...]
    program: tuple[Argument, ...]


_UNUSABLE: Mapping[Reading, None] = dict.fromkeys(Reading)
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!~-]*")


def local(package: Document) -> Mapping[Reading, Local | None]:
    """Make the command that runs a package, or None if it names none that can be run."""
    read = _package(package)
    if read is None:
        return _UNUSABLE
    return {reading: _visible(_command(read, reading)) for reading in Reading}


def remote(transport: Document, known: Known) -> Mapping[Reading, Remote | None]:
    """Make the address of a remote or of a package's own HTTP transport; None if unusable.

    `known` are the inputs that the address may refer to beside its own variables.
    """
    kind = text(transport, "type") or HTTP
    url = inputs.url(transport, known)
    plain = inputs.render(url, lambda _: "1")
    if kind not in REMOTE or address(plain, "http", "https") is None:
        return _UNUSABLE
    headers = inputs.headers(transport)
    return {
        reading: _visible(Remote(transport=kind, url=url, headers=_chosen(headers, reading)))
        for reading in Reading
    }


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


def _package(package: Document) -> _Package | None:
    kind, identifier = text(package, "registryType"), text(package, "identifier")
    runner = RUNNERS.get(kind)
    runs = runner is not None or kind == "cargo"
    if not runs or not PACKAGE_TYPES[kind].identifier.fullmatch(identifier):
        return None
    return _Package(
        identifier=identifier,
        runner=runner,
        exact=_exact(runner, identifier, version(package)) if runner else identifier,
        base=_base(runner, package) if runner else (),
        env=inputs.environment(package),
        runtime=inputs.runtime_arguments(package) if runner else (),
        program=inputs.package_arguments(package),
    )


def _command(package: _Package, reading: Reading) -> Local:
    runner, env = package.runner, _chosen(package.env, reading)
    program = _words(package.program, reading)
    if runner is None:
        return Local(command=package.identifier, args=program, env=env)
    runtime = _runtime_words(runner, package, reading)
    named = [word for one in env for word in ("-e", one.name)] if runner.names_environment else []
    args = (
        *_literal(runner.before),
        *_agreement(runner, runtime, reading),
        *runtime,
        *_literal(named),
        *_literal(package.base),
        (package.exact,),
        *_literal(runner.after),
        *_literal(runner.divide if program else ()),
        *program,
    )
    return Local(command=runner.command, args=args, env=env)


def _exact(runner: Runner, identifier: str, pin: str) -> str:
    pinned = runner.join == ":" and TAG.search(identifier)
    return f"{identifier}{runner.join}{pin}" if pin and not pinned else identifier


def _runtime_words(runner: Runner, package: _Package, reading: Reading) -> tuple[Value, ...]:
    bare = TAG.sub("", package.identifier) or package.identifier
    words = _words(package.runtime, reading)
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
    if (
        not base
        or not runner.base_option
        or is_public_registry(text(package, "registryType"), base)
    ):
        return ()
    return (runner.base_option, base) if address(base, "https") else ()


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
    parts = [part for value in plan.values for part in value]
    shown = [part if isinstance(part, str) else part.default for part in parts]
    return None if HIDDEN.search("".join(shown)) else plan
