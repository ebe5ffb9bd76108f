"""Which forge a run is about: from options, or from the variables that each forge's CI sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from builder.forge import forgejo, github, gitlab
from builder.forge.forge import Forge
from builder.model.forges import FORGE_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Adapter:
    """A kind of forge: its variables in CI, and those of the token."""

    connect: Callable[..., Forge]
    signs: tuple[str, ...]
    api: str
    repository: str
    tokens: tuple[str, ...]
    trigger: str


# Forgejo's runners set GitHub's variables too, so that they come first.
ADAPTERS: Mapping[str, _Adapter] = {
    "gitlab": _Adapter(
        connect=gitlab.connect,
        signs=("GITLAB_CI",),
        api="CI_API_V4_URL",
        repository="CI_PROJECT_ID",
        tokens=("GITLAB_TOKEN",),
        trigger="TRIGGER_PAYLOAD",
    ),
    "forgejo": _Adapter(
        connect=forgejo.connect,
        signs=("FORGEJO_ACTIONS", "GITEA_ACTIONS"),
        api="GITHUB_API_URL",
        repository="GITHUB_REPOSITORY",
        tokens=("FORGEJO_TOKEN", "GITHUB_TOKEN"),
        trigger="GITHUB_EVENT_PATH",
    ),
    "github": _Adapter(
        connect=github.connect,
        signs=(),
        api="GITHUB_API_URL",
        repository="GITHUB_REPOSITORY",
        tokens=("GITHUB_TOKEN",),
        trigger="GITHUB_EVENT_PATH",
    ),
}


def detect(variables: Mapping[str, str]) -> str:
    """Return the kind of forge whose CI this is; github if it is none that is known."""
    named = (
        name
        for name, adapter in ADAPTERS.items()
        if any(variables.get(sign) == "true" for sign in adapter.signs)
    )
    return next(named, "github")


def connect(
    name: str, variables: Mapping[str, str], *, api: str = "", repository: str = "", login: str = ""
) -> Forge:
    """Connect to a repository on a forge; what is not given comes from the variables.

    Raises RegistryError without a token or a repository, RemoteError if the forge does not answer.
    """
    adapter = ADAPTERS[name]
    token = next((variables[key] for key in adapter.tokens if variables.get(key)), "")
    return adapter.connect(
        api or variables.get(adapter.api) or FORGE_KINDS[name].api(),
        repository or variables.get(adapter.repository, ""),
        token,
        login=login,
    )


def trigger_file(name: str, variables: Mapping[str, str]) -> str:
    """Return the path of the event that started the run, "" if there is none."""
    return variables.get(ADAPTERS[name].trigger, "")
