"""A sidecar that is wrong is told in plain words, with the values allowed."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from builder.model import config, sidecars
from builder.model.errors import ConfigError
from builder.model.owner import Owner
from builder.model.sidecars import SidecarError
from tests.registry import CONFIG

OWNER = "{github: alice, id: 583231}"


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("namespace.yaml", f"owners: [{OWNER}]", "proof: proof is missing"),
        (
            "namespace.yaml",
            f"owners: [{OWNER}]\nproof: githib",
            "proof: 'githib' is not one of github, gitlab, forgejo, git, dns, http, operator; did you mean 'github'?",
        ),
        (
            "namespace.yaml",
            f"owner: [{OWNER}]\nproof: dns",
            "owner: there is no key 'owner'; did you mean 'owners'?",
        ),
        ("namespace.yaml", "owners: alice\nproof: dns", "owners: 'alice' is not a list"),
        ("namespace.yaml", "proof: dns", "a namespace needs at least one owner or key"),
        ("status.yaml", "1.0.0: deleted", "1.0.0: 'deleted' is not a mapping of keys to values"),
        (
            "status.yaml",
            "1.0.0: {status: deprecatd}",
            "1.0.0.status: 'deprecatd' is not one of active, deprecated, deleted; "
            "did you mean 'deprecated'?",
        ),
        (
            "status.yaml",
            f"1.0.0: {{status: deleted, message: {'x' * 501}}}",
            "1.0.0.message: 501 characters, and at most 500 are allowed",
        ),
        ("upstream.json", '{"versions": {}}', "source: source is missing"),
    ],
)
def test_words(file: str, text: str, message: str) -> None:
    with pytest.raises(SidecarError) as error:
        sidecars.READERS[file](text.encode())
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "publish: {limits: {flavour: 1}}",
            "publish.limits.flavour: there is no key 'flavour'; "
            "the keys here are per_subject, per_address",
        ),
        (
            "exports: {teams: [{name: us, collections: [data], flavour: 1}]}",
            "exports.teams.0.flavour: there is no key 'flavour'; the keys here are name, collections",
        ),
        (
            "publish: {github: {titel: 1}}",  # like `title`, which is a key, but not here
            "publish.github.titel: there is no key 'titel'; "
            "the keys here are client_id, host, api, actions",
        ),
    ],
)
def test_an_unknown_key_lists_those_that_its_place_has(settings: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        config.parse(CONFIG.encode() + settings.encode())
    assert [problem.message for problem in error.value.problems] == [message]


def test_a_list_with_a_wrong_row_is_not_called_empty() -> None:
    teams = b"policy: {teams: [{name: us, members: [{github: alice}]}, {name: no, members: []}]}\n"
    with pytest.raises(ConfigError) as error:
        config.parse(CONFIG.encode() + teams)
    told = [problem.message for problem in error.value.problems]
    assert told == [
        "policy.teams.0.members.0.id: id is missing",
        "policy.teams.1.members: at least 1 is needed",
    ]


def test_every_wrong_value_of_a_sidecar_is_told_with_its_place() -> None:
    with pytest.raises(SidecarError) as error:
        sidecars.read_overlay(b"verifed: true\napproved: {at: never}\n")
    told = [(str(one), one.line) for one in (error.value, *error.value.further)]
    assert sorted(told) == [
        ("approved.at: 'never' is not a day such as 2026-01-31", 2),
        ("approved.by: by is missing", 2),
        ("verifed: there is no key 'verifed'; did you mean 'verified'?", 1),
    ]


def test_a_value_of_several_types_is_told_once_in_our_words() -> None:
    wrong = b"policy: {publish: {approvers: [{team: us}, []]}}\n"
    with pytest.raises(ConfigError) as error:
        config.parse(CONFIG.encode() + wrong)
    assert [problem.message for problem in error.value.problems] == [
        "policy.publish.approvers.0: {'team': 'us'} is not a whole number or a text",
        "policy.publish.approvers.1: [] is not a whole number or a text",
    ]


@pytest.mark.parametrize("written", ["1.5", "'1_0'", "0", "-4"])
def test_a_numeric_id_has_one_spelling(written: str) -> None:
    wrong = f"policy: {{publish: {{approvers: [{written}]}}}}\n".encode()
    with pytest.raises(
        ConfigError, match=r"publish\.approvers\.0: an id is a number written in digits"
    ):
        config.parse(CONFIG.encode() + wrong)


def test_true_is_no_account() -> None:
    wrong = b"policy: {publish: {approvers: [true]}}\n"
    with pytest.raises(ConfigError, match="there is no team 'true'"):
        config.parse(CONFIG.encode() + wrong)
    with pytest.raises(ValidationError, match="an id is a number written in digits"):
        Owner.model_validate({"github": "alice", "id": True})
