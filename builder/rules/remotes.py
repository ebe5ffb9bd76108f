"""Rules on remotes, and on the addresses with {variables} of remotes and packages.

Contract, R21, R23 to R28 and 3.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from builder.rules.engine import go_url, misspelt
from builder.rules.engine.fields import arguments, items, quoted, string, transport
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.private import Private
from builder.rules.engine.rule import Example, Problem, Rule, Steps, entry
from builder.rules.engine.subject import Entry
from builder.rules.packages import URL_TRANSPORTS, package

_VARIABLE = re.compile(r"\{([^}]+)\}")
_WELL_KNOWN = {
    "{host}": "example.com",
    "{port}": "8080",
    "{path}": "api",
    "{protocol}": "http",
    "{scheme}": "http",
}
_LOCAL = ("localhost", "127.0.0.1")


def substituted(url: str) -> str:
    """Put a likely value in the place of each {variable}, as the official code does (3.6)."""
    for variable, value in _WELL_KNOWN.items():
        url = url.replace(variable, value)
    inside, brace, rest = _with_ports(url).rpartition("}")
    return _VARIABLE.sub("placeholder", inside + brace) + rest


def variables(url: str) -> list[str]:
    """Name the {variables} of an address, each once."""
    inside, brace, _ = url.rpartition("}")
    return list(dict.fromkeys(_VARIABLE.findall(inside + brace)))


def _with_ports(url: str) -> str:
    # What `:\{[^}]+\}(?=/|\Z)` would find. Python tries that from every brace: 30 KB of them take 11 s.
    pieces = url.split("}")
    done = ""
    for number, (piece, following) in enumerate(pairwise(pieces), 2):
        port = piece.find(":{")
        ends = following.startswith("/") or (number == len(pieces) and not following)
        done += f"{piece[:port]}:8080" if ends and -1 < port < len(piece) - 2 else f"{piece}}}"
    return done + pieces[-1]


@lru_cache(maxsize=1024)  # versions of a server mostly have the same
def web_address(url: str) -> go_url.Url | None:
    """Parse an address after substitution; None unless it is http(s) and has a host."""
    parsed = go_url.parse(substituted(url))
    if parsed is None or parsed.scheme not in ("http", "https") or not parsed.host:
        return None
    return parsed


def _remotes(item: Entry) -> Iterator[tuple[Steps, Mapping[str, Any], str]]:
    for steps, remote in item.remotes:
        if remote.get("type") in URL_TRANSPORTS:
            yield (*steps, "url"), remote, string(remote, "url")


def _type(item: Entry) -> Iterator[Problem]:
    for steps, remote in item.remotes:
        kind = remote.get("type")
        if kind not in URL_TRANSPORTS:
            yield Problem(
                message=f"the transport type {quoted(kind)} is not one of {', '.join(URL_TRANSPORTS)}"
                if kind
                else "the remote has no type",
                steps=(*steps, "type"),
                help=misspelt.question(
                    misspelt.value(str(kind), URL_TRANSPORTS) if kind != "stdio" else None
                )
                or "what a client starts itself belongs in packages",
            )


def _no_url(item: Entry) -> Iterator[Problem]:
    for steps, _, url in _remotes(item):
        if not url:
            yield Problem(
                message="the remote has no url", steps=steps, help="such as https://example.com/mcp"
            )


def _url(item: Entry) -> Iterator[Problem]:
    for steps, _, url in _remotes(item):
        if url and (problem := _remote_problem(url, item.private)):
            yield Problem(
                message=f"{quoted(url)} {problem}",
                steps=steps,
                help="the https address at which anybody reaches the server; {variables} may stand "
                "behind https://",
            )


def _remote_problem(url: str, private: Private) -> str | None:
    parsed = web_address(url)
    if parsed is None:
        return "is not a web address"
    if private.remote_host(parsed.hostname):
        return None
    if parsed.hostname in _LOCAL or parsed.hostname.endswith(".localhost"):
        return "leads to the client's own machine"
    return None if parsed.scheme == "https" else "is not an https address"


def _template(item: Entry) -> Iterator[Problem]:
    for steps, remote, url in _remotes(item):
        declared = remote.get("variables")
        known = {key for key in declared if key} if isinstance(declared, dict) else set()
        yield from _unfit_template(steps, url, known, "variables of this remote")
    for steps, value in item.packages:
        inner = transport(value)
        if inner.get("type") in URL_TRANSPORTS and (url := string(inner, "url")):
            known = {
                string(variable, "name") for _, variable in items(value, "environmentVariables")
            }
            for _, argument in arguments(value):
                known |= {string(argument, "name"), string(argument, "valueHint")}
            place = (*steps, "transport", "url")
            yield from _unfit_template(
                place, url, known, "environment variables and arguments of this package"
            )


def _unfit_template(steps: Steps, url: str, known: set[str], of: str) -> Iterator[Problem]:
    if web_address(url) is None:
        yield Problem(
            message=f"{quoted(url)} is not a web address" if url else "there is no url",
            steps=steps,
            help="http:// or https://, a host, and {variables} where something is to be filled in",
        )
        return
    unknown = [name for name in variables(url) if name not in known]
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown[:5])
        there = ", ".join(sorted(known - {""})[:20]) or "none"
        yield Problem(
            message=f"{names} of {quoted(url)} is not among the {of} ({there})",
            steps=steps,
            help="declare it there: a client asks the user only for what is declared",
        )


def _remote(**remote: Any) -> Example:
    return entry(remotes=[{"type": "streamable-http", **remote}])


RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="unsupported-remote-transport-type",
        summary="A remote speaks streamable-http or sse.",
        explanation="A program that the client starts is a package, not a remote.",
        reference="R23",
        check=_type,
        about=EntryPart.REMOTES,
        failing=entry(remotes=[{"type": "stdio"}]),
        passing=_remote(url="https://example.com/mcp"),
    ),
    Rule(
        code="remote-transport-url-required",
        summary="A remote has an address.",
        explanation="It is all that a client needs to reach it.",
        reference="R24",
        check=_no_url,
        about=EntryPart.REMOTES,
        failing=_remote(),
        passing=_remote(url="https://example.com/mcp"),
    ),
    Rule(
        code="invalid-remote-url",
        summary="A remote is reached by https, at a host that is not the client's own.",
        explanation="With likely values in place of {variables} the address parses, "
        "its scheme is https and its host is neither `localhost` (or below it) nor `127.0.0.1`. Hosts of "
        "your own are named in `registry.yaml` (`policy.publish.remote_hosts`).",
        reference="R25, R26, R27",
        check=_url,
        about=EntryPart.REMOTES,
        failing=_remote(url="http://example.com/mcp"),
        passing=_remote(url="https://{tenant}.example.com/mcp", variables={"tenant": {}}),
    ),
    Rule(
        code="invalid-templated-url",
        summary="Every {variable} in an address is declared.",
        explanation="For a remote in its `variables`; for a package's transport as an environment "
        "variable, or as the name or value hint of one of its arguments (`{--port}` for `--port`). "
        "The address must also be a web address once they are filled in.",
        reference="R21, R28",
        check=_template,
        about=EntryPart.REMOTES | EntryPart.TRANSPORT,
        failing=entry(
            packages=[package(transport={"type": "sse", "url": "http://localhost:{port}/mcp"})]
        ),
        passing=entry(
            packages=[
                package(
                    transport={"type": "sse", "url": "http://localhost:{port}/mcp"},
                    environmentVariables=[{"name": "port"}],
                )
            ]
        ),
    ),
)
