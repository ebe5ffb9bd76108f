"""How runners read their command lines: options, then the package, then its own arguments.

A word is a `Value`: a publisher's text with inputs of the user in it. Structure is read from fixed
text alone, so nothing that a user types can become an option or a package.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from builder.install.value import Value


class NoCommand(Exception):
    """No command can be made or read; the message is a sentence for the page and for `check`.

    `field` is the part of the package that it is about.
    """

    def __init__(self, message: str, field: str = "runtimeArguments") -> None:
        super().__init__(message)
        self.field = field


def spellings(options: str) -> Mapping[str, str]:
    """Return each spelling of options, `"-y --yes, --offline"` for example, with its shared name."""
    spelled = (option.split() for option in options.split(","))
    return {word: words[-1] for words in spelled for word in words}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What a runner makes of its words. Options are spellings with the name they share.

    `command` starts it, with its subcommand. `flags` take no value, `valued` the next word or what
    follows `=`. The value of a `package` option (a name among `valued`) is the package, and the
    first other word is then a program in it; without one, the first other word is the package.
    `sources` say where packages come from, `beside` name packages that are there too, `versions` that
    of the language, `programs` what starts in the place of the package's own, `mounts` what lies over
    its files, `environment` a variable of its own, `NAME=value`. `clustered`: `-it` and `-p8080:80` are read too.
    `anywhere`: options may follow the package up to `--`. `divider`: the package wants `--` before
    it.
    """

    command: tuple[str, ...]
    flags: Mapping[str, str]
    valued: Mapping[str, str]
    package: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    mounts: frozenset[str] = frozenset()
    environment: frozenset[str] = frozenset()
    clustered: bool = False
    anywhere: bool = False
    divider: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option as it was written: its shared name, its words, and its value if it has one.

    `switch` names what the user turns on to have it, "" if it is always there.
    """

    name: str
    words: tuple[Value, ...]
    value: Value | None = None
    switch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """Words read by a grammar. `first` is the first that is no option: the package or a program."""

    options: tuple[Option, ...]
    first: Value | None
    arguments: tuple[Value, ...]

    def values(self, names: Iterable[str]) -> tuple[Value, ...]:
        """Return the values of the options with one of these names, in order."""
        return tuple(o.value for o in self.options if o.name in names and o.value is not None)


def read(grammar: Grammar, words: Iterable[Value]) -> CommandLine:
    """Read the words after a runner's command; raise NoCommand if the runner would not take them."""
    rest = deque(words)
    options: list[Option] = []
    arguments: list[Value] = []
    first: Value | None = None
    while rest:
        word = rest.popleft()
        if word == ("--",):
            first, arguments = _after_divider(first, arguments, rest)
            break
        if _start(word).startswith("-") and (first is None or grammar.anywhere):
            options.extend(_option(grammar, word, rest))
        elif first is None:
            first = word
            if not grammar.anywhere:
                arguments, rest = list(rest), deque()
        else:
            arguments.append(word)
    return CommandLine(options=tuple(options), first=first, arguments=tuple(arguments))


def _after_divider(
    first: Value | None, arguments: list[Value], rest: deque[Value]
) -> tuple[Value | None, list[Value]]:
    if first is None and rest:
        return rest.popleft(), list(rest)
    return first, [*arguments, *rest]


def _option(grammar: Grammar, word: Value, rest: deque[Value]) -> Iterator[Option]:
    """Read one word of options, and its value from `rest`."""
    name, equals, begun = _start(word).partition("=")
    joined: Value = (*((begun,) if begun else ()), *word[1:])
    if equals and name in (*grammar.valued, *grammar.flags):
        shared = grammar.valued.get(name) or grammar.flags[name]
        yield Option(name=shared, words=(word,), value=joined)
    elif word == (name,) and name in grammar.flags:
        yield Option(name=grammar.flags[name], words=(word,))
    elif word == (name,) and name in grammar.valued:
        value = _next(name, grammar, rest)
        yield Option(name=grammar.valued[name], words=(word, value), value=value)
    elif grammar.clustered and not name.startswith("--"):
        yield from _cluster(grammar, word, rest)
    else:
        raise NoCommand(_unknown(grammar, name))


def _cluster(grammar: Grammar, word: Value, rest: deque[Value]) -> Iterator[Option]:
    """Read `-it` as `-i -t`, and `-p8080:80` as `-p 8080:80`."""
    letters = _start(word)[1:]
    for place, letter in enumerate(letters):
        short = f"-{letter}"
        if short in grammar.flags:
            yield Option(name=grammar.flags[short], words=((short,),))
            continue
        if short not in grammar.valued:
            break
        begun = letters[place + 1 :].removeprefix("=")
        value: Value = (*((begun,) if begun else ()), *word[1:])
        value = value or _next(short, grammar, rest)
        yield Option(name=grammar.valued[short], words=((short,), value), value=value)
        return
    else:
        if len(word) == 1 and letters:
            return
    raise NoCommand(_unknown(grammar, _start(word)))


def _next(name: str, grammar: Grammar, rest: deque[Value]) -> Value:
    if not rest:
        raise NoCommand(f"{_called(grammar)}'s option {name} has no value in the entry.")
    return rest.popleft()


def _unknown(grammar: Grammar, name: str) -> str:
    return (
        f"The entry gives {_called(grammar)} the argument {name}, which is none of its options "
        "that can be checked."
    )


def _called(grammar: Grammar) -> str:
    return " ".join(grammar.command)


def _start(word: Value) -> str:
    """Return the fixed text that a word begins with."""
    return word[0] if word and isinstance(word[0], str) else ""
