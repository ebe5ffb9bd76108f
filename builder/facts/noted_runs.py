"""What the bundles of a change said, noted in facts.yaml: then the bundles need not be kept.

A bundle has some ten kilobytes, and what is worth knowing of it some hundred bytes. Who wants to
verify it again finds it in Sigstore's public log, by the number that is noted.
"""

from __future__ import annotations

from collections.abc import Mapping

from builder.model import timestamp
from builder.model.facts import Facts
from builder.model.proof_facts import MOST_RUNS, RunFacts
from builder.ownership.signed_run import SignedRun

_MOST = 500


def noted(facts: Facts, runs: Mapping[str, SignedRun]) -> Facts:
    """Return facts with the runs that vouched for versions, by version; the oldest give way."""
    known = {**facts.runs, **{version: _facts(run) for version, run in runs.items()}}
    newest = sorted(known, key=lambda version: known[version].signed)[-MOST_RUNS:]
    return facts.model_copy(update={"runs": {version: known[version] for version in newest}})


def _facts(signed: SignedRun) -> RunFacts:
    run = signed.run
    return RunFacts(
        signed=timestamp.render(timestamp.from_git(signed.time))[:10],
        host=run.host,
        repository=run.repository[:_MOST],
        repository_id=run.repository_id,
        owner_id=run.owner_id,
        workflow=run.workflow_path[:_MOST],
        ref=run.ref[:_MOST],
        commit=run.commit,
        event=run.event[:_MOST],
        environment=run.environment[:_MOST],
        log_index=signed.log_index,
    )
