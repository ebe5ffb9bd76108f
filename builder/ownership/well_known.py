"""Proof by https://<domain>/.well-known/mcp-registry-auth: it covers exactly that domain.

The host's address is looked up once, checked, and the connection goes to that address: a second
answer for the same name cannot lead anywhere else (DNS rebinding). No redirect is followed, no
proxy of the environment is used, and the whole exchange has one deadline.
"""

from __future__ import annotations

from functools import partial

from builder import USER_AGENT
from builder.model.domain import domain_of
from builder.model.errors import RemoteError
from builder.model.sidecars import Key
from builder.net.network import Network
from builder.ownership import domain
from builder.ownership.domain import Source
from builder.ownership.proof import Case, Proof

MAX_BYTES = 4096
_OK = 200


def prove(case: Case) -> Proof:
    """Look for the keys of the signatures in the well-known file of the namespace's domain."""
    return domain.prove(case, "http", sources(case.namespace, case.network))


def sources(namespace: str, network: Network) -> list[Source]:
    """Return where a namespace's keys may be published: its domain's web file, if it has one."""
    name = domain_of(namespace)
    return [(f"{name} (HTTPS)", partial(keys, name, network))] if name else []


def keys(name: str, network: Network) -> frozenset[Key]:
    """Return the key in a domain's well-known file; none if there is none.

    RemoteError if the host cannot be reached or must not be.
    """
    return network.recall(("http", name), partial(_keys, name, network))


def _keys(name: str, network: Network) -> frozenset[Key]:
    key = domain.read_record(_read(name, network))
    return frozenset() if key is None else frozenset({key})


def _read(name: str, network: Network) -> str:
    """Read the file's text, "" if there is none or it is longer than MAX_BYTES."""
    import httpx

    from builder.net.addresses import Guard, NoAddress
    from builder.net.exchange import AnswerBounds, AnswerTooLarge, fetch
    from builder.net.transport import GuardedTransport

    seconds = network.left(network.http_seconds)
    bounds = AnswerBounds(bytes=MAX_BYTES, seconds=seconds, redirects=0)
    guard = Guard(resolve=network.resolve, allow_private=network.allow_private)
    headers = {
        "Host": name,
        "Accept": "text/plain",
        "Accept-Encoding": "identity",
        "User-Agent": USER_AGENT,
    }
    with httpx.Client(
        transport=GuardedTransport(guard, network.trust()), timeout=network.http_seconds
    ) as http:
        url = f"https://{name}:{network.https_port}{domain.WELL_KNOWN}"
        try:
            answer = fetch(http, http.build_request("GET", url, headers=headers), bounds)
        except (NoAddress, AnswerTooLarge):
            return ""
        except httpx.TimeoutException as error:
            raise RemoteError(
                f"{name} took longer than {network.http_seconds:g} seconds"
            ) from error
        except httpx.HTTPError as error:
            raise RemoteError(f"{name}: {error or type(error).__name__}") from error
    text = answer.body if answer.status_code == _OK else b""
    return text.decode("utf-8", "replace").strip()
