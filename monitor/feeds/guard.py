"""Decides which addresses a feed may be fetched from. Pure: it looks nothing up and opens nothing.

A feed's address comes from a file, but the redirects that follow it come from strangers, who would like to
make Tocsin ask machines behind our own firewall (server-side request forgery). So every URL is judged before
it is asked for, and every address before a connection is opened to it: public ones are fine, all others only
if ALLOW_HOSTS names them. What people send in a chat is judged more strictly still.
"""

from __future__ import annotations

import re
import socket
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import unquote, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

GUEST_PORTS = frozenset({80, 443, 8080, 8443})
"""Where feeds live; a chat must not make us knock anywhere else."""

# What `is_global` of Python 3.11 lets through although it leads into private networks or nowhere: it looks
# at the outer address only, so every way to wrap an IPv4 address into an IPv6 one has to be named. From the
# IANA special-purpose registries (RFC 6890) and the clouds' handbooks.
_DENIED: tuple[Network, ...] = tuple(
    ip_network(written)
    for written in (
        "168.63.129.16/32",  # the host of every virtual machine in one cloud, at a public address
        "192.0.0.0/24",  # protocol assignments, another cloud's metadata among them
        "192.31.196.0/24",  # AS112 (RFC 7535)
        "192.52.193.0/24",  # multicast tunnels (RFC 7450)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.175.48.0/24",  # AS112 (RFC 7534)
        "2001::/23",  # protocol assignments: Teredo (RFC 4380), ORCHID, benchmarks
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4 (RFC 3056)
        "2620:4f:8000::/48",  # AS112 (RFC 7534)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
# All that was ever given out to networks (RFC 4291 section 2.4). Outside are the ways to wrap IPv4 (mapped,
# compatible, translated, NAT64), the private, local and multicast ones, segment routing, and the unknown.
_IPV6_UNICAST = IPv6Network("2000::/3")
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})  # before the IPv4 address in the last 64 bits (RFC 5214 6.1)

_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_NO_HOST = re.compile(r"[\x00-\x20\x7f\"#%/:<>?@\[\\\]^`{|}]")  # what no name may hold (WHATWG URL 3.2)
_NO_SITE = re.compile(r"[\x00-\x20\x7f\\]")  # readers of URLs disagree about where the host ends here
_DOTS = re.compile("[\u3002\uff0e\uff61]")  # full stops that count as dots in a host name (RFC 3490 3.1)
_SCHEMES = ("http", "https")
_LOCAL_NAMES = frozenset(  # ends of names that only a local network knows (RFC 6761, 6762, 8375, and habit)
    {"arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost"}
    | {"onion", "private", "test", "workgroup"}
)
_MALFORMED = "the address is not well formed"


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


NOTHING = AllowList()


@lru_cache(maxsize=8192)  # the same feeds are asked again and again
def objection(url: str, allow: AllowList = NOTHING) -> str | None:
    """Why a URL is not even tried, in words for people; None if it may be.

    Its host is judged if it is written as an address, in whatever disguise; the addresses of a name are the
    resolver's to judge.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"{_MALFORMED}; check it in rules.yaml"
    if parts.scheme not in _SCHEMES or not host:
        return f"{parts.scheme[:30] or 'that'}: is not http or https"
    if _NO_SITE.search(parts.netloc):
        return f"{_MALFORMED}; check it in rules.yaml"
    address = literal(host)
    if address is not None:
        return refusal(address, allow)
    if _NO_HOST.search(_folded(host)):
        return f"{_MALFORMED}; check it in rules.yaml"
    return None


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


def refusal_for_guest(url: str) -> str | None:
    """Why an address that somebody sent in a chat is not tried; None if it may be.

    ALLOW_HOSTS is the operator's and does not count here. Only the usual ports, no login, no name that only a
    local network knows. Ask for it again at every redirect, and judge what names resolve to with an empty
    `AllowList`.
    """
    said = objection(url)
    if said is not None:
        return said.partition(";")[0]  # the mend is the operator's
    parts = urlsplit(url)
    host = _folded(parts.hostname or "").rstrip(".")
    if parts.username is not None or parts.password is not None:
        return "addresses with a user name or password are not taken here"
    if parts.port is not None and parts.port not in GUEST_PORTS:
        return f"only the ports {', '.join(map(str, sorted(GUEST_PORTS)))} are asked, not {parts.port}"
    if literal(host) is None and ("." not in host or host.rpartition(".")[2] in _LOCAL_NAMES):
        return f"{host[:100]} is a name of local networks, not of the Internet"
    return None


def literal(host: str) -> Address | None:
    """The address that a URL's host is written as, None for a name.

    Reads the old IPv4 forms as well, since the operating system does: decimal (2130706433), octal,
    hexadecimal, short (127.1). Other digits and dots (①②⑦。0。0。1) and percent signs count as what
    URL libraries make of them.
    """
    host = host.strip("[]").rstrip(".")
    for written in dict.fromkeys((host, _folded(host).rstrip("."))):
        try:
            return ip_address(written)
        except ValueError:
            pass
        if any(mark.isspace() for mark in written):  # the C function would stop reading there
            continue
        try:
            return IPv4Address(socket.inet_aton(written))
        except (OSError, ValueError):  # ValueError: characters that no C function takes
            pass
    return None


def _folded(host: str) -> str:
    """The host as libraries fold it before they look it up (UTS 46): one form of digits, letters and dots."""
    host = _DOTS.sub(".", unicodedata.normalize("NFKC", unquote(host)))
    seen = (mark for mark in host if unicodedata.category(mark) not in ("Cf", "Mn", "Me"))
    return "".join(seen).lower()


def _public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (
        address.scope_id is not None or address not in _IPV6_UNICAST or _leads_inside(address)
    ):
        return False
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in network for network in _DENIED if network.version == address.version)


def _leads_inside(address: IPv6Address) -> bool:
    """Whether it is a tunnel's (ISATAP) to an IPv4 address that is not public."""
    low = int(address) & 0xFFFF_FFFF_FFFF_FFFF
    return low >> 32 in _ISATAP and not _public(IPv4Address(low & 0xFFFF_FFFF))


def _plain_name(host: str) -> str:
    return host.lower().rstrip(".")
