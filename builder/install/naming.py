"""What a server and its secrets are called on a user's machine: never what another one is called.

The key in a client's configuration is a function of the registry's name alone, so it stays what it
is when other servers arrive, and it tells servers apart by construction: each shape below belongs
to one form of name and can be read back to it.

    notion                      com.notion/mcp
    figma-mcp                   com.figma.mcp/mcp
    waystation-postgres         ai.waystation/postgres
    upstash--context7           io.github.upstash/context7
    com-acme---weather          com.acme/weather: the whole reversed name
    com-memory---mcp            com.memory/mcp: clients have a server of their own called memory
    org-a-b-c-d----5f0e0c1d2a3b4c5d   whatever else: a digest of the name makes it unique

Hyphens only: Gemini CLI splits names at the first underscore.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

_WORDS = r"[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*"
"""With one sign between two words: as variables, in which a hyphen is `_`, keys are told apart too."""
_SHORT = (
    (re.compile(r"com\.([a-z0-9]+)/mcp"), r"\1"),
    (re.compile(r"com\.([a-z0-9]+)\.mcp/mcp"), r"\1-mcp"),
    (re.compile(rf"ai\.([a-z0-9]+)/(?!(?i:mcp)$)({_WORDS})"), r"\1-\2"),
    (
        re.compile(rf"io\.github\.([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)/({_WORDS})"),
        r"\1--\2",
    ),
)
_PLAIN = re.compile(rf"[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*/{_WORDS}")
_LONGEST = 48
"""Characters of a key: clients put it in front of each tool's name, and models take 64 for both."""
_DIGEST = 16
"""Hexadecimal digits: 40 bits were few enough to search for a second name with the same ones."""

_OF_CLIENTS = frozenset(
    (
        # Goose's own extensions, found by their names, and its platform's.
        *("developer", "computercontroller", "memory", "autovisualiser", "tutorial", "todo"),
        *("chatrecall", "extensionmanager", "skills", "apps", "summon", "tom", "analyze"),
        # Claude Code's: the server of an editor, and a name that it keeps for itself.
        *("ide", "workspace"),
    )
)
"""What clients call servers of their own, whose place one of that name would take."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_GENERIC_WORDS = """
access account admin api app application auth authentication authorization base bearer client code
config connection credential credentials data database db debug default dir directory email
endpoint env environment file folder header home host hostname http https id key level local log
login mcp mode model my name org organization pass passphrase passwd password path personal port
private project proxy public pwd region remote root secret server service session signature space
string team tenant timeout token uri url user username value version workspace x your
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_TWO_SIGNS = re.compile(r"[^A-Za-z0-9]{2}")
_SIGNS = re.compile(r"[^A-Za-z0-9]+")


@lru_cache(maxsize=8)  # every client asks for the same one
def key(name: str) -> str:
    """Return what a server is called in a client's configuration: `A-Za-z0-9_-`, no other one's."""
    if "/" not in name:  # no registry's name; nothing to tell apart
        return _plain(name) or "server"
    for form, shape in _SHORT:
        match = form.fullmatch(name)
        if match and (short := match.expand(shape)) not in _OF_CLIENTS:
            return _short_enough(short, name)
    if _PLAIN.fullmatch(name):
        return _short_enough(name.replace(".", "-").replace("/", "---"), name)
    return _digested(name)


def is_generic(name: str) -> bool:
    """Return whether a name says nothing of whose it is: `TOKEN`, `X-API-Key`, `baseUrl`.

    One that looks as those do that begin with a server's key says nothing either: it may be another's.
    """
    if "." in name or _TWO_SIGNS.search(name):
        return True
    words = [word.lower() for word in _WORD.findall(name)]
    return all(word in _GENERIC or word.isdigit() for word in words)


def prompt_id(server: str, name: str, *, own: bool) -> str:
    """Return the id of a prompt; with `own`, one that no other server asks by."""
    cased = name if name.isupper() else name.lower()  # `TOKEN` and `{token}` are two things
    return f"{key(server)}.{cased}" if own else name


@lru_cache(maxsize=64)  # several clients write a server's secrets as variables
def variable(server: str, name: str, *, own: bool) -> str:
    """Name the environment variable that a value is read from; with `own`, the server's alone."""
    name = "token" if own and name.lower() == "authorization" else name
    # What stands behind the last two signs is the setting: no key and setting look like another two.
    words = f"{key(server)}__{_SIGNS.sub('_', name).strip('_')}" if own else name
    text = re.sub(r"[^A-Za-z0-9_]", "_", words).upper()
    return f"_{text}" if text[:1].isdigit() else text


def _short_enough(shape: str, name: str) -> str:
    return shape if len(shape) <= _LONGEST else _digested(name)


def _digested(name: str) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    start = _plain(name)[: _LONGEST - _DIGEST - 4].strip("-")
    return f"{start or 'server'}----{digest}"


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")
