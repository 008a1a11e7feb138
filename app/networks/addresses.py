"""Which addresses may be called: those of the public internet, judged where a connection is made.

A name can change what it stands for between a look at it and the call, and an address has many spellings. The address
that a socket is made for is the one that is called.
"""

from __future__ import annotations

import errno
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aiohttp import AddrInfoType

_UNICAST: Final = IPv6Network("2000::/3")
"""All of IPv6 that the internet routes so far (IANA, IPv6 address space)."""

_NAT64: Final = IPv6Network("64:ff9b::/96")
"""IPv4 behind a translator (RFC 6052), which may well reach addresses that are private where it stands."""


class NotPublic(OSError):
    """An address that is not of the public internet was about to be connected to."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "not a public address")


def public_socket(address: AddrInfoType) -> socket.socket:
    """A socket for a connection to a public address. Raises NotPublic."""
    family, kind, protocol, _, where = address
    if not is_public(str(where[0])):
        raise NotPublic
    return socket.socket(family, kind, protocol)


def is_public(address: str) -> bool:
    """Whether an IP address, as the resolver gives them, belongs to one machine on the public internet."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return parsed.is_global and not parsed.is_multicast
    inner = _carried(parsed)
    if inner is not None:
        return inner.is_global and not inner.is_multicast
    return parsed in _UNICAST and parsed.is_global


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets to this one would end up at."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
