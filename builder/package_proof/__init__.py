"""Does the published package say that it belongs to the server? (`check --online`)

The proof ties a package to a server's name; that the name's namespace is the publisher's is
proved elsewhere (builder/ownership). Each package type is a module with one function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from builder.model import strict_yaml
from builder.model.finding import Finding
from builder.model.package_codes import CODES
from builder.model.package_types import PACKAGE_TYPES
from builder.package_proof import cargo, mcpb, npm, nuget, oci, pypi
from builder.package_proof.client import PackageRegistryClient, ProofSettings, Unanswered
from builder.package_proof.problem import Package, PackageProblem, text
from builder.rules import identifiers, package_fields
from builder.rules.engine.subject import Entry

__all__ = ["CODES", "PROOFS", "ProofSettings", "verify_entries", "verify_packages"]

AT_A_TIME = 8

PROOFS: Mapping[str, Callable[[Package, str, PackageRegistryClient], Iterator[PackageProblem]]] = {
    "npm": npm.verify,
    "pypi": pypi.verify,
    "nuget": nuget.verify,
    "cargo": cargo.verify,
    "oci": oci.verify,
    "mcpb": mcpb.verify,
}


def verify_entries(entries: Iterable[Entry], settings: ProofSettings) -> list[Finding]:
    """Verify the packages of entries, several at a time; findings by entry, in the order given.

    Mirrored entries were verified upstream, and unreadable ones say nothing: both are left out.
    """
    asked = (entry for entry in entries if not entry.mirrored)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        answers = pool.map(lambda entry: _of_entry(replace(entry), settings), asked)
        return [finding for findings in answers for finding in findings]


def _of_entry(entry: Entry, settings: ProofSettings) -> list[Finding]:
    if entry.error:
        return []
    return verify_packages(entry.document, entry.path, settings, entry.data)


def verify_packages(
    document: Mapping[str, Any], path: str, settings: ProofSettings, data: bytes = b""
) -> list[Finding]:
    """Ask the package registries whether a server's packages are its own (contract, section 4).

    `document` is a server.json, `path` where it stands, `data` the bytes it was read from: without
    them findings have no line. A registry that is away or busy is a finding to review, never an
    exception.
    """
    name = text(document, "name")
    packages = document.get("packages")
    with PackageRegistryClient(settings) as client:
        problems = [
            (problem, index)
            for index, package in enumerate(packages if isinstance(packages, list) else ())
            if isinstance(package, Mapping)
            for problem in _problems(package, name, client)
        ]
    find = strict_yaml.locator(data) if problems else None
    return [
        _finding(problem, path, index, find(("packages", index, problem.key)) if find else None)
        for problem, index in problems
    ]


def _problems(
    package: Package, name: str, client: PackageRegistryClient
) -> Iterator[PackageProblem]:
    kind = text(package, "registryType")
    if kind not in PROOFS:
        return  # the rule unsupported-registry-type says so
    if not _may_be_asked(kind, package):
        return
    try:
        yield from PROOFS[kind](package, name, client)
    except Unanswered as error:
        yield PackageProblem(
            code="package-unverified",
            message=f"could not verify the {kind} package: {error.message}",
            help="nothing is known to be wrong; check again later",
        )


def _may_be_asked(kind: str, package: Package) -> bool:
    """Return whether a public registry can know the package: else rules say what is wrong with it.

    Packages of a private registry, which `registry.yaml` may allow, are not asked about.
    """
    record = PACKAGE_TYPES[kind]
    named = identifiers.is_name(record, text(package, "identifier"))
    return named and not any(package_fields.wrong(record, package))


def _finding(
    problem: PackageProblem, path: str, index: int, place: tuple[int, int] | None
) -> Finding:
    severity, _ = CODES[problem.code]
    line, column = place or (None, None)
    return Finding(
        rule=problem.code,
        severity=severity,
        path=path,
        message=problem.message,
        help=problem.help,
        pointer=f"/packages/{index}/{problem.key}",
        line=line,
        column=column,
    )
