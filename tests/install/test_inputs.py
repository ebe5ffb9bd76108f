"""What a package or a remote asks for -> inputs, needs and switches of each client."""

from __future__ import annotations

import json

from tests.install.panels import config, launch, recipe, remote

KEY = "com-example---weather"


def test_only_what_is_needed_is_asked_and_written() -> None:
    one = launch(
        environmentVariables=[
            {"name": "ACME_KEY", "isRequired": True, "isSecret": True, "placeholder": "sk-1"},
            {"name": "MODE", "choices": ["a", "b"], "default": "a"},
            {"name": "TOKEN", "isSecret": True},
        ]
    )
    file = recipe(one, "vs-code").file
    assert file is not None
    assert json.loads(file.text)["inputs"] == [
        {
            "type": "promptString",
            "id": "ACME_KEY",
            "description": "ACME_KEY (for example sk-1)",
            "password": True,
        }
    ]
    assert config(one, "vs-code")["env"] == {"ACME_KEY": "${input:ACME_KEY}"}
    written = {client: config(one, client)["env"] for client in ("json", "cursor", "claude-code")}
    assert written == {
        "json": {"ACME_KEY": "<ACME_KEY>"},
        "cursor": {"ACME_KEY": "${env:ACME_KEY}"},
        "claude-code": {"ACME_KEY": "${ACME_KEY}"},
    }
    assert [(switch.name, switch.secret) for switch in one.switches] == [
        ("TOKEN", True),
        ("MODE", False),
    ]


def test_an_optional_key_is_nowhere_and_can_be_switched_on() -> None:
    one = launch(environmentVariables=[{"name": "CONTEXT7_API_KEY", "isSecret": True}])
    assert "env" not in config(one)
    for made in one.recipes:
        texts = [made.command.text if made.command else "", made.file.text if made.file else ""]
        assert "CONTEXT7_API_KEY" not in "".join([*texts, *(link.href for link in made.links)])
        assert made.gaps == ()
    assert [switch.name for switch in one.switches] == ["CONTEXT7_API_KEY"]


def test_codex_reads_secrets_from_named_variables() -> None:
    headers = [
        {"name": "Authorization", "value": "Bearer {api_key}", "isRequired": True},
        {"name": "X-Team", "isRequired": True, "isSecret": True},
        {"name": "X-Region", "value": "eu"},
    ]
    found = recipe(remote(headers=headers), "codex")
    assert found.file is not None
    assert found.file.text == (
        f'[mcp_servers.{KEY}]\nurl = "https://mcp.acme.dev/mcp"\n'
        'bearer_token_env_var = "COM_EXAMPLE___WEATHER__API_KEY"\n'
        'env_http_headers.X-Team = "COM_EXAMPLE___WEATHER__X_TEAM"\n'
        'http_headers.X-Region = "eu"\n'
    )
    assert found.command is None
    prefix = "COM_EXAMPLE___WEATHER"
    expected = f"The file reads {prefix}__API_KEY and {prefix}__X_TEAM from Codex's environment."
    assert expected in found.notes


def test_needs() -> None:
    headers = [{"name": "Authorization", "value": "Bearer {key}", "description": "Sign-in"}]
    one = remote(
        url="https://{region}.example.com/mcp",
        headers=headers,
        variables={"region": {"choices": ["eu", "us"], "isRequired": True}},
    )
    assert [(need.kind, need.name, need.required, need.secret) for need in one.needs] == [
        ("url", "region", True, False),
        ("header", "Authorization", False, False),
        ("header", "key", True, True),
    ]
    assert one.needs[0].choices == ("eu", "us")


def test_a_variable_is_filled_in_whatever_it_is_called() -> None:
    names = ("1st", "user name", "größe", "grüße", "a:b", "大きさ", "高さ")
    one = launch(
        packageArguments=[
            {
                "type": "named",
                "name": f"--{number}",
                "value": f"<{{{name}}}>",
                "variables": {name: {"isRequired": True, "description": name}},
            }
            for number, name in enumerate(names)
        ]
    )
    file = recipe(one, "vs-code").file
    assert file is not None
    prompts = {item["description"]: item["id"] for item in json.loads(file.text)["inputs"]}
    assert list(prompts) == list(names) and len(set(prompts.values())) == len(names)
    values = [item for item in config(one, "vs-code")["args"] if item.startswith("<")]
    assert values == [f"<${{input:{id}}}>" for id in prompts.values()]
