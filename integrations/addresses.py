"""Which network addresses a webhook may be sent to: public ones, and those of the networks that the operator names.

Pure: addresses in, yes or no out. Nothing here asks the network.
"""

import socket
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's registries of special addresses, written out: what `ipaddress` knows of them differs between Python's patches.
CLOSED = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this host: connects to loopback
            "10.0.0.0/8",
            "100.64.0.0/10",  # between a carrier and its customers; one cloud's metadata
            "127.0.0.0/8",
            "168.63.129.16/32",  # looks public: another cloud's metadata
            "169.254.0.0/16",  # link-local, and most clouds' metadata
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
            "2001::/23",  # Teredo and other protocols' own
            "2001:db8::/32",
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",
            "3fff::/20",
        ),
    )
)
# The only IPv6 that is given out to hosts: loopback, unique local, link-local, site-local and multicast lie outside.
UNICAST = IPv6Network("2000::/3")
# Addresses that stand for an IPv4 one, and reach what that reaches.
MAPPED, NAT64 = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")
COMPATIBLE = IPv6Network("::/96")
ISATAP = 0x5EFE  # in the third quarter of an address; beside it only the bit that says "universal"


def is_open(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether it may be called. An IPv6 address that holds an IPv4 one is judged by both."""
    inner = embedded(address)
    candidates = [address] if inner is None else [address, inner]
    if any(candidate in network for candidate in candidates for network in allowed):
        return True
    if inner is not None and (address in MAPPED or address in NAT64):
        return is_public(inner)
    return all(is_public(candidate) for candidate in candidates)


def is_public(address: Address) -> bool:
    if address.version == 6 and address not in UNICAST:
        return False
    return not any(address in network for network in CLOSED)


def embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one holds."""
    if isinstance(address, IPv4Address):
        return None
    number = int(address)
    is_isatap = number >> 32 & 0xFDFF_FFFF == ISATAP
    if is_isatap or any(address in network for network in (MAPPED, NAT64, COMPATIBLE)):
        return IPv4Address(number & 0xFFFF_FFFF)
    return address.sixtofour


def literal(host: str) -> Address | None:
    """The address that `host` spells, in any way that resolvers take: `127.1`, `0x7f000001`; None for a name."""
    host = host.rstrip(".")
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


@lru_cache
def networks(cidrs: tuple[str, ...]) -> tuple[Network, ...]:
    """The networks that a setting names; raises `ValueError` with a text that names the bad one."""
    found = []
    for cidr in cidrs:
        try:
            found.append(ip_network(cidr.strip()))
        except ValueError as error:
            raise ValueError(f"“{cidr}” is no network in CIDR form, such as 10.20.0.0/16: {error}.") from None
    return tuple(found)
