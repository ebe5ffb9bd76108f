"""Rules on files: what may stand where, and that a path follows from the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from builder.git import records
from builder.model import page_paths
from builder.model.finding import Severity
from builder.model.layout import COLLECTIONS, OVERLAYS, SERVERS, Kind, entry_path
from builder.rules.engine.fields import quoted, string
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.plain import DEVICE
from builder.rules.engine.rule import Example, ExampleFile, Problem, Rule, entry, file, files
from builder.rules.engine.subject import Entry, Tree
from builder.rules.sidecar_files import EXAMPLE_FOLDER, STATUS


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


def _device(item: Entry) -> Iterator[Problem]:
    for key, help in (
        ("name", "choose another name"),
        ("version", "choose another, such as 1.2.3"),
    ):
        if found := DEVICE.search(string(item.document, key)):
            yield Problem(
                message=f"{quoted(found[1])} is a device on Windows, where no file can have that name",
                steps=(key,),
                help=help,
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


def _with_mode(mode: str) -> Example:
    return files(replace(file(), mode=mode, data=b"../../../registry.yaml"))


ENTRY_RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="path-mismatch",
        summary="An entry stands at the path that follows from its name and version.",
        explanation="`servers/<namespace>/<name>/<version>.json`, with bytes of the version other "
        "than `A-Za-z0-9._+-` percent-encoded. Whoever owns a folder must know what is in it. A draft "
        "outside `servers/` that is named to `check` is only told where it will stand.",
        structural=True,
        check=_mismatch,
        about=EntryPart.ODD_PLACE,
        failing=files(ExampleFile(path=f"{EXAMPLE_FOLDER}/1.0.1.json", data=entry().files[0].data)),
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
        about=EntryPart.ODD_NAME | EntryPart.ODD_VERSION | EntryPart.ODD_PLACE,
        failing=entry(version=".."),
        passing=entry(version="1.0.0"),
    ),
    Rule(
        code="device-name",
        summary="No part of a name or a version is called as a device of Windows.",
        explanation="Windows makes no file `con`, `nul.json` or `aux`: with one such path nobody there can check "
        "the registry out, or build it.",
        check=_device,
        about=EntryPart.ODD_NAME | EntryPart.ODD_VERSION,
        failing=entry(name="com.example/aux"),
        passing=entry(name="com.example/aux-weather"),
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
        failing=files(ExampleFile(path=f"{EXAMPLE_FOLDER}/README.md", data=b"# Weather\n")),
        passing=files(file(), STATUS),
    ),
)
