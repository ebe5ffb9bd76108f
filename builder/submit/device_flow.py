"""A person allows it in a browser: the device flow of GitHub.

https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow
"""

from __future__ import annotations

from collections.abc import Callable

from builder.model.errors import RegistryError, RemoteError
from builder.submit.http import send

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_SECONDS = 900
"""How long a code is good for if the server does not say."""


def log_in(
    github: str,
    client: str,
    scopes: str,
    tell: Callable[[str], None],
    pause: Callable[[float], None],
) -> str:
    """Return a token for an app (its client id) that a person has allowed on a GitHub server.

    `tell` says what the person has to do. RegistryError if nobody allows it in time.
    """
    started = send("POST", f"{github}/login/device/code", {"client_id": client, "scope": scopes})
    code, shown = started.text("device_code"), started.text("user_code")
    if not code:
        raise RemoteError(f"GitHub gives no code to log in with: {started.problem}")
    tell(f"open {started.text('verification_uri')} and enter the code {shown}")
    seconds = float(started.value.get("interval", 5))
    left = int(started.value.get("expires_in", _SECONDS))
    question = {"client_id": client, "device_code": code, "grant_type": _GRANT}
    while left > 0:
        pause(seconds)
        left -= int(seconds) or 1
        answer = send("POST", f"{github}/login/oauth/access_token", question)
        if token := answer.text("access_token"):
            return token
        error = answer.text("error")
        if error == "slow_down":
            seconds += 5
        elif error != "authorization_pending":
            raise RegistryError(f"GitHub does not let you in: {answer.problem}")
    raise RegistryError("nobody entered the code in time", help="run the command again")
