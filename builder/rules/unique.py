"""Rules on what only one server may have: its name in any case, its remotes' addresses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from builder.model import remote_address
from builder.model.domain import covers
from builder.model.finding import Severity
from builder.model.layout import (
    STATUS_FILE,
    Place,
    namespace_path,
    place,
    server_path,
)
from builder.model.sidecars import Namespace, Status, StatusFile
from builder.rules.engine.rule import ExampleFile, Problem, Rule, Steps, file, files
from builder.rules.engine.subject import Tree

MAX_VERSIONS = 10_000
_REMOTE = "https://weather.example.com/mcp"


def _case(tree: Tree) -> Iterator[Problem]:
    """Yield two names, or two versions of one name, that differ only in case."""
    if not _may_collide(tree):
        return
    folded: dict[tuple[str, ...], dict[str, list[tuple[str, Place]]]] = defaultdict(dict)
    for item, where in tree.entries:
        folded[(where.name.lower(),)].setdefault(where.name, []).append((item.path, where))
        spelling = folded[(where.name, where.version.lower())].setdefault(where.version, [])
        spelling.append((item.path, where))
    for spellings in folded.values():
        if len(spellings) < 2:
            continue
        own = {
            text
            for text, placed in spellings.items()
            if any((where.name, where.version) not in tree.mirrored for _, where in placed)
        }
        for text in sorted(own or spellings):
            others = ", ".join(sorted(spellings.keys() - {text})[:3])
            for path, _ in spellings[text]:
                yield Problem(
                    message=f"{text} differs only in case from {others}",
                    file=path,
                    help="names and versions are case-sensitive, but file systems and readers are "
                    "not: choose another",
                )


def _may_collide(tree: Tree) -> bool:
    # Nearly no tree has any: two sets tell so four times faster than all spellings do.
    versions = {where[1:] for _, where in tree.entries}  # namespace, server, version
    names = {version[:2] for version in versions}
    return any(len({"\0".join(one).lower() for one in all}) < len(all) for all in (versions, names))


def _remote(tree: Tree) -> Iterator[Problem]:
    users: dict[str, set[str]] = defaultdict(set)
    uses: list[tuple[str, Steps, str, Place]] = []
    for path, used in tree.remotes.items():
        where = place(path)
        if used and tree.status(where.name, where.version) is not Status.DELETED:
            for index, url in used:
                if not _is_one_server(url):
                    continue
                users[remote_address.key(url)].add(where.name)
                uses.append((path, ("remotes", index, "url"), url, where))
    for path, steps, url, where in uses:
        sharing = users[remote_address.key(url)] - {where.name}
        others = sorted(other for other in sharing if not _is_renamed(tree, where.name, other))
        if others:
            yield _conflict(tree, path, steps, url, where, others)


def _is_renamed(tree: Tree, name: str, other: str) -> bool:
    """Return whether two names are of one server, by what both say in their status.yaml."""
    return _says_renamed(tree, name, other) or _says_renamed(tree, other, name)


def _says_renamed(tree: Tree, old: str, new: str) -> bool:
    before, now = (tree.sidecars.get(server_path(name, STATUS_FILE)) for name in (old, new))
    if not isinstance(before, StatusFile) or not isinstance(now, StatusFile):
        return False
    to, origins = before.root.get("*"), now.root.get("*")
    return bool(to and origins and to.renamed_to == new and old in origins.renamed_from)


def _is_one_server(url: str) -> bool:
    """Return whether a remote's address is one server's: a host that is filled in is nobody's."""
    host = remote_address.host(url)
    return bool(host) and "{" not in host


def _conflict(
    tree: Tree, path: str, steps: Steps, url: str, where: Place, others: Sequence[str]
) -> Problem:
    own = tree.touched is None or path in tree.touched
    is_owner = _has_domain(tree, where.namespace, url)
    owners = [other for other in others if _has_domain(tree, other.partition("/")[0], url)]
    fact = f"{url} is already used by {(owners or others)[0]}"
    if is_owner and not owners:
        severity: Severity | None = Severity.REVIEW
        fact += f", and {remote_address.host(url)} is proved to be a host of {where.namespace}"
        help = "a maintainer decides, in favour of whose the host is: the other server is withdrawn"
    else:
        severity = None
        help = "one address is one server: publish it under one name, or delete the other server's "
        help += "versions (status.yaml) first"
        if owners:
            fact += ", whose host it is"
    return Problem(
        message=fact if own else f"{where.version} would be back, and its {fact}",
        file=path if own else server_path(where.name, STATUS_FILE),
        steps=steps if own else (),
        severity=severity,
        help=help,
    )


def _has_domain(tree: Tree, namespace: str, url: str) -> bool:
    """Return whether a namespace's proof is one of the address's host."""
    owners = tree.sidecars.get(namespace_path(namespace))
    return isinstance(owners, Namespace) and covers(
        namespace, owners.proof, remote_address.host(url)
    )


def _count(tree: Tree) -> Iterator[Problem]:
    counts = Counter(where[1:3] for _, where in tree.entries)  # by namespace and server
    if max(counts.values(), default=0) <= MAX_VERSIONS:
        return
    for item, where in tree.entries:
        count = counts[where[1:3]]
        if count > MAX_VERSIONS:
            yield Problem(
                message=f"{where.name} has {count:,} versions, at most {MAX_VERSIONS:,} are allowed",
                file=item.path,
                help="start a new name",
            )


NAMESPACE_RULES: tuple[Rule[Tree], ...] = (
    Rule(
        code="case-collision",
        summary="No two names, and no two versions of a name, differ only in case.",
        explanation="Clients compare names as they are written, but file systems, hosts and people "
        "may not. A mirror keeps both and says so.",
        check=_case,
        failing=files(file("com.example/weather"), file("com.example/Weather")),
        passing=files(file("com.example/weather"), file("com.example/weather-map")),
    ),
    Rule(
        code="too-many-versions",
        summary=f"A server has at most {MAX_VERSIONS:,} versions.",
        explanation="Deleted ones count.",
        reference="R32",
        check=_count,
        failing=files(
            *(
                # As entry_path writes it, which takes a tenth of all that a command imports.
                ExampleFile(path=f"servers/com.example/weather/1.0.{n}.json")
                for n in range(MAX_VERSIONS + 1)
            )
        ),
        passing=files(file()),
    ),
)

REGISTRY_RULES: tuple[Rule[Tree], ...] = (
    Rule(
        code="remote-url-conflict",
        summary="A remote's address is used by one server only.",
        explanation="All versions that are not deleted are compared, and all spellings of an address "
        "are one: the URL standard's form, without a slash at the end. Versions of one server may share "
        "an address. A deleted version comes back only while its address is free. A template whose "
        "host is filled in by the user is nobody's. Where the namespace is proved by the domain of the "
        "address, and the other's is not, a person decides in its favour.",
        reference="R31",
        check=_remote,
        failing=files(
            file("com.example/weather", remotes=[{"type": "sse", "url": _REMOTE}]),
            file("org.example/weather", remotes=[{"type": "sse", "url": _REMOTE}]),
        ),
        passing=files(
            file("com.example/weather", remotes=[{"type": "sse", "url": _REMOTE}]),
            file("com.example/weather", "2.0.0", remotes=[{"type": "sse", "url": _REMOTE}]),
        ),
    ),
)
