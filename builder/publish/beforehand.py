"""What is asked of others before anybody waits for the branch."""

from __future__ import annotations

import time
from dataclasses import replace

from builder import package_proof
from builder.model import sidecars
from builder.model.finding import Severity
from builder.model.layout import namespace_path, place
from builder.model.server_name import is_namespace
from builder.model.sidecars import SidecarError
from builder.ownership import still_proved
from builder.package_proof import ProofSettings
from builder.pages.api.problem import ProblemDocument
from builder.publish import judging
from builder.publish.answers import problem
from builder.publish.draft import Draft
from builder.publish.writer import Writer
from builder.rules.engine.subject import Entry

PACKAGE_SECONDS = 30.0


def wrong_packages(draft: Draft, packages: ProofSettings | None) -> ProblemDocument | None:
    """Ask the package registries whose the packages are; None if nothing is wrong, or none is asked."""
    if packages is None:
        return None
    entry = Entry(draft.path, place(draft.path), draft.data)
    settings = replace(packages, until=time.monotonic() + PACKAGE_SECONDS)
    findings = package_proof.verify_entries([entry], settings)
    worst = [finding for finding in findings if finding.severity is not Severity.WARNING]
    return problem(400, judging.FAILED, judging.listed(worst)) if worst else None


def prove_again(name: str, writer: Writer) -> None:
    """Ask whether the domain of an owned namespace still publishes its keys.

    The answer is remembered for the gate, which must not wait for anybody's DNS server.
    """
    namespace = name.partition("/")[0]
    if not is_namespace(namespace):
        return
    data = writer.read(namespace_path(namespace))
    try:
        owners = sidecars.read_namespace(data) if data is not None else None
    except SidecarError:
        return
    if owners is not None:
        still_proved.any_key(namespace, owners, writer.network)
