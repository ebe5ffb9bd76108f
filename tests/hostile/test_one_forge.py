"""Attacks that only one kind of forge makes possible."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder.forge import connect
from builder.ownership.decisions import Judgement
from tests.forge import forgejo_server, gitlab_server
from tests.forge.conftest import forge
from tests.forge.hubs import ALICE, MALLORY, Hub
from tests.hostile.forge_requests import Files, hers, judged, weather
from tests.ownership.world import (
    ACCEPT,
    REJECT,
    REVIEW,
    rules,
)
from tests.registry import entry_file

__all__ = ["forge", "hers"]


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
