"""Connections inherit from the listening socket how long a client may take nothing."""

import asyncio
import socket
import sys

import pytest

from taskapi.server.unread import UNREAD_WITHIN, close_unread


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_USER_TIMEOUT is Linux's own.")
def test_what_is_accepted_has_the_limit_of_the_listening_socket():
    def limit(of):
        return of.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert limit(listening) == 0
        asyncio.run(close_unread())
        assert limit(listening) == UNREAD_WITHIN
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert limit(accepted) == UNREAD_WITHIN
