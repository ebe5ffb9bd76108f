"""What must hold for a repository's tree to be published at all: the design's errors.

Reads the files of one commit and yields findings. What entries should say (schema, rules of the
official registry, ownership) is the gate's business; here it is only whether each file can be
told apart, read, and served at the address that its path promises.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from builder import document, git, sidecar, yaml
from builder.finding import Finding, Severity
from builder.path import SERVERS, Kind, Place, entry_path, place
from builder.sidecar import SidecarError, StatusFile, Upstream

ReadBlob = Callable[[str], bytes]
Placed = tuple[git.TreeEntry, Place]

_UNFIT = {
    git.SYMLINK: ("symlink", "is a symbolic link", "commit the file itself"),
    git.SUBMODULE: ("submodule", "is a submodule", "commit the files themselves"),
}


def check(tree: Iterable[git.TreeEntry], read: ReadBlob) -> list[Finding]:
    """Check the files of a commit; findings in the order of reports.

    `tree` lists the files below `servers/`, `read` gives a blob's bytes.
    """
    placed = [(entry, place(entry.path)) for entry in tree]
    findings = [*_unfit(placed)]
    regular = [item for item in placed if item[0].mode in (git.REGULAR, git.EXECUTABLE)]
    sidecars, wrong = _sidecars(regular, read)
    findings += wrong
    entries = [item for item in regular if item[1].kind is Kind.ENTRY]
    for entry, where in entries:
        findings += _entry(entry.path, where, read(entry.blob))
    findings += _status_keys(entries, sidecars)
    findings += _case_collisions(entries, _mirrored(sidecars))
    return sorted(findings, key=lambda finding: finding.sort_key)


def _unfit(placed: Iterable[Placed]) -> Iterator[Finding]:
    for entry, where in placed:
        if entry.mode in _UNFIT:
            code, fact, help = _UNFIT[entry.mode]
            yield _error(code, entry.path, f"{entry.path} {fact}", help)
        elif where.kind is Kind.STRAY:
            yield _error(
                "unexpected-file",
                entry.path,
                f"nothing reads a file of this path in {SERVERS}/",
                f"an entry stands at {SERVERS}/<namespace>/<name>/<version>.json, "
                "with bytes of the version other than A-Za-z0-9._+- percent-encoded",
            )


Sidecars = dict[str, object]


def _sidecars(regular: Iterable[Placed], read: ReadBlob) -> tuple[Sidecars, list[Finding]]:
    found: Sidecars = {}
    findings = []
    for entry, _ in regular:
        reader = sidecar.READERS.get(entry.path.rpartition("/")[2])
        if reader is None:
            continue
        try:
            found[entry.path] = reader(read(entry.blob))
        except SidecarError as error:
            findings.append(
                Finding(
                    rule="invalid-sidecar",
                    severity=Severity.ERROR,
                    path=entry.path,
                    message=str(error),
                    pointer="".join(f"/{step}" for step in error.path),
                    line=error.line,
                    column=error.column,
                    help="see the format in the documentation, or let an editor check it against schema/",
                )
            )
    return found, findings


def _entry(path: str, where: Place, data: bytes) -> Iterator[Finding]:
    try:
        content = document.parse(data, max_bytes=None)
    except document.DocumentError as error:
        line, column = _line(data, error.offset)
        yield Finding(
            rule=error.code,
            severity=Severity.ERROR,
            path=path,
            message=str(error),
            line=line,
            column=column,
            help="an entry is one JSON object in UTF-8, see RFC 8259",
        )
        return
    for key, expected in (("name", where.name), ("version", where.version)):
        if content.get(key) != expected:
            line, column = yaml.locate(data, (key,)) or (None, None)
            yield Finding(
                rule="path-mismatch",
                severity=Severity.ERROR,
                path=path,
                message=f"the path says {key} {expected!r}, the document says {content.get(key)!r}",
                pointer=f"/{key}",
                line=line,
                column=column,
                help=_move_help(content),
            )


def _move_help(content: document.Document) -> str:
    name, version = content.get("name"), content.get("version")
    if isinstance(name, str) and isinstance(version, str) and name and version:
        return f"the document is the truth: move the file to {entry_path(name, version)}"
    return "give the document a name and a version"


def _status_keys(entries: Iterable[Placed], sidecars: Sidecars) -> Iterator[Finding]:
    versions = defaultdict(set)
    for _, where in entries:
        versions[where.name].add(where.version)
    for path, value in sidecars.items():
        if not isinstance(value, StatusFile):
            continue
        for key in value.root.keys() - versions[place(path).name] - {"*"}:
            yield _error(
                "status-unknown-version",
                path,
                f"there is no version {key!r} of {place(path).name}",
                'name a version that has a file here, or "*" for all',
            )


def _mirrored(sidecars: Sidecars) -> set[tuple[str, str]]:
    return {
        (place(path).name, version)
        for path, value in sidecars.items()
        if isinstance(value, Upstream)
        for version in value.versions
    }


def _case_collisions(
    entries: Iterable[Placed], mirrored: set[tuple[str, str]]
) -> Iterator[Finding]:
    """Two names, or two versions of one name, that differ only in case."""
    folded: dict[tuple[str, ...], dict[str, Placed]] = defaultdict(dict)
    for entry, where in entries:
        folded[(where.name.lower(),)].setdefault(where.name, (entry, where))
        folded[(where.name, where.version.lower())][where.version] = (entry, where)
    for spellings in folded.values():
        if len(spellings) < 2:
            continue
        own = {
            text
            for text, (_, where) in spellings.items()
            if (where.name, where.version) not in mirrored
        }
        for text in sorted(own or spellings):
            others = ", ".join(sorted(spellings.keys() - {text})[:3])
            yield Finding(
                rule="case-collision",
                severity=Severity.ERROR if own else Severity.WARNING,
                path=spellings[text][0].path,
                message=f"{text} differs only in case from {others}",
                help="names and versions are case-sensitive, but file systems and readers are not: choose another",
            )


def _line(data: bytes, offset: int | None) -> tuple[int | None, int | None]:
    if offset is None:
        return None, None
    before = data.decode("utf-8", "replace")[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _error(code: str, path: str, message: str, help: str) -> Finding:
    return Finding(rule=code, severity=Severity.ERROR, path=path, message=message, help=help)
