"""Rules on the files next to entries: formats, statuses, signatures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from builder.model.finding import Severity
from builder.model.layout import BUNDLE_SUFFIX, Kind, place
from builder.model.sidecars import StatusFile
from builder.rules.engine.fields import code_point, invisible, quoted
from builder.rules.engine.rule import Example, ExampleFile, Problem, Rule, encode, file, files
from builder.rules.engine.subject import Tree

EXAMPLE_FOLDER = "servers/com.example/weather"


def _sidecar(tree: Tree) -> Iterator[Problem]:
    for path, first in tree.wrong_sidecars.items():
        for error in (first, *first.further):
            yield Problem(
                message=str(error),
                file=path,
                steps=tuple(error.path),
                line=error.line,
                column=error.column,
                help="see the format in the documentation, or let an editor check it against schema/",
            )


def _status_keys(tree: Tree) -> Iterator[Problem]:
    statuses = [
        (path, status) for path, status in tree.sidecars.items() if isinstance(status, StatusFile)
    ]
    versions = defaultdict(set)
    for _, where in tree.entries if statuses else ():
        versions[where.name].add(where.version)
    for path, status in statuses:
        name = place(path).name
        if not versions[name]:
            yield Problem(
                message=f"there is no version of {name} that this could be about",
                file=path,
                help="publish a version first; where all are gone, remove this file too",
            )
        else:
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


STATUS = ExampleFile(path=f"{EXAMPLE_FOLDER}/status.yaml", data=b'"1.0.0": {status: deprecated}\n')

RULES: tuple[Rule[Tree], ...] = (
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
        failing=files(ExampleFile(path=f"{EXAMPLE_FOLDER}/1.0.0.json.sig", data=encode({}))),
        passing=files(file()),
    ),
)
