"""Addresses that keys and logins are fetched from: by https, or by http on this machine."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_secure_address(text: str) -> bool:
    """Return whether a text is an address by https, or by http on this machine, and nothing more."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return bool(host) and secure and is_plain


def _secure(value: str) -> str:
    if value and not is_secure_address(value):
        raise ValueError("the address must begin with https:// (http:// on this machine alone)")
    return value


SecureAddress = Annotated[str, AfterValidator(_secure)]
