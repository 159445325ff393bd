"""Which addresses a URL that a user gave us may lead to: public ones, and those allowed by hand."""

import socket
from collections.abc import Sequence
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

# IANA's special-purpose registries, written out: what Python calls global differs by its version.
_SPECIAL_4 = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "carrier-grade NAT",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "for documentation",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
_SPECIAL_6 = {
    "::1/128": "loopback",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "ff00::/8": "multicast",
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "for documentation",
    "2002::/16": "6to4",
    "3fff::/20": "for documentation",
}
_KINDS: Sequence[tuple[Network, str]] = [
    (ip_network(text), kind) for text, kind in (_SPECIAL_4 | _SPECIAL_6).items()
]
_GLOBAL_6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Where clouds tell a machine its own credentials: not even an allowed network opens these.
_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",
        "fd00:ec2::254",
        "fd20:ce::254",
        "100.100.100.200",
        "168.63.129.16",  # public by its looks: Azure's own
        "192.0.0.192",
    )
)


class Refused(Exception):
    """An address we do not connect to; the message says why, in words for people."""


@dataclass(frozen=True, slots=True)
class AllowList:
    """Hosts and networks inside the house that may be reached although they are not public."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, entries: Sequence[str]) -> "AllowList":
        """Read `10.1.0.0/16`, `10.1.2.3` and `erp.lan`. Raises ValueError."""
        hosts, networks = set[str](), list[Network]()
        for entry in entries:
            try:
                networks.append(ip_network(entry))
            except ValueError:
                if "/" in entry or not entry.strip():
                    msg = f"{entry!r} is no host and no network such as 10.1.0.0/16"
                    raise ValueError(msg) from None
                hosts.add(entry.lower().rstrip("."))
        return cls(frozenset(hosts), tuple(networks))

    def names(self, host: str) -> bool:
        """Whether a host is allowed by its name."""
        return host.lower().rstrip(".") in self.hosts

    def holds(self, address: Address) -> bool:
        """Whether an address lies in a network that is allowed."""
        return any(plain(address) in network for network in self.networks)

    def is_empty(self) -> bool:
        """Whether nothing but public addresses may be reached."""
        return not self.hosts and not self.networks

    def check(self, host: str, address: Address, *, only_allowed: bool = False) -> None:
        """Refuse an address that `host` leads to. Raises Refused.

        `only_allowed`: being public is not enough, as for what would go unencrypted.
        """
        kind = kind_of(address)
        if plain(address) in _METADATA:
            msg = f"{address} is a cloud's metadata address; nothing opens it"
            raise Refused(msg)
        if self.names(host) or self.holds(address):
            return
        if kind is not None:
            msg = f"{address} is {kind}, and not on the list of what is allowed"
            raise Refused(msg)
        if only_allowed:
            msg = f"{address} is not on the list of what is allowed without encryption; use https"
            raise Refused(msg)


def plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one merely wraps (mapped, NAT64), else itself.

    Without its zone: an address is what it is on whatever interface it is looked for.
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(address.packed[-4:])
        return IPv6Address(address.packed)
    return address


def kind_of(address: Address) -> str | None:
    """Return in a word why an address is not public; None if it is."""
    address = plain(address)
    for network, kind in _KINDS:
        if address in network:
            return kind
    if isinstance(address, IPv6Address) and address not in _GLOBAL_6:
        return "reserved"
    return None


def literal(host: str) -> Address | None:
    """Return the address that a host is written as, in any form the system reads (0x7f.1)."""
    try:
        found = socket.getaddrinfo(
            host.strip("[]"), None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    except (OSError, UnicodeError):
        return None
    return ip_address(found[0][4][0])
