"""Limits by address, kept in the process: what they guard against is a flood, and a flood must not reach the database.

Generic cell rate algorithm: one moment for each address says when its next request conforms; it refills smoothly, and
a burst of one minute's worth is allowed.
"""

import ipaddress
import threading
import time

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import Throttled

MAX_ADDRESSES = 10_000
MINUTE = 60.0

_arrivals: dict[str, float] = {}  # address -> theoretical arrival time of its next failure
_lock = threading.Lock()


def client_address(request: HttpRequest) -> str:
    """The caller's address; behind `TASKAPI_PROXIES` proxies, the one that the outermost of them saw."""
    if settings.TASKAPI_PROXIES:
        forwarded: list[str] = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(forwarded) >= settings.TASKAPI_PROXIES and forwarded[-settings.TASKAPI_PROXIES]:
            return forwarded[-int(settings.TASKAPI_PROXIES)]
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """What one caller has to himself: an IPv4 address, or the 2^64 addresses of an IPv6 network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), 64), strict=False))


def count_failed_key(request: HttpRequest, limit: int) -> None:
    """Counts a key that failed; raises `Throttled` (429) when its address has failed over `limit` times a minute."""
    count(network_of(client_address(request)), limit)


def count_sign_in(request: HttpRequest, limit: int) -> None:
    """Counts a try to sign in, before it is looked at; raises `Throttled` (429) over `limit` a minute of an address."""
    count(f"sign-in {network_of(client_address(request))}", limit)


def count(address: str, limit: int) -> None:
    if not limit:
        return
    now, step = time.monotonic(), MINUTE / limit
    with _lock:
        arrival = max(_arrivals.get(address, now), now)
        wait = arrival + step - now - MINUTE
        if wait > 1e-6:
            raise Throttled(wait=wait)
        if address not in _arrivals and len(_arrivals) >= MAX_ADDRESSES:
            for idle in [known for known, moment in _arrivals.items() if moment <= now] or list(_arrivals):
                del _arrivals[idle]
        _arrivals[address] = arrival + step


def forget() -> None:
    _arrivals.clear()
