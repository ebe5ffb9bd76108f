"""A package of an entry -> the words that start exactly this package, or a reason why there are none.

The words are built by the runner's grammar and then read back by it. What would start must be the
entry's package at the entry's version; this is asked of every command (`_prove`), so that a mistake
in the building costs a command and never starts something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from builder.install.grammar import CommandLine, NoCommand, Option, read
from builder.install.inputs import Argument
from builder.install.package import Package
from builder.install.programs import is_program
from builder.install.runners import Runner
from builder.install.sources import is_source, refuse_other_code, without_command
from builder.install.value import Value

_FLOATING = "latest"
_PROGRAM = re.compile(r"\w[\w.+-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command. With `switch`, it is there only where the user turns that on."""

    value: Value
    switch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a command is put together from: the runner's arguments, the program's, and variables.

    `optional` are the runner's by switch, `environment` the variables' names, each with its switch.
    """

    runtime: tuple[Value, ...]
    optional: tuple[tuple[str, Argument], ...]
    program: tuple[Word, ...]
    environment: tuple[tuple[str, str], ...]


def arguments(package: Package, words: Words, *, agreed: bool) -> tuple[Word, ...]:
    """Return the words after the runner's name; raise NoCommand if they would start anything else.

    `agreed`: the runner's question is answered in advance, as nobody could.
    """
    starter = package.runner
    if starter is None:
        return words.program
    line = read(starter.grammar, without_command(starter, words.runtime))
    options = _options(starter, package, line, words)
    own = (*(Word(value) for value in line.arguments), *words.program)
    made = (
        *_literal(starter.grammar.command[1:]),
        *_agreement(starter, options, agreed=agreed),
        *(Word(word, option.switch) for option in options for word in option.words),
        *_target(starter, package, line),
        *_literal(starter.divide if own else ()),
        *own,
    )
    _prove(package, made)
    return made


def _options(
    starter: Runner, package: Package, line: CommandLine, words: Words
) -> tuple[Option, ...]:
    """Return the options in order, each once: what is always given, the publisher's own, variables."""
    given = [_named(starter, package, option) for option in line.options]
    refuse_other_code(starter, line)
    offered = [
        replace(option, switch=switch)
        for switch, argument in words.optional
        for option in read(starter.grammar, argument.words).options
    ]
    passed = {_variable(value) for value in line.values(("--env",))}
    names = words.environment if starter.names_environment else ()
    variables = [_option("-e", name, switch) for name, switch in names if name not in passed]
    base = _base(starter, package, given)
    after = {option.name for option in _fixed(starter, starter.after)}
    kept: dict[tuple[str, Value | None], Option] = {}
    for option in (*_fixed(starter, starter.before), *given, *offered, *variables, *base):
        if option.name not in after:
            kept.setdefault((option.name, option.value), option)
    return tuple(kept.values())


def _base(starter: Runner, package: Package, given: Sequence[Option]) -> list[Option]:
    """Return the option that names the entry's registry, if none of the publisher's does it."""
    values = [option.value for option in given if option.name in starter.grammar.sources]
    if not all(is_source(package, value) for value in values):
        named = f"{package.base}, which it names" if package.base else "the public registry"
        raise NoCommand(f"The entry's arguments take packages from elsewhere than {named}.")
    return [_option(starter.base_option, package.base)] if package.base and not values else []


def _fixed(starter: Runner, words: Iterable[str]) -> tuple[Option, ...]:
    return read(starter.grammar, [(word,) for word in words]).options


def _option(name: str, value: str, switch: str = "") -> Option:
    return Option(name=name, words=((name,), (value,)), value=(value,), switch=switch)


def _variable(value: Value) -> str:
    begun = value[0] if value else ""
    return begun.partition("=")[0] if isinstance(begun, str) else ""


def _named(starter: Runner, package: Package, option: Option) -> Option:
    """Put the exact package where an option names it."""
    if option.name not in starter.grammar.package or option.value is None:
        return option
    exact = (_exact(package, option.value, starter.option_pin),)
    joined = len(option.words) == 1
    words = ((f"{option.name}={exact[0]}",),) if joined else (option.words[0], exact)
    return Option(name=option.name, words=words, value=exact)


def _agreement(starter: Runner, options: Iterable[Option], *, agreed: bool) -> tuple[Word, ...]:
    name = starter.grammar.flags.get(starter.agree)
    given = any(option.name == name for option in options)
    return _literal((starter.agree,)) if agreed and name and not given else ()


def _target(starter: Runner, package: Package, line: CommandLine) -> tuple[Word, ...]:
    """Return the package, or the program in the package that an option names, and what follows either."""
    if line.values(starter.grammar.package):
        first = line.first or (_program(package),)
        _refuse_other_program(first)
    elif line.first is None:
        first = (_pin(package, starter.pin, package.reference.extras),)
    else:
        first = (_exact(package, line.first, starter.pin),)
    divider = ("--",) if starter.grammar.divider else ()
    return (*_literal(divider), Word(first), *_literal(starter.after))


def _refuse_other_program(word: Value) -> None:
    """Refuse what is no plain name of a program, or one that is there without the package.

    A path is another program, `python@3.12` is uvx's own, and a shell may read what else there is.
    """
    name = word[0] if len(word) == 1 and isinstance(word[0], str) else ""
    if not _PROGRAM.fullmatch(name) or is_program(name):
        shown = name or "what a user types"
        raise NoCommand(
            f"The entry's arguments start {shown}, which is no program of the package's."
        )


def _program(package: Package) -> str:
    """A package's usual program has the package's own name, without an npm scope."""
    return package.reference.name.rpartition("/")[2]


def _exact(package: Package, value: Value, pin: str) -> str:
    """Return the exact package for a publisher's word that names it without, or with, its version."""
    word = value[0] if len(value) == 1 and isinstance(value[0], str) else ""
    reference = package.form.read(word) if word else None
    if reference is None or reference.name != package.reference.name:
        shown = word or "what a user types"
        raise NoCommand(
            f"With the entry's arguments, {shown} would start and not the package that it names."
        )
    if reference.version not in ("", _FLOATING, package.reference.version):
        raise NoCommand(f"The entry's arguments name {word}, which is another version.")
    return _pin(package, pin, reference.extras or package.reference.extras)


def _pin(package: Package, pin: str, extras: str) -> str:
    if pin == ":":
        return package.written
    name = package.written.partition("[")[0]
    return f"{name}{extras}{pin}{package.reference.version}"


def _prove(package: Package, words: Sequence[Word]) -> None:
    """Read the command back, with everything that can be switched on and without."""
    base = [word for word in words if not word.switch]
    for shown in (words, base) if len(base) < len(words) else (words,):
        if started(package, [word.value for word in shown]) != (package.reference.package,):
            raise NoCommand("The command would not start the package that the entry names.")


def started(package: Package, words: Sequence[Value]) -> tuple[tuple[str, str], ...]:
    """Read which packages a command's words start or install: name and version of each."""
    starter = package.runner
    if starter is None:
        return (package.reference.package,)
    line = read(starter.grammar, words[len(starter.grammar.command) - 1 :])
    named = line.values(starter.grammar.package) or ((line.first,) if line.first else ())
    references = [
        package.form.read(value[0]) if len(value) == 1 and isinstance(value[0], str) else None
        for value in named
    ]
    return tuple(reference.package if reference else ("", "") for reference in references)


def usable(package: Package, argument: Argument) -> bool:
    """Return whether a runner's optional argument is an option of its own, which may come and go."""
    if package.runner is None:
        return False
    try:
        line = read(package.runner.grammar, argument.words)
        refuse_other_code(package.runner, line)
    except NoCommand:
        return False
    grammar = package.runner.grammar
    names = grammar.package | grammar.beside | grammar.versions
    return line.first is None and not any(option.name in names for option in line.options)


def _literal(words: Iterable[str]) -> tuple[Word, ...]:
    return tuple(Word((word,)) for word in words)
