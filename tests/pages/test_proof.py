"""What a page says of identity: what was proved, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from builder.model.sidecars import Namespace
from builder.pages.html.proof import Standing, proof

KEY = {"algorithm": "ed25519", "public": "AAAA"}
ALICE = {"github": "alice", "id": 583231}


def record(*owners: Any, proof: str = "github", **more: Any) -> Namespace:
    return Namespace.model_validate({"owners": owners, "proof": proof, **more})


def test_the_account_that_the_namespace_names_is_shown_by_its_login() -> None:
    for namespace in ("io.github.alice", "io.github.Alice"):
        shown = proof(namespace, record(ALICE), "")
        assert shown.standing is Standing.PROVED
        assert "Owned by alice." in shown.sentence


def test_an_organisations_fork_is_named_as_what_can_prove_it() -> None:
    assert (
        "from its fork, where whoever may push"
        in proof("io.github.acme", record({"github": "acme", "id": 9919}), "").sentence
    )


@pytest.mark.parametrize(
    ("namespace", "owners", "how"),
    [
        ("io.github.mallory", [{"github": "microsoft", "id": 666}], "github"),
        ("com.example", [{"github": "microsoft", "id": 666}], "dns"),
        ("com.example", [{"github": "example", "id": 666}], "http"),
        (
            "io.github.microsoft",
            [{"github": "microsoft", "id": 666, "host": "ghe.example.com"}],
            "github",
        ),
        (
            "io.github.microsoft",
            [{"github": "microsoft", "id": 666}, {"github": "Microsoft", "id": 667}],
            "github",
        ),
    ],
)
def test_a_login_that_no_proof_ties_to_its_id_is_shown_as_the_id(
    namespace: str, owners: Any, how: str
) -> None:
    shown = proof(namespace, record(*owners, proof=how), "")
    assert "icrosoft." not in shown.sentence.partition("Owned by")[2]
    assert "the account 666 on " in shown.sentence


@pytest.mark.parametrize(
    ("namespace", "how"),
    [
        ("io.github.mallory", "dns"),
        ("io.github.mallory", "http"),
        ("IO.GitHub.mallory", "dns"),
        ("com.example", "github"),
        ("io.github.mallory.tools", "github"),
        ("io.github.mallory.tools", "dns"),
        ("mallory", "dns"),
    ],
)
def test_a_proof_that_the_namespace_cannot_have_is_not_shown_as_one(
    namespace: str, how: str
) -> None:
    shown = proof(namespace, record({"github": "microsoft", "id": 666}, proof=how), "")
    assert shown.standing is Standing.UNPROVED
    assert "microsoft" not in shown.short + shown.sentence
    assert "Proved" not in shown.short


def test_a_mirrored_server_of_an_owned_namespace_is_shown_as_mirrored() -> None:
    shown = proof("com.example", record(keys=[KEY], proof="dns"), "https://up.example.com")
    assert shown.standing is Standing.MIRRORED
    assert shown.short == "Mirrored from up.example.com"
    assert "proved by dns here" in shown.sentence
