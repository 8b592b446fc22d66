"""URLs that messages are sent to: taken apart strictly, and judged when they are saved. Pure: no name is looked up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from urllib.parse import quote, urlsplit

from integrations.addresses import Network, is_open, literal

URL_MAX = 2000
PORTS = {"http": 80, "https": 443}
HOW_TO_ALLOW = "Others are called only in networks that the server's setting TASKAPI_WEBHOOK_ALLOW names."

AUTHORITY = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[^\[\]:@]+))(?::(?P<port>[0-9]{0,5}))?", re.IGNORECASE)
NAME = re.compile(r"(?=.{1,253}\.?$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
NOT_PRINTABLE = re.compile(r"[\x00-\x20\x7f\\]")
NOT_ASCII = re.compile(r"[^\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads. `host` has no brackets; `path` is what goes on the request's first line."""

    scheme: str
    host: str
    port: int
    path: str


def check_url(url: str, allowed: Sequence[Network]) -> None:
    """Raises `ValueError` for what could never be called. Names are not looked up: what they mean can change."""
    host = read_url(url).host
    address = literal(host)
    if is_own_name(host):
        address = IPv4Address("127.0.0.1")
    if address is not None and not is_open(address, allowed):
        raise ValueError(f"{host} is not a public address. {HOW_TO_ALLOW}")


def is_own_name(host: str) -> bool:
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def read_url(url: str) -> Target:
    """Takes a URL apart, strictly: a form that two programs could read in two ways is refused with `ValueError`."""
    if len(url) > URL_MAX:
        raise ValueError(f"A URL has {URL_MAX} characters at most.")
    if NOT_PRINTABLE.search(url):
        raise ValueError("A URL has no spaces, control characters or backslashes.")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError("This is no URL.") from None
    if parts.scheme not in PORTS:
        raise ValueError("A URL begins with http:// or https://.")
    if "@" in parts.netloc:
        raise ValueError("A URL takes no user name or password: everybody who sees the channel would see them.")
    if not parts.netloc.isascii():
        raise ValueError("Write an international host name in its ASCII form: xn--bcher-kva.example.")
    match = AUTHORITY.fullmatch(parts.netloc)
    if match is None:
        raise ValueError("The URL has no valid host.")
    host = match["v6"] or match["name"]
    if not (is_v6(host) if match["v6"] else NAME.fullmatch(host)):
        raise ValueError("The URL has no valid host.")
    port = int(match["port"] or PORTS[parts.scheme])
    if not 1 <= port <= 65535:
        raise ValueError("A port is a number from 1 to 65535.")
    path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    return Target(parts.scheme, host, port, NOT_ASCII.sub(lambda found: quote(found[0]), path))


def is_v6(text: str) -> bool:
    try:
        return ip_address(text).version == 6
    except ValueError:
        return False
