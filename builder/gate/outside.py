"""Files outside any registry: what the official registry asks of a server.json, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from builder.check import engine
from builder.gate.question import Question
from builder.gate.report.report import Report, verdict
from builder.git.repository import Repository
from builder.model.errors import RegistryError
from builder.model.layout import CONFIG, SERVERS, Kind, Place
from builder.model.wording import counted
from builder.rules.engine.subject import Entry

NAME = "server.json"
_NO_PLACE = "path-mismatch"


def is_registry(repository: Repository) -> bool:
    """Return whether a repository is a registry's: it has settings, or entries."""
    if repository.bare:
        return True
    return (repository.root / CONFIG).is_file() or (repository.root / SERVERS).is_dir()


def is_enough(root: Path, question: Question) -> bool:
    """Return whether a question needs no registry: it names files, or there is a server.json here."""
    if question.base or question.account:
        return False
    return bool(question.paths) or (root / NAME).is_file()


def answer(root: Path, question: Question) -> Report:
    """Check files, or the server.json in folders; RegistryError if there is none."""
    files = list(_files(question.paths or (root,)))
    findings = [
        finding
        for file in files
        for finding in engine.check_document(file.read_bytes(), file.as_posix())
        if finding.rule != _NO_PLACE
    ]
    if question.online:
        from builder import package_proof

        entries = [Entry(file.as_posix(), Place(Kind.STRAY), file.read_bytes()) for file in files]
        findings += package_proof.verify_entries(entries, package_proof.ProofSettings())
    selected = question.selection.of(sorted(findings, key=lambda finding: finding.sort_key))
    return Report(
        findings=tuple(selected),
        verdict=verdict(selected),
        checked=f"{counted(len(files), 'file')}, by the official rules",
        not_checked=(
            "the rules of a registry (none is here: name one with --root)",
            *(() if question.online else ("package registries (--online)",)),
            *question.selection.left_out,
        ),
    )


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir() and (path / NAME).is_file():
            yield path / NAME
        elif path.is_file() and path.suffix == ".json":
            yield path
        elif not path.exists():
            raise RegistryError(f"there is no file {path}")
        else:
            raise RegistryError(
                f"nothing is to be checked in {path}",
                help=f"name a {NAME}, or a folder that has one; a registry has a registry.yaml",
            )
