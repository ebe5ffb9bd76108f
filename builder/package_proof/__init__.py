"""Does the published package say that it belongs to the server? (`check --online`)

The proof ties a package to a server's name; that the name's namespace is the publisher's is
proved elsewhere (builder/ownership). Each package type is a module with one function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from builder.finding import Finding
from builder.package_proof import cargo, fields, mcpb, npm, nuget, oci, pypi
from builder.package_proof.client import Client, Settings, Unanswered
from builder.package_proof.doubt import CODES, Doubt, Package, text

__all__ = ["CODES", "PROOFS", "Settings", "verify_packages"]

PROOFS: Mapping[str, Callable[[Package, str, Client], Iterator[Doubt]]] = {
    "npm": npm.verify,
    "pypi": pypi.verify,
    "nuget": nuget.verify,
    "cargo": cargo.verify,
    "oci": oci.verify,
    "mcpb": mcpb.verify,
}


def verify_packages(document: Mapping[str, Any], path: str, settings: Settings) -> list[Finding]:
    """Ask the package registries whether a server's packages are its own (contract, section 4).

    `document` is a server.json, `path` where it stands. Findings carry JSON Pointers and no lines.
    A registry that is away or busy is a finding to review, never an exception.
    """
    name = text(document, "name")
    packages = document.get("packages")
    with Client(settings) as client:
        return [
            _finding(doubt, path, index)
            for index, package in enumerate(packages if isinstance(packages, list) else ())
            if isinstance(package, Mapping)
            for doubt in _doubts(package, name, client)
        ]


def _doubts(package: Package, name: str, client: Client) -> Iterator[Doubt]:
    kind = text(package, "registryType")
    if kind not in PROOFS:
        return  # the rule unsupported-registry-type says so
    wrong = list(fields.check(kind, package))
    yield from wrong
    if wrong:
        return
    try:
        yield from PROOFS[kind](package, name, client)
    except Unanswered as error:
        yield Doubt(
            code="package-unverified",
            message=f"could not verify the {kind} package: {error.message}",
            help="nothing is known to be wrong; check again later",
        )


def _finding(doubt: Doubt, path: str, index: int) -> Finding:
    severity, _ = CODES[doubt.code]
    return Finding(
        rule=doubt.code,
        severity=severity,
        path=path,
        message=doubt.message,
        help=doubt.help,
        pointer=f"/packages/{index}/{doubt.key}",
    )
