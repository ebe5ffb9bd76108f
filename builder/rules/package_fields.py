"""Which fields a package of each type needs and must not have (contract, section 4).

The official registry asks this before it asks a package registry whose the package is. No network
is needed for it, so it is asked wherever an entry is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from builder.model import image_name
from builder.model.image_name import Image
from builder.model.package_types import PACKAGE_TYPES, PackageType
from builder.rules.engine.fields import quoted, string
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.private import NONE, Private
from builder.rules.engine.rule import Problem, Rule, entry
from builder.rules.engine.subject import Entry
from builder.rules.mcpb import mcpb_url_problem
from builder.rules.packages import package as example

FIELD, BASE_URL = "package-field", "package-base-url"
Package = Mapping[str, Any]


class WrongField(NamedTuple):
    """A field of a package that is missing, not allowed or not valid: the rule's code, and where."""

    code: str
    key: str
    message: str
    help: str
    covers: tuple[str, ...] = ()


def wrong(kind: PackageType, package: Package, private: Private = NONE) -> Iterator[WrongField]:
    """Yield what is wrong with a package's fields. `private` are registries allowed besides."""
    for key in kind.required:
        if not string(package, key):
            yield WrongField(FIELD, key, f"{kind.name} packages need {key}", _MISSING[key])
    for key, where in kind.forbidden.items():
        if string(package, key):
            yield WrongField(
                FIELD, key, f"{kind.name} packages have no {key}", *_instead(package, key, where)
            )
    base = string(package, "registryBaseUrl")
    if kind.base_url and base and base != kind.base_url and not private.package(base):
        yield WrongField(
            BASE_URL,
            "registryBaseUrl",
            f"{kind.name} packages are looked up at {kind.base_url}, not {base}",
            f"leave registryBaseUrl out, or give exactly that address{_OWN}",
        )
    if string(package, "identifier") and kind.name in _IDENTIFIERS:
        yield from _IDENTIFIERS[kind.name](string(package, "identifier"), private)


_OWN = "; a registry of its own is named in registry.yaml by the operator (policy.publish.package_registries)"
_MISSING = {
    "identifier": "add identifier: the name that the package registry knows",
    "version": "add version: the exact one that was released, such as 1.0.0",
    "fileSha256": "add fileSha256: the SHA-256 of the bundle, as `sha256sum FILE` prints it",
}


def _instead(package: Package, key: str, where: str) -> tuple[str, tuple[str, ...]]:
    """Return the help for a field that must be absent, and the fields that it speaks for too."""
    identifier = string(package, "identifier")
    untagged = not image_name.stated_reference(identifier)
    if key == "version" and untagged and isinstance(image_name.parse(identifier), Image):
        tagged = f"{identifier}:{string(package, 'version')}"
        return f'leave version out, and write "identifier": {quoted(tagged)}', ("identifier",)
    if key == "version":
        return f"leave version out: {where}", ()
    return f"leave {key} out" + ("" if where.startswith("remove") else f": {where}"), ()


def _image(identifier: str, private: Private) -> Iterator[WrongField]:
    image = image_name.parse(identifier, private.package_host)
    if isinstance(image, str):
        yield WrongField(
            FIELD,
            "identifier",
            f"the image {identifier} {image}",
            f"images are taken from {image_name.HOSTS}, as ghcr.io/alice/weather:1.0.0{_OWN}",
        )


def _bundle(identifier: str, private: Private) -> Iterator[WrongField]:
    problem = mcpb_url_problem(identifier)
    if problem and not (private.package(identifier) and identifier.startswith("https://")):
        yield WrongField(
            FIELD,
            "identifier",
            f"the bundle's address {identifier} {problem}",
            "attach the bundle to a release on GitHub or GitLab and give its https address",
        )


_IDENTIFIERS: Mapping[str, Callable[[str, Private], Iterator[WrongField]]] = {
    "oci": _image,
    "mcpb": _bundle,
}


def _check(code: str) -> Callable[[Entry], Iterator[Problem]]:
    def check(item: Entry) -> Iterator[Problem]:
        for steps, package in item.packages:
            kind = PACKAGE_TYPES.get(string(package, "registryType"))
            for field in wrong(kind, package, item.private) if kind else ():
                if field.code == code:
                    yield Problem(
                        message=field.message,
                        steps=(*steps, field.key),
                        help=field.help,
                        covers=tuple((*steps, key) for key in field.covers),
                    )

    return check


_SHA = "b" * 64
_BUNDLE = "https://github.com/alice/weather/releases/download/v1.0.0/weather.mcpb"
RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code=FIELD,
        summary="A package has the fields that its type needs, and no others.",
        explanation="npm, PyPI, NuGet and Cargo need `version`; an image has its tag or digest in "
        "`identifier`, and an MCPB bundle its address there and `fileSha256`. Images come from "
        f"{image_name.HOSTS}, bundles from releases of GitHub and GitLab. Registries of your own "
        "are named in `registry.yaml` (`policy.publish.package_registries`).",
        reference="R35 to R40",
        generality=2,
        check=_check(FIELD),
        about=EntryPart.PACKAGES,
        failing=entry(packages=[example(registryType="mcpb", identifier=_BUNDLE)]),
        passing=entry(packages=[example(registryType="mcpb", identifier=_BUNDLE, fileSha256=_SHA)]),
    ),
    Rule(
        code=BASE_URL,
        summary="`registryBaseUrl` is absent, or that of the type's public registry.",
        explanation="Or it is a registry of your own that `registry.yaml` names "
        "(`policy.publish.package_registries`); whose its packages are is not asked then.",
        reference="R35 to R40",
        generality=2,
        check=_check(BASE_URL),
        about=EntryPart.BASE_URL,
        failing=entry(packages=[example(registryBaseUrl="https://npm.example.com")]),
        passing=entry(packages=[example(registryBaseUrl="https://registry.npmjs.org")]),
    ),
)
