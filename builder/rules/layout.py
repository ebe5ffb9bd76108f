"""Rules on files: what may stand where, and that a path follows from the document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

from builder.git import records
from builder.model import page_paths
from builder.model.finding import Severity
from builder.model.layout import (
    BUNDLE_SUFFIX,
    COLLECTIONS,
    OVERLAYS,
    SERVERS,
    Kind,
    entry_path,
    place,
)
from builder.model.sidecars import StatusFile
from builder.rules.engine.fields import code_point, invisible, quoted, string
from builder.rules.engine.rule import (
    Example,
    ExampleFile,
    Problem,
    Rule,
    encode,
    entry,
    file,
    files,
)
from builder.rules.engine.subject import Entry, Tree

_HERE = "servers/com.example/weather"


def _mismatch(item: Entry) -> Iterator[Problem]:
    if item.place.kind is not Kind.ENTRY:
        yield Problem(
            message=f"a file outside {SERVERS}/ is published nowhere",
            steps=("name",),
            severity=Severity.WARNING,
            help=_move(item),
        )
        return
    for key, expected in (("name", item.place.name), ("version", item.place.version)):
        if item.document.get(key) != expected:
            yield Problem(
                message=f"the path says {key} {quoted(expected)}, the document "
                + (f"says {quoted(item.document[key])}" if key in item.document else "has none"),
                steps=(key,),
                help=_move(item),
            )


def _move(item: Entry) -> str:
    name, version = string(item.document, "name"), string(item.document, "version")
    if not name or not version:
        return "give the document a name and a version"
    return f"the document is the truth: move the file to {entry_path(name, version)}"


def _unservable(item: Entry) -> Iterator[Problem]:
    placed = item.place.kind is Kind.ENTRY
    name = item.place.name if placed else string(item.document, "name")
    version = item.place.version if placed else string(item.document, "version")
    if name and version and (why := page_paths.refusal(name, version)):
        yield Problem(
            message=f"the version {quoted(version)} {why}",
            steps=("version",),
            help="choose another, such as 1.2.3",
        )


def _mode(mode: str, help: str) -> Callable[[Tree], Iterator[Problem]]:
    facts = {
        records.SYMLINK: "is a symbolic link",
        records.SUBMODULE: "is a submodule",
        records.EXECUTABLE: "is executable",
    }

    def check(tree: Tree) -> Iterator[Problem]:
        for item, _ in tree.files:
            if item.mode == mode:
                yield Problem(message=f"the file {facts[mode]}", file=item.path, help=help)

    return check


def _stray(tree: Tree) -> Iterator[Problem]:
    for item, where in tree.files:
        if where.kind is Kind.STRAY and item.mode in records.FILES:
            yield Problem(
                message=f"nothing reads a file of this path in {item.path.partition('/')[0]}/",
                file=item.path,
                help=_WHERE.get(item.path.partition("/")[0], _WHERE[SERVERS]),
            )


_WHERE = {
    SERVERS: f"an entry stands at {SERVERS}/<namespace>/<name>/<version>.json, "
    "with bytes of the version other than A-Za-z0-9._+- percent-encoded",
    OVERLAYS: f"an overlay by pattern stands at {OVERLAYS}/<slug>.yaml, in lower case",
    COLLECTIONS: f"a collection stands at {COLLECTIONS}/<slug>.yaml, in lower case",
}


def _sidecar(tree: Tree) -> Iterator[Problem]:
    for path, error in tree.wrong_sidecars.items():
        yield Problem(
            message=str(error),
            file=path,
            steps=tuple(error.path),
            line=error.line,
            column=error.column,
            help="see the format in the documentation, or let an editor check it against schema/",
        )


def _status_keys(tree: Tree) -> Iterator[Problem]:
    versions = defaultdict(set)
    for _, where in tree.entries:
        versions[where.name].add(where.version)
    for path, status in tree.sidecars.items():
        name = place(path).name
        if isinstance(status, StatusFile) and not versions[name]:
            yield Problem(
                message=f"there is no version of {name} that this could be about",
                file=path,
                help="publish a version first; where all are gone, remove this file too",
            )
        elif isinstance(status, StatusFile):
            for key in sorted(status.root.keys() - versions[name] - {"*"}):
                yield Problem(
                    message=f"there is no version {quoted(key)} of {name}",
                    file=path,
                    steps=(key,),
                    help='name a version that has a file here, or "*" for all',
                )


def _status_messages(tree: Tree) -> Iterator[Problem]:
    for path, status in tree.sidecars.items():
        for version, lifecycle in status.root.items() if isinstance(status, StatusFile) else ():
            if unwanted := invisible(lifecycle.message):
                yield Problem(
                    message=f"the message holds the character {code_point(unwanted)}",
                    file=path,
                    steps=(version, "message"),
                    # One that has landed is escaped wherever it is shown, and stops no build.
                    severity=Severity.WARNING if tree.touched is None else None,
                    help="a message is one line of visible characters",
                )


def _unsigned(tree: Tree) -> Iterator[Problem]:
    paths = {item.path for item, _ in tree.files}
    for item, where in tree.files:
        suffix = _SUFFIXES.get(where.kind)
        if suffix and item.path.removesuffix(suffix) not in paths:
            yield Problem(
                message="there is no file that this signs",
                file=item.path,
                # One that lies here already harms nobody: whoever owns the file replaces it.
                severity=None if tree.touched is None else Severity.ERROR,
                help="a signature stands beside what it signs: <version>.json.sig, "
                "status.yaml.sig or namespace.yaml.sig; a bundle at <version>.json.sigstore",
            )


_SUFFIXES = {Kind.SIGNATURE: ".sig", Kind.BUNDLE: BUNDLE_SUFFIX}


def _status(text: str) -> Example:
    return replace(files(file(), replace(STATUS, data=text.encode())), shown=text.strip())


def _proposed_status(text: str) -> Example:
    return replace(_status(text), base=(file(),))


def _with_mode(mode: str) -> Example:
    return files(replace(file(), mode=mode, data=b"../../../registry.yaml"))


STATUS = ExampleFile(path=f"{_HERE}/status.yaml", data=b'"1.0.0": {status: deprecated}\n')

ENTRY_RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="path-mismatch",
        summary="An entry stands at the path that follows from its name and version.",
        explanation="`servers/<namespace>/<name>/<version>.json`, with bytes of the version other "
        "than `A-Za-z0-9._+-` percent-encoded. Whoever owns a folder must know what is in it. A draft "
        "outside `servers/` that is named to `check` is only told where it will stand.",
        structural=True,
        check=_mismatch,
        failing=files(ExampleFile(path=f"{_HERE}/1.0.1.json", data=entry().files[0].data)),
        passing=files(file()),
    ),
    Rule(
        code="unservable-version",
        summary="Every file and page of a version has a path of its own.",
        explanation="A version is served at `/versions/<version>` from a folder of its name, beside "
        "`latest` and documents such as `index.json`: no part of it may have such a name, in any case, "
        "nor be empty, `.` or `..`. The file in the repository, with `.json.sig`, has at most 255 bytes.",
        structural=True,
        generality=1,
        check=_unservable,
        failing=entry(version=".."),
        passing=entry(version="1.0.0"),
    ),
)

TREE_RULES: tuple[Rule[Tree], ...] = (
    Rule(
        code="symlink",
        summary="No file is a symbolic link.",
        explanation="A link may lead out of the repository; none is ever followed.",
        structural=True,
        check=_mode(records.SYMLINK, "commit the file itself"),
        failing=_with_mode(records.SYMLINK),
        passing=files(file()),
    ),
    Rule(
        code="submodule",
        summary="No folder is a submodule.",
        explanation="What it points to is not in this repository and can vanish.",
        structural=True,
        check=_mode(records.SUBMODULE, "commit the files themselves"),
        failing=_with_mode(records.SUBMODULE),
        passing=files(file()),
    ),
    Rule(
        code="executable-file",
        summary="No file is executable.",
        explanation="The mode of every file below `servers/` is 100644.",
        structural=True,
        check=_mode(records.EXECUTABLE, "git update-index --chmod=-x FILE"),
        failing=files(file(mode=records.EXECUTABLE)),
        passing=files(file()),
    ),
    Rule(
        code="unexpected-file",
        summary="Nothing but the registry's own kinds of files stands below `servers/`.",
        explanation="Entries, `status.yaml`, `upstream.json`, `overlay.yaml`, `facts.yaml` and `namespace.yaml`, and "
        "signatures. In `overlays/` and `collections/` stand files `<slug>.yaml`.",
        structural=True,
        check=_stray,
        failing=files(ExampleFile(path=f"{_HERE}/README.md", data=b"# Weather\n")),
        passing=files(file(), STATUS),
    ),
    Rule(
        code="invalid-sidecar",
        summary="`namespace.yaml`, `status.yaml`, overlays and the other sidecars keep to their formats.",
        explanation="Their JSON Schemas are in `schema/`. YAML is read strictly: no anchors, no "
        "tags, no key twice.",
        structural=True,
        check=_sidecar,
        failing=_status('"1.0.0": {status: retired}\n'),
        passing=_status('"1.0.0": {status: deprecated, message: Use 2.0.0}\n'),
    ),
    Rule(
        code="status-unknown-version",
        summary="`status.yaml` names only versions that are here.",
        explanation="A status of a version that does not exist is most likely a typing mistake, "
        "and another version stays active. Without any version the file is about nothing: it would "
        "hold a name for whoever publishes there later.",
        structural=True,
        check=_status_keys,
        failing=_status('"1.0.1": {status: deprecated}\n'),
        passing=_status('"1.0.0": {status: deprecated}\n'),
    ),
    Rule(
        code="status-message-not-one-line",
        summary="The message of a status is one line of visible characters.",
        explanation="It is shown in lists, feeds, logs and comments. A line end or a character that "
        "nobody sees would begin a line there, or turn the text around.",
        check=_status_messages,
        failing=_proposed_status(
            '"1.0.0": {status: deprecated, message: "Use 2.0.0\\n::error::"}\n'
        ),
        passing=_proposed_status('"1.0.0": {status: deprecated, message: Use 2.0.0}\n'),
    ),
    Rule(
        code="signature-without-entry",
        summary="A signature stands beside the file that it signs.",
        explanation="Signatures are kept with the entries, so that anybody can check them again. One "
        "that a change brings without its file is an error: it would stand in the owner's way.",
        severity=Severity.WARNING,
        check=_unsigned,
        failing=files(ExampleFile(path=f"{_HERE}/1.0.0.json.sig", data=encode({}))),
        passing=files(file()),
    ),
)
