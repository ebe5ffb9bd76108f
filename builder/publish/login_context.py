"""What every way to log in needs of the registry, and the refusal that each can end with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.model.config import Config
from builder.net.network import Network
from builder.ownership.issuer_keys import IssuerKeys
from builder.publish.replay_memory import NotRemembered, ReplayMemory

Proof = Mapping[str, str]
"""The body of a login: its fields, all texts."""


class LoginRefused(Exception):
    """A proof does not hold; `status` is 401, or 502 if somebody who must be asked is away.

    503 if it cannot be noted that it was used.
    """

    def __init__(self, message: str, status: int = 401) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginContext:
    """What logins need of the registry: settings, network, and what is remembered between them."""

    config: Config
    network: Network
    keys: IssuerKeys = field(default_factory=IssuerKeys)
    used: ReplayMemory

    @property
    def audience(self) -> str:
        """The address that tokens must be for."""
        return self.config.publish.audience or self.config.base_url

    def use(self, secret: str, until: float, now: float, again: str) -> None:
        """Take note that a proof was used; LoginRefused, with `again`, if it was before."""
        try:
            is_first = self.used.use(secret, until, now)
        except NotRemembered as error:
            raise LoginRefused("the registry cannot note logins now: try again", 503) from error
        if not is_first:
            raise LoginRefused(again)
