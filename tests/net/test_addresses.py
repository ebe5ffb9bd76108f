"""Addresses that an outgoing connection may go to: one row for each range that is special."""

from __future__ import annotations

import pytest

from builder.net.addresses import is_public

PUBLIC = (
    "1.1.1.1", "8.8.8.8", "93.184.215.14", "168.63.129.15", "192.0.1.1", "192.88.98.1", "223.255.255.254",
    "2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::1", "2001:200::1",
)  # fmt: skip

SPECIAL = {
    "this network": ("0.0.0.0", "0.1.2.3"),
    "private": ("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    "carrier-grade NAT": ("100.64.0.1", "100.127.255.255"),
    "loopback": ("127.0.0.1", "127.255.255.254", "::1"),
    "link-local": ("169.254.169.254", "fe80::1", "fe80::1%eth0", "febf::1"),
    "protocol assignments": ("192.0.0.1", "192.0.0.9", "192.0.0.10", "192.0.0.170", "2001:1::1", "2001:20::1"),
    "documentation": ("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"),
    "AS112": ("192.31.196.1", "192.175.48.1", "2620:4f:8000::1"),
    "AMT": ("192.52.193.1", "2001:3::1"),
    "6to4 relays": ("192.88.99.1", "192.88.99.2"),
    "benchmarks": ("198.18.0.1", "198.19.255.255", "2001:2::1"),
    "multicast": ("224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"),
    "reserved": ("240.0.0.1", "255.255.255.255", "4000::1", "5f00::1", "8000::1", "3ffe::1"),
    "metadata of clouds": ("168.63.129.16", "169.254.169.254", "fd00:ec2::254", "100.100.100.200"),
    "site-local": ("fec0::1", "feff::1"),
    "unique local": ("fc00::1", "fdff::1"),
    "discard": ("100::1",),
    "unspecified": ("::",),
    "IPv4-mapped": ("::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    "IPv4-compatible": ("::127.0.0.1", "::8.8.8.8"),
    "IPv4-translated": ("::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8"),
    "NAT64": ("64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::10.0.0.1"),
    "6to4": ("2002:7f00:1::", "2002:808:808::1"),
    "Teredo": ("2001::1", "2001:0:53aa:64c::7f00:1"),
    "ISATAP": ("2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:10.0.0.1", "fe80::5efe:8.8.8.8"),
}  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [pytest.param(one, id=f"{name}: {one}") for name, row in SPECIAL.items() for one in row],
)
def test_special(address: str) -> None:
    assert not is_public(address)
