"""The bundles of an accepted change: what they said is merged as a fact, the files are not.

Ten kilobytes for each of 100,000 versions would be a gigabyte that every clone carries for ever.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace

from builder.facts import gather, noted_runs
from builder.git.change import Action, Change, Touch
from builder.git.records import REGULAR
from builder.git.repository import Repository
from builder.model.facts import Facts
from builder.model.layout import BUNDLE_SUFFIX, FACTS_FILE, place, server_path
from builder.model.policy_settings import Policy
from builder.model.sidecars import SidecarError, read_facts
from builder.ownership import vouched_entries
from builder.ownership.signed_run import SignedRun


def noted(repository: Repository, change: Change, policy: Policy, now: int) -> Change:
    """Return a change with facts in the place of the bundles that it brings and that hold.

    The others stay: where bundles cannot be verified, `mcp-registry prove` notes them later.
    """
    path = policy.sigstore_root
    vouched = vouched_entries.read_all(
        repository,
        change.touches,
        lambda: repository.blob(change.base, path) if path else None,
        now,
    )
    if not vouched.runs:
        return change
    left_out = {entry + BUNDLE_SUFFIX for entry in vouched.runs}
    kept = [touch for touch in change.touches if touch.path not in left_out]
    facts = [
        _facts(repository, change.base, name, runs)
        for name, runs in _by_server(vouched.runs).items()
    ]
    written = {touch.path for touch in facts}
    return replace(
        change, touches=(*(touch for touch in kept if touch.path not in written), *facts)
    )


def _by_server(runs: Mapping[str, SignedRun]) -> Mapping[str, Mapping[str, SignedRun]]:
    servers: dict[str, dict[str, SignedRun]] = {}
    for path, run in runs.items():
        where = place(path)
        servers.setdefault(where.name, {})[where.version] = run
    return servers


def _facts(repository: Repository, base: str, name: str, runs: Mapping[str, SignedRun]) -> Touch:
    path = server_path(name, FACTS_FILE)
    before = repository.blob(base, path)
    try:
        known = read_facts(before) if before else Facts()
    except SidecarError:
        known = Facts()
    blob = _write(repository, gather.written(noted_runs.noted(known, runs)))
    action = Action.ADD if before is None else Action.REPLACE
    return Touch(path=path, place=place(path), action=action, mode=REGULAR, blob=blob)


def _write(repository: Repository, data: bytes) -> str:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return str(repository.repo.git.hash_object("-w", "--stdin", istream=file))
