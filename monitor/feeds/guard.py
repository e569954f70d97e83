"""Decides which network addresses a feed may be fetched from. Pure: it looks nothing up and opens nothing.

A feed's address comes from a file, but the redirects that follow it come from strangers, who would like to
make Tocsin ask machines behind our own firewall (server-side request forgery). So every address is judged
before a connection is opened to it: public ones are fine, all others only if ALLOW_HOSTS names them.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What `is_global` of Python 3.11 lets through although it leads into private networks or nowhere: it looks
# at the outer address only, so every way to wrap an IPv4 address into an IPv6 one has to be named.
_DENIED: tuple[Network, ...] = tuple(
    ip_network(written)
    for written in (
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "::/96",  # IPv4-compatible (RFC 4291 2.5.5.1)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
        "64:ff9b:1::/48",  # local NAT64 (RFC 8215)
        "2001::/32",  # Teredo (RFC 4380)
        "2002::/16",  # 6to4 (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing (RFC 9602)
        "fec0::/10",  # site-local (RFC 3879)
    )
)

_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AllowList:
    """What the operator allows although it is private: networks, and hosts by name."""

    networks: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()  # lower case, without a dot at the end

    @classmethod
    def read(cls, written: str) -> AllowList:
        """The list as ALLOW_HOSTS writes it: host names, addresses, CIDR networks, between commas or spaces.

        Raises ValueError that names the item which is none of these.
        """
        networks: list[Network] = []
        names: set[str] = set()
        for item in re.split(r"[,\s]+", written.strip()):
            if not item:
                continue
            try:
                networks.append(ip_network(item.strip("[]"), strict=False))
            except ValueError:
                if "/" in item or literal(item) or not _HOST_NAME.fullmatch(item):
                    message = f"{item!r} is no host name, no IP address and no network such as 10.0.0.0/8"
                    raise ValueError(message) from None
                names.add(_plain_name(item))
        return cls(tuple(networks), frozenset(names))

    def names_host(self, host: str) -> bool:
        """Whether the host is allowed by its name, whatever its address."""
        return _plain_name(host) in self.names

    def holds(self, address: Address) -> bool:
        """Whether the address lies in one of the allowed networks."""
        return any(address in network for network in self.networks if network.version == address.version)


def refusal(address: Address | str, allow: AllowList) -> str | None:
    """Why no connection may be opened to this address, in words for people; None if it may be."""
    if isinstance(address, str):
        try:
            address = ip_address(address)
        except ValueError:
            return f"{address!r} is not an IP address"
    if allow.holds(address):
        return None
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    if inner is not None:
        return refusal(inner, allow)
    if _public(address):
        return None
    return (
        f"{address} is a private or reserved address; if the feed really lives there, name it in ALLOW_HOSTS"
    )


def literal(host: str) -> Address | None:
    """The address that a URL's host is written as, None for a name.

    Reads the old IPv4 forms as well, since the operating system does: decimal (2130706433), octal,
    hexadecimal, short (127.1).
    """
    host = host.strip("[]").rstrip(".")
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):  # ValueError: characters that no C function takes
        return None


def _public(address: Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    return not any(address in network for network in _DENIED if network.version == address.version)


def _plain_name(host: str) -> str:
    return host.lower().rstrip(".")
