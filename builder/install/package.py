"""Which package an entry names, exactly: by name and version, or by image and tag or digest."""

from __future__ import annotations

from dataclasses import dataclass, replace

from builder.install.field import text
from builder.install.grammar import NoCommand
from builder.install.programs import is_program
from builder.install.reference import DOCKER_HUB, FORMS, Form, Reference
from builder.install.runners import Runner, runner
from builder.install.web import address
from builder.model import image_name
from builder.model.package_types import PACKAGE_TYPES, is_public_registry
from builder.model.server_json import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package that can be started: its type, what it is called as written, what it is, who starts it.

    `runner` is None where the package is itself the command (a crate, once it is installed).
    `base` is the registry to ask, "" for the usual one; `names_usual` where the entry says that one.
    """

    kind: str
    written: str
    reference: Reference
    form: Form
    runner: Runner | None
    base: str
    names_usual: bool


def package(document: Document) -> Package:
    """Read which package an entry's `packages` item names; raise NoCommand if it is no exact one."""
    kind, identifier = text(document, "registryType"), text(document, "identifier")
    form = FORMS.get(kind)
    if form is None:
        message = f"Nothing is known that starts packages of the type {kind or 'none'}."
        raise NoCommand(message, "registryType")
    reference = form.read(identifier)
    if reference is None or not (reference.version or _is_plain(kind, identifier)):
        raise NoCommand(f"{identifier or 'Nothing'} is not the name of a package.", "identifier")
    given = text(document, "version")
    if kind == "oci":
        written, reference = _image(form, identifier, given, reference)
    else:
        written, reference = _pinned(form, identifier, given, reference)
    starter = runner(kind, text(document, "runtimeHint"))
    _refuse_program(starter, written, reference)
    if starter and starter.full_names and not written.startswith(f"{image_name.host(written)}/"):
        written = f"{DOCKER_HUB[0]}{written}"
    return Package(
        kind=kind,
        written=written,
        reference=reference,
        form=form,
        runner=starter,
        base=_base(document, kind, reference, starter),
        names_usual=is_public_registry(kind, text(document, "registryBaseUrl")),
    )


def _refuse_program(starter: Runner | None, written: str, reference: Reference) -> None:
    """Refuse a name by which something else starts than the package."""
    taken = starter.not_packages if starter else None
    if (
        taken.fullmatch(reference.name.lower())
        if taken
        else starter is None and is_program(written)
    ):
        raise NoCommand(
            f"{written} is also the name of a program that is there without the package.",
            "identifier",
        )


def _is_plain(kind: str, identifier: str) -> bool:
    return PACKAGE_TYPES[kind].identifier.fullmatch(identifier) is not None


def _pinned(
    form: Form, identifier: str, version: str, reference: Reference
) -> tuple[str, Reference]:
    if reference.version:
        raise NoCommand(
            f"The identifier {identifier} has a version in it, which belongs in `version`.",
            "identifier",
        )
    if not form.exact.fullmatch(version):
        shown = f"version {version}" if version else "no version"
        message = f"The entry names {shown} of {identifier}, which is no exact one."
        raise NoCommand(message, "version")
    return identifier, replace(reference, version=version)


def _image(
    form: Form, identifier: str, version: str, reference: Reference
) -> tuple[str, Reference]:
    """An image has its tag or digest in its name; older entries have it in `version`."""
    wrong = image_name.parse(identifier, allowed=_any_host)
    if isinstance(wrong, str):
        raise NoCommand(f"The image {identifier} {wrong}: no program could fetch it.", "identifier")
    if reference.version or not version:
        return identifier, reference
    if not form.exact.fullmatch(version):
        raise NoCommand(f"{version} is not the tag of an image.", "version")
    return f"{identifier}:{version}", replace(reference, version=version)


def _any_host(_host: str) -> bool:
    """Whose images a registry takes is for its rules to say; here it is asked whether one can be fetched."""
    return True


def _base(document: Document, kind: str, reference: Reference, starter: Runner | None) -> str:
    """Return the registry to ask, "" for the usual one; the same name elsewhere is another package."""
    base = text(document, "registryBaseUrl").rstrip("/")
    if not base or is_public_registry(kind, base) or _is_named(kind, base, reference):
        return ""
    if starter is None or not starter.base_option or address(base, "https") is None:
        message = f"No client can be told to take {reference.name} from {base}."
        raise NoCommand(message, "registryBaseUrl")
    return base


def _is_named(kind: str, base: str, reference: Reference) -> bool:
    """Return whether an image's name says its registry itself."""
    host = base.removeprefix("https://").removeprefix("http://")
    return kind == "oci" and (reference.name.startswith(f"{host}/") or f"{host}/" in DOCKER_HUB)
