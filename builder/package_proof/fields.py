"""Which fields a package of each type needs and must not have (contract, section 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from builder.model.package_registries import bases
from builder.package_proof.problem import Doubt, Package, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Keys that must have a value, and keys that must have none."""

    required: tuple[str, ...]
    forbidden: tuple[str, ...]


_VERSIONED = Fields(required=("identifier", "version"), forbidden=("fileSha256",))
FIELDS: Mapping[str, Fields] = {
    "npm": _VERSIONED,
    "pypi": _VERSIONED,
    "nuget": _VERSIONED,
    "cargo": _VERSIONED,
    "oci": Fields(required=("identifier",), forbidden=("registryBaseUrl", "version", "fileSha256")),
    "mcpb": Fields(required=("identifier", "fileSha256"), forbidden=("registryBaseUrl",)),
}
_ELSEWHERE = {
    ("oci", "version"): "an image's tag or digest stands in identifier, as name:tag or name@digest",
    ("oci", "registryBaseUrl"): "the image registry's host stands in identifier",
    ("mcpb", "registryBaseUrl"): "identifier is the whole address of the bundle",
}


def check(kind: str, package: Package) -> Iterator[Doubt]:
    """Yield what is wrong with a package's fields, before anything is asked of anyone."""
    fields = FIELDS[kind]
    for key in fields.required:
        if not text(package, key):
            yield Doubt(
                code="package-field",
                message=f"{kind} packages need {key}",
                help=f"add {key}",
                key=key,
            )
    for key in fields.forbidden:
        if text(package, key):
            yield Doubt(
                code="package-field",
                message=f"{kind} packages have no {key}",
                help=_ELSEWHERE.get((kind, key), f"remove {key}"),
                key=key,
            )
    base = text(package, "registryBaseUrl")
    if kind in bases() and base and base != bases()[kind]:
        yield Doubt(
            code="package-base-url",
            message=f"{kind} packages are looked up at {bases()[kind]}, not {base}",
            help="leave registryBaseUrl out, or give exactly that address",
            key="registryBaseUrl",
        )
