"""How Windows reads a line: PowerShell 5, then the program's own reading of its command line, or cmd.

Written from about_Parsing, PowerShell's tokenizer (single quotes are U+0027 and U+2018 to U+201B)
and the rules of CommandLineToArgvW, so that a line can be read back where there is no Windows.
"""

from __future__ import annotations

import re

QUOTES = "'\u2018\u2019\u201a\u201b"
_TOKEN = re.compile(rf"(?:[{QUOTES}](?P<quoted>(?:[^{QUOTES}]|[{QUOTES}]{{2}})*)[{QUOTES}]|(?P<plain>[^\s{QUOTES};]+))(?= |$)")  # fmt: skip
_PLAIN = re.compile(r"(?!--$|@|-[A-Za-z_][^.:]*[.:])[A-Za-z0-9_./:@=+-]+")


def words(line: str) -> list[str]:
    """Return what PowerShell hands to a program; fail where it would read anything else."""
    read, place = [], 0
    while place < len(line):
        token = _TOKEN.match(line, place)
        assert token, line[place:]
        if (plain := token["plain"]) is not None:
            assert _PLAIN.fullmatch(plain), plain
            read.append(plain)
        else:
            read.append(re.sub(rf"[{QUOTES}]([{QUOTES}])", r"\1", token["quoted"]))
        place = token.end() + 1
    return read


def handed_over(given: list[str]) -> str:
    """Return the line that PowerShell 5 makes: a word with a space in it gets quotes, nothing else."""
    return " ".join(f'"{word}"' if _needs_quotes(word) else word for word in given)


def _needs_quotes(word: str) -> bool:
    quotes, after_backslash, needed = 0, False, False
    for sign in word:
        if sign == '"' and not after_backslash:
            quotes += 1
        elif sign.isspace() and quotes % 2 == 0:
            needed = True
        after_backslash = sign == "\\"
    return needed


def arguments(line: str) -> list[str]:
    """Cut a command line as a program's own runtime does."""
    read: list[str] = []
    word, inside, started = "", False, False
    for slashes, sign in re.findall(r"(\\*)(.|$)", line, re.DOTALL):
        if sign == '"':
            word += "\\" * (len(slashes) // 2)
            started = True
            if len(slashes) % 2:
                word += '"'
            else:
                inside = not inside
            continue
        word += slashes
        started = started or bool(slashes)
        if sign in (" ", "\t", "") and not inside:
            if started:
                read.append(word)
            word, started = "", False
        else:
            word, started = word + sign, True
    return read


def cmd_reads(line: str) -> str:
    """Return the characters of a command line that mean something to cmd, which knows no `\\"`."""
    outside = "".join(line.split('"')[::2])
    return "".join(re.findall(r"[&|<>^]", outside)) + "".join(re.findall(r"%", line))
