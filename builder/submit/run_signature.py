"""A run of CI signs an entry with Sigstore: no secret, and the proof travels with the entry.

The run's own token, for Sigstore alone, becomes a certificate of ten minutes; key and token are
forgotten afterwards. The signature is logged in public, with the name of the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.model import text_file
from builder.model.errors import RegistryError, RemoteError
from builder.ownership.account import Account
from builder.submit import logins

if TYPE_CHECKING:
    from sigstore.models import ClientTrustConfig

TOKEN = "SIGSTORE_ID_TOKEN"
"""The variable in which GitLab's CI puts the token for Sigstore (`id_tokens`, `aud: sigstore`)."""
_AUDIENCE = "sigstore"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSigner:
    """What signs as this run of CI, and whose repository it runs for."""

    owner: Account | None
    sign: Callable[[bytes], bytes]


def signer(variables: Mapping[str, str], trust_config: Path | None = None) -> RunSigner | None:
    """Return what signs as this run of CI; None if this is none, or the library is not installed.

    `trust_config` says where a Sigstore of one's own is, as for `sigstore --trust-config`.
    """
    if not (variables.get(logins.ACTIONS_URL) or variables.get(TOKEN)):
        return None
    try:
        import sigstore.sign  # noqa: F401
    except ModuleNotFoundError:
        return None
    return RunSigner(
        owner=_owner(variables), sign=lambda data: _sign(data, variables, trust_config)
    )


def _owner(variables: Mapping[str, str]) -> Account | None:
    """Return the owner of the repository of a run of GitHub Actions; a job of GitLab claims nothing.

    https://docs.github.com/actions/reference/workflows-and-actions/variables
    """
    login = variables.get("GITHUB_REPOSITORY_OWNER", "")
    id = variables.get("GITHUB_REPOSITORY_OWNER_ID", "")
    return Account(login=login, id=int(id), type="User") if login and id.isdecimal() else None


def _sign(data: bytes, variables: Mapping[str, str], trust_config: Path | None) -> bytes:
    from sigstore.oidc import IdentityError, IdentityToken
    from sigstore.sign import SigningContext

    token = variables.get(TOKEN) or logins.actions_token(variables, _AUDIENCE)
    try:
        context = SigningContext.from_trust_config(_trust(trust_config))
        with context.signer(IdentityToken(token)) as made:
            return f"{made.sign_artifact(data).to_json()}\n".encode()
    except IdentityError as error:
        raise RegistryError(f"Sigstore takes no such token: {error}") from error
    except Exception as error:  # what its clients raise has no class in common
        why = str(error.__cause__ or error)[:300]
        raise RemoteError(f"Sigstore does not sign: {why}") from error


def _trust(path: Path | None) -> ClientTrustConfig:
    from sigstore.models import ClientTrustConfig

    if path is None:
        return ClientTrustConfig.production()
    return ClientTrustConfig.from_json(text_file.read(path))
