"""What the registry itself notes of a publication, in the facts.yaml of its server.

It is written into the publication's own commit, after the gate has judged what the publisher brought.
"""

from __future__ import annotations

from builder.facts import gather, noted_runs
from builder.git.repository import Repository
from builder.model import timestamp
from builder.model.facts import Facts
from builder.model.layout import FACTS_FILE, server_path
from builder.model.proof_facts import MOST_REQUESTS, RequestFacts
from builder.model.sidecars import SidecarError, read_facts
from builder.ownership.ci_run import CiRun
from builder.ownership.signed_run import SignedRun


def with_run(facts: Facts, version: str, run: CiRun | None, now: int) -> Facts:
    """Note the run of CI that brought a version by its login; `now`: seconds since 1970."""
    if run is None:
        return facts
    return noted_runs.noted(facts, {version: SignedRun(run=run, time=now)})


def with_request(facts: Facts, version: str, address: str, now: int) -> Facts:
    """Note the request by which a version is accepted; the oldest give way."""
    opened = timestamp.render(timestamp.from_git(now))[:10]
    known = {**facts.requests, version: RequestFacts(opened=opened, address=address)}
    newest = sorted(known, key=lambda number: known[number].opened)[-MOST_REQUESTS:]
    return facts.model_copy(update={"requests": {number: known[number] for number in newest}})


def carried(mine: Facts, before: Facts, now: Facts) -> Facts:
    """Return the facts of now with what `mine` notes of versions and `before`, which it followed, did not."""
    runs = {version: run for version, run in mine.runs.items() if before.runs.get(version) != run}
    requests = {
        version: request
        for version, request in mine.requests.items()
        if before.requests.get(version) != request
    }
    return now.model_copy(
        update={"runs": {**now.runs, **runs}, "requests": {**now.requests, **requests}}
    )


def read(repository: Repository, commit: str, name: str) -> Facts:
    """Return what is noted of a server at a commit; nothing if its file cannot be read."""
    data = repository.blob(commit, server_path(name, FACTS_FILE))
    try:
        return read_facts(data) if data else Facts()
    except SidecarError:
        return Facts()


def files(name: str, before: Facts, after: Facts) -> dict[str, bytes | None]:
    """Return the file that has to be written, none if nothing was noted."""
    if after == before:
        return {}
    return {server_path(name, FACTS_FILE): gather.written(after)}
