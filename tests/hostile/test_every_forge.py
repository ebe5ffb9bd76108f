"""The attacks on the gate, repeated with what each forge says of a request: its API and its events."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from builder.forge import connect
from builder.git.bounds import PUBLISHER
from builder.git.change import between
from builder.net.network import Network
from builder.ownership.decisions import Judgement
from builder.ownership.proposer import Claim
from builder.ownership.verdict import judge
from tests.forge import forgejo_server, gitlab_server
from tests.forge.conftest import forge
from tests.forge.hubs import ALICE, MALLORY, Hub, Person
from tests.ownership.servers import Zone, dns_server
from tests.ownership.world import (
    ACCEPT,
    NOWHERE,
    REJECT,
    REVIEW,
    Signer,
    owners_file,
    rules,
    said,
)
from tests.patience import PATIENCE
from tests.registry import entry_file

__all__ = ["forge"]

Files = dict[str, Any]


def weather(hub: Hub, who: Person = ALICE, version: str = "1.0.0") -> Files:
    return dict(entry_file(f"{hub.namespace(who)}/weather", version))


def mine(hub: Hub) -> Files:
    return {**weather(hub, MALLORY), **hub.owned(MALLORY)}


def claim(
    hub: Hub,
    head: str,
    author: Person,
    fork: Person | None,
    *,
    group: bool = False,
    event: Callable[[int], Any] | None = None,
) -> Claim:
    """Who stands for a head, as the adapter reads it from the forge's API and the event."""
    number = hub.open(head, author, fork, group=group)
    forge = connect.connect(hub.kind, hub.variables, login="gate")
    trigger = json.dumps(event(number)).encode() if event else b""
    try:
        return forge.describe(number, trigger).claim
    finally:
        forge.client.close()


def judged(
    hub: Hub,
    files: Files | str,
    author: Person = MALLORY,
    fork: Person | None = MALLORY,
    **options: Any,
) -> Judgement:
    head = files if isinstance(files, str) else hub.propose(files)
    repository = hub.git.repository
    change = between(repository, "main", head, PUBLISHER)
    return judge(repository, change, claim(hub, head, author, fork, **options), (), NOWHERE)


@pytest.fixture
def hers(forge: Hub) -> Hub:
    """A registry in which alice, an account of its forge, has a namespace and a server."""
    forge.git.commit({**weather(forge), **forge.owned(ALICE)})
    return forge


def test_the_owner_publishes_and_a_stranger_does_not(hers: Hub) -> None:
    change = weather(hers, version="1.1.0")
    assert judged(hers, change, ALICE, ALICE).verdict is ACCEPT
    assert judged(hers, change).verdict is REJECT


def test_attacks_by_a_stranger(hers: Hub) -> None:
    whose = claim(hers, hers.tip(), MALLORY, MALLORY)  # as this forge tells of every head of hers
    folder = f"servers/{hers.namespace(ALICE)}"
    theirs = f"{folder}/weather/1.0.0.json"
    for attack in (
        {**mine(hers), theirs: "{}"},
        {theirs: None},
        {**mine(hers), f"{folder}/Weather/1.0.0.json": "{}"},
        {**mine(hers), f"servers/{hers.namespace(ALICE).upper()}/weather/1.0.0.json": "{}"},
        {f"{folder}/weather/status.yaml": '"*": {status: deleted}'},
        {f"{folder}/namespace.yaml": hers.owned(MALLORY).popitem()[1], **weather(hers, ALICE, "2.0.0")},
        {f"{folder}/namespace.yaml": None},
        {f"{folder}/weather/upstream.json": '{"source": "https://x.example", "versions": {}}'},
    ):  # fmt: skip
        head = hers.propose(attack)
        repository = hers.git.repository
        change = between(repository, "main", head, PUBLISHER)
        stranger = replace(whose, head=head)
        assert judge(repository, change, stranger, (), NOWHERE).verdict is REJECT, attack


def test_a_domains_owner_alone_deprecates_and_renames(hers: Hub) -> None:
    """By signed messages, whoever opens the request: here somebody who owns nothing."""
    signer, zone = Signer(), Zone()
    zone.txt("example.com", signer.record)
    old, new = "com.example/weather", "com.example/forecast"
    hers.git.commit(
        {
            **signer.sign({**entry_file(old), **entry_file(new)}),
            **owners_file("com.example", keys=[signer.pin], proof="dns"),
        }
    )
    status = {
        f"servers/{old}/status.yaml": f'"*": {{status: deprecated, renamed-to: {new}}}\n',
        f"servers/{new}/status.yaml": f'"*": {{status: active, renamed-from: [{old}]}}\n',
    }
    with dns_server(zone) as resolver:
        network = Network(resolver=resolver, dns_seconds=PATIENCE)
        for files, verdict in ((status, REJECT), (signer.sign(status, counter=1), ACCEPT)):
            head = hers.propose(files)
            change = between(hers.git.repository, "main", head, PUBLISHER)
            whose = claim(hers, head, MALLORY, MALLORY)
            judgement = judge(hers.git.repository, change, whose, (), network)
            assert judgement.verdict is verdict, said(judgement)


def test_owner_first_and_entry_in_a_second_commit(hers: Hub) -> None:
    path = f"servers/{hers.namespace(ALICE)}/namespace.yaml"
    first = hers.propose({path: hers.owned(MALLORY).popitem()[1]})
    assert judged(hers, hers.propose(weather(hers, version="2.0.0"), first)).verdict is REJECT


def test_a_published_version_changes_for_nobody(hers: Hub) -> None:
    path = f"servers/{hers.namespace(ALICE)}/weather/1.0.0.json"
    for content in ("{}", None):
        for who in (ALICE, MALLORY):
            judgement = judged(hers, {path: content}, who, who)
            assert "version-changed" in rules(judgement) or content is None
            assert judgement.verdict is REJECT


def test_a_login_that_was_registered_again_does_not_inherit(hers: Hub) -> None:
    again = (ALICE[0], 999)
    judgement = judged(hers, weather(hers, version="1.1.0"), again, again)
    assert judgement.verdict is REJECT
    assert "renamed or registered again" in said(judgement)


def test_a_renamed_owner_keeps_the_namespace(hers: Hub) -> None:
    renamed = ("alicia", ALICE[1])
    assert judged(hers, weather(hers, version="1.1.0"), renamed, renamed).verdict is ACCEPT


def test_a_branch_in_somebody_elses_fork_is_not_the_authors(hers: Hub) -> None:
    change = weather(hers, version="1.1.0")
    assert judged(hers, change, ALICE, MALLORY).verdict is REJECT
    assert judged(hers, change, MALLORY, ALICE).verdict is ACCEPT  # who may push there is hers


def test_a_fork_that_is_gone_stands_for_nobody(hers: Hub) -> None:
    assert judged(hers, weather(hers, version="1.1.0"), ALICE, None).verdict is not ACCEPT


@pytest.mark.parametrize("login", ["ghost", "Ghost"])
def test_the_account_of_all_deleted_accounts_proves_nothing(hers: Hub, login: str) -> None:
    ghost = (login, 10137 if hers.kind == "github" else 77)
    change = {**weather(hers, ghost), **hers.owned(ghost)}
    assert judged(hers, change, ghost, ghost).verdict is not ACCEPT


def test_another_accounts_namespace_is_not_free_for_the_first(hers: Hub) -> None:
    bob = ("bob", 42)
    change = {**weather(hers, bob), **hers.owned(bob)}
    judgement = judged(hers, change)
    assert judgement.verdict is REJECT
    assert "is not the" in said(judgement)


def test_the_first_owners_file_names_no_more_than_what_is_proved(hers: Hub) -> None:
    path = f"servers/{hers.namespace(MALLORY)}/namespace.yaml"
    both = [{hers.kind: "mallory", "id": MALLORY[1]}, {hers.kind: "eve", "id": 5}]
    change = {**mine(hers), path: json.dumps({"owners": both, "proof": hers.kind})}
    assert "namespace-file-mismatch" in rules(judged(hers, change))


def test_an_owner_of_another_server_with_the_same_number_is_another(hers: Hub) -> None:
    kind = {"github": "gitlab", "gitlab": "forgejo", "forgejo": "github"}[hers.kind]
    namespace = hers.namespace(("carol", 1))
    owner = {kind: "mallory", "id": MALLORY[1]}
    hers.git.commit(
        {f"servers/{namespace}/namespace.yaml": json.dumps({"owners": [owner], "proof": "dns"})}
    )
    change = dict(entry_file(f"{namespace}/weather"))
    judgement = judged(hers, change)
    assert judgement.verdict is REJECT
    assert "another server's" in said(judgement)


def test_namespaces_of_other_forges_are_not_proved_here(hers: Hub) -> None:
    for prefix in {"io.github", "io.gitlab", "page.codeberg"} - {hers.prefix}:
        namespace = f"{prefix}.mallory"
        owners = {f"servers/{namespace}/namespace.yaml": hers.owned(MALLORY).popitem()[1]}
        judgement = judged(hers, {**entry_file(f"{namespace}/weather"), **owners})
        assert judgement.verdict is not ACCEPT
        assert "another server than" in said(judgement)


class TestGitLab:
    @pytest.fixture
    def forge(self, tmp_path: Any) -> Any:
        from tests.forge.hubs import hub

        with hub("gitlab", tmp_path) as made:
            yield made

    def test_a_group_with_the_number_of_a_user_is_not_the_user(self, hers: Hub) -> None:
        group = ("mallorys-group", ALICE[1])
        judgement = judged(hers, weather(hers, version="1.1.0"), MALLORY, group, group=True)
        assert judgement.verdict is REJECT

    def test_a_user_with_the_number_of_a_group_is_not_the_group(self, hers: Hub) -> None:
        acme = ("acme", 9919)
        hers.git.commit({**hers.owned(acme, group=True), **weather(hers, acme)})
        change = weather(hers, acme, "1.1.0")
        impostor = ("eve", 9919)
        assert judged(hers, change, impostor, impostor).verdict is REJECT
        assert judged(hers, change, MALLORY, acme, group=True).verdict is ACCEPT

    def test_the_number_of_a_users_namespace_is_nobodys(self, hers: Hub) -> None:
        # A personal project's namespace has the number 50,000 above its owner's.
        eve = ("eve", ALICE[1] - 50_000)
        assert judged(hers, weather(hers, version="1.1.0"), eve, eve).verdict is REJECT

    def test_a_group_within_a_group_is_not_the_group(self, hers: Hub) -> None:
        for path in ("acme/mallory", "mallory/acme"):
            sub = (path, 31)
            owned = {"gitlab": path, "id": 31, "group": True}
            for login in ("acme", "mallory"):
                file = f"servers/io.gitlab.{login}/namespace.yaml"
                change = {
                    **entry_file(f"io.gitlab.{login}/weather"),
                    file: json.dumps({"owners": [owned], "proof": "gitlab"}),
                }
                judgement = judged(hers, change, ("eve", 5), sub, group=True)
                assert judgement.verdict is not ACCEPT, (path, login)

    def test_a_forged_payload_names_nobody(self, hers: Hub) -> None:
        def forged(number: int) -> Any:
            hook = hers.server.hook(number, action="open")
            return {**hook, "user": gitlab_server.user(*ALICE)}

        change = weather(hers, version="1.1.0")
        assert judged(hers, change, ALICE, MALLORY, event=forged).verdict is REJECT

    def test_a_private_fork_stands_for_nobody(self, hers: Hub) -> None:
        head = hers.propose(weather(hers, version="1.1.0"))
        number = hers.open(head, ALICE, ALICE, group=False)
        hers.server.projects.clear()
        adapter = connect.connect("gitlab", hers.variables, login="gate")
        with adapter.client:
            assert adapter.describe(number, b"").claim.accounts == ()


class TestForgejo:
    @pytest.fixture
    def forge(self, tmp_path: Any) -> Any:
        from tests.forge.hubs import hub

        with hub("forgejo", tmp_path) as made:
            yield made

    def test_who_pushed_is_told_by_the_event_for_its_head_only(self, hers: Hub) -> None:
        change = weather(hers, version="1.1.0")
        alice, mallory = forgejo_server.user(*ALICE), forgejo_server.user(*MALLORY)
        for sender, verdict in ((alice, ACCEPT), (mallory, REJECT)):
            for action in ("opened", "synchronized"):
                judgement = judged(
                    hers, change, ALICE, MALLORY,
                    event=lambda number, action=action, sender=sender: hers.server.event(number, action, sender),
                )  # fmt: skip
                assert judgement.verdict is verdict
        stale = {"head": {"sha": "0" * 40}, "number": 1}
        judgement = judged(
            hers, change, ALICE, MALLORY,
            event=lambda number: {"action": "opened", "sender": alice, "pull_request": {**stale, "number": number}},
        )  # fmt: skip
        assert judgement.verdict is REJECT

    def test_a_label_by_the_owner_is_no_push(self, hers: Hub) -> None:
        alice = forgejo_server.user(*ALICE)
        judgement = judged(
            hers, weather(hers, version="1.1.0"), ALICE, MALLORY,
            event=lambda number: hers.server.event(number, "label_updated", alice),
        )  # fmt: skip
        assert judgement.verdict is REJECT

    def test_the_account_of_all_workflows_owns_nothing(self, hers: Hub) -> None:
        bot = ("forgejo-actions", -2)
        assert judged(hers, weather(hers, version="1.1.0"), bot, bot).verdict is not ACCEPT


GRANT = """\
policy:
  accounts:
    - {forge: FORGE, host: git.example.org, namespaces: com.example.git}
"""


class TestForgeOfOnesOwn:
    @pytest.fixture(params=["gitlab", "forgejo"])
    def forge(self, request: pytest.FixtureRequest, tmp_path: Any) -> Any:
        from tests.forge.hubs import hub
        from tests.registry import CONFIG

        config = CONFIG + GRANT.replace("FORGE", request.param)
        with hub(request.param, tmp_path, config) as made:
            if request.param == "gitlab":
                made.server.host = "https://git.example.org"
            else:
                example = forgejo_server.user("example", 1, "https://git.example.org")
                made.server.base = forgejo_server.repository(example, 1, fork=False)
            yield made

    def owned(self, hub: Hub, namespace: str, **more: Any) -> Files:
        owner = {hub.kind: "mallory", "id": 666, "host": "git.example.org", **more}
        file = json.dumps({"owners": [owner], "proof": hub.kind})
        return {f"servers/{namespace}/namespace.yaml": file, **entry_file(f"{namespace}/weather")}

    def judged(self, hub: Hub, files: Files) -> Judgement:
        if hub.kind == "forgejo":  # its users say of which server they are
            user = forgejo_server.user

            def elsewhere(login: str, id: int) -> Any:
                return user(login, id, "https://git.example.org")

            forgejo_server.user, judgement = elsewhere, None  # type: ignore[assignment]
            try:
                judgement = judged(hub, files)
            finally:
                forgejo_server.user = user
            return judgement
        return judged(hub, files)

    def test_its_accounts_prove_what_registry_yaml_grants_them(self, forge: Hub) -> None:
        judgement = self.judged(forge, self.owned(forge, "com.example.git.mallory"))
        assert judgement.verdict is ACCEPT
        assert "the git.example.org account mallory (666 on git.example.org)" in judgement.reason

    def test_and_nothing_else(self, forge: Hub) -> None:
        for namespace in (
            f"{forge.prefix}.mallory",
            "io.github.mallory",
            "com.example.git",
            "com.example.mallory",
            "com.example.git.alice",
            "com.example.git.sub.mallory",
        ):
            judgement = self.judged(forge, self.owned(forge, namespace))
            assert judgement.verdict in (REJECT, REVIEW), namespace

    def test_the_file_names_the_server(self, forge: Hub) -> None:
        files = self.owned(forge, "com.example.git.mallory")
        path = next(path for path in files if path.endswith("namespace.yaml"))
        public = json.dumps({"owners": [{forge.kind: "mallory", "id": 666}], "proof": forge.kind})
        assert "namespace-file-mismatch" in rules(self.judged(forge, {**files, path: public}))
