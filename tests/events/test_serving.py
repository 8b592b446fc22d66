"""The address that the events process takes."""

import socket

import pytest

from events.serving import listening


@pytest.mark.parametrize(
    ("host", "answers"),
    [
        ("127.0.0.1", {"127.0.0.1"}),
        ("::1", {"::1"}),
        pytest.param("::", {"127.0.0.1", "::1"}, id="all of both kinds"),
    ],
)
def test_who_is_listened_to(host, answers):
    if ":" in host and not socket.has_dualstack_ipv6():
        pytest.skip("There is no IPv6 here.")
    with listening((host, 0)) as own:
        port = own.getsockname()[1]
        reached = set()
        for address in ("127.0.0.1", "::1"):
            try:
                socket.create_connection((address, port), timeout=5).close()
                reached.add(address)
            except OSError:
                pass
    assert reached == answers
