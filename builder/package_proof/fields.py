"""Which fields a package of each type needs and must not have (contract, section 4)."""

from __future__ import annotations

from collections.abc import Iterator

from builder.model.package_types import PACKAGE_TYPES
from builder.package_proof.problem import Package, PackageProblem, text


def check(kind: str, package: Package) -> Iterator[PackageProblem]:
    """Yield what is wrong with a package's fields, before anything is asked of anyone."""
    record = PACKAGE_TYPES[kind]
    for key in record.required:
        if not text(package, key):
            yield PackageProblem(
                code="package-field",
                message=f"{kind} packages need {key}",
                help=f"add {key}",
                key=key,
            )
    for key, where in record.forbidden.items():
        if text(package, key):
            yield PackageProblem(
                code="package-field",
                message=f"{kind} packages have no {key}",
                help=where,
                key=key,
            )
    base = text(package, "registryBaseUrl")
    if record.base_url and base and base != record.base_url:
        yield PackageProblem(
            code="package-base-url",
            message=f"{kind} packages are looked up at {record.base_url}, not {base}",
            help="leave registryBaseUrl out, or give exactly that address",
            key="registryBaseUrl",
        )
