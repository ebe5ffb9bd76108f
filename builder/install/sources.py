"""Where a runner's arguments have it take packages from: the registry that the entry names, or another one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from builder.install.field import text
from builder.install.grammar import CommandLine, NoCommand, read
from builder.install.inputs import runtime_arguments
from builder.install.package import Package
from builder.install.programs import is_program
from builder.install.runners import Runner, is_steered, runner
from builder.install.value import Input, Value, filled, offers, render
from builder.install.web import address
from builder.model.package_types import is_public_registry
from builder.model.server_json import Document

_FETCHED = re.compile(r"volume-opt|type=(?!(?:bind|volume|tmpfs|npipe)(?:[\",]|$))", re.IGNORECASE)
"""In docker's --mount: what a volume's driver is told (an address of NFS), and files of another image."""


_MOST_TEXTS = 1000
"""The values of one argument that are looked at: choices multiply."""


def argued_sources(document: Document) -> tuple[str, ...]:
    """Return the addresses that an entry's arguments have its runner take packages from."""
    starter = runner(text(document, "registryType"), text(document, "runtimeHint"))
    if starter is None or not starter.grammar.sources:
        return ()
    given = [word for one in runtime_arguments(document) for word in one.words]
    try:
        line = read(starter.grammar, without_command(starter, given))
    except NoCommand:
        return ()
    return tuple(
        address for value in line.values(starter.grammar.sources) for address in offers(value)
    )


def is_source(package: Package, value: Value | None) -> bool:
    """Return whether an address is that of the registry that the entry names, if it names one."""
    named = value[0] if value and len(value) == 1 else None
    if package.base:
        return isinstance(named, str) and named.rstrip("/") == package.base
    if package.names_usual:
        plain = address(named, "https") if isinstance(named, str) else None
        return plain is not None and is_public_registry(package.kind, plain)
    return True


def refuse_other_code(starter: Runner, line: CommandLine) -> None:
    """Refuse options by which other code than the package's would be there, or start."""
    grammar = starter.grammar
    _refuse_addresses(line.values(grammar.beside | grammar.versions))
    for value in line.values(grammar.programs):
        for program in (*_texts(value), *offers(value)):
            if is_program(program.rpartition("/")[2]):
                raise NoCommand(
                    f"The entry's arguments start {program}, which is no program of the package's."
                )
    for value in line.values(grammar.mounts):
        if any(map(_FETCHED.search, (render(value, _gap), *_texts(value), *offers(value)))):
            raise NoCommand("The entry's arguments put files from elsewhere into the container.")
    for value in line.values(grammar.environment):
        _refuse_setting(starter, value)


def _refuse_setting(starter: Runner, value: Value) -> None:
    """Refuse `NAME=value` of the entry's own, by which what runs begins with other code."""
    for name, _, given in (one.partition("=") for one in _texts(value)):
        if given and is_steered(starter, name):
            raise NoCommand(
                f"The entry's arguments set {name}, which can have other code start than the package's."
            )


def _texts(value: Value) -> tuple[str, ...]:
    """Return what an argument can be without anything typed; refuse one that can be too much to look at."""
    texts = tuple(islice(filled(value), _MOST_TEXTS + 1))
    if len(texts) > _MOST_TEXTS:
        raise NoCommand("The entry offers too many values for one argument.")
    return texts


def _gap(_asked: Input) -> str:
    return "{}"


def _refuse_addresses(values: Iterable[Value]) -> None:
    """Refuse a package beside the entry's, or a language, from an address: it is other code."""
    if any(sign in text for value in values for text in offers(value) for sign in "/\\"):
        raise NoCommand("The entry's arguments take other code from an address of their own.")


def without_command(starter: Runner, runtime: Sequence[Value]) -> Sequence[Value]:
    """Leave out the runner's own name, or the end of it, which some publishers write again."""
    command = starter.grammar.command
    for start in range(len(command)):
        own = tuple((word,) for word in command[start:])
        if tuple(runtime[: len(own)]) == own:
            return runtime[len(own) :]
    return runtime
