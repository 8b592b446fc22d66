"""An HTTP server of the tests' own, on 127.0.0.1: it keeps what it is sent, and answers as badly as it is told to.

receiver.answer(Reply(503, {"retry-after": "7"}), Reply(200))   one each, in order; the last one again and again
receiver.answer(Reply(until=event))                             not before the event is set
receiver.answer(Reply(raw=drip()))                              bytes as they are, one at a time
receiver.answer(Reply(raw=[b"HTTP/1.1 200 OK\\r\\n"]))           half an answer, then silence
receiver.requests[0].headers["webhook-id"]
"""

import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from typing import Any
from urllib.parse import urlsplit

import pytest

EVERY = 0.02  # seconds between the bytes of a drip
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing throws away what was not sent, and says so


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: Mapping[str, str]  # by lower-case name
    body: bytes


@dataclass(frozen=True)
class Reply:
    """until: waited for before anything is said. raw: bytes in place of a whole answer, a pause after each piece, and
    silence at the end, unless `is_reset`. is_reset: the connection is broken off, after `raw` if there is any.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    until: threading.Event | None = None
    raw: Iterable[bytes] | None = None
    is_reset: bool = False


def drip(head: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", of: bytes = b"x") -> Iterable[bytes]:
    """An answer whose head comes at once and whose body never ends."""
    return chain([head], repeat(of))


class Receiver:
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Received] = []
        self._replies: dict[str | None, deque[Reply]] = {None: deque([Reply()])}
        self._changed = threading.Condition()
        self.closing = threading.Event()
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.receiver = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port: int = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def answer(self, *replies: Reply, path: str | None = None) -> None:
        """What comes next; to one path alone, if it is named."""
        with self._changed:
            self._replies[path] = deque(replies)

    def wait_for(self, count: int, seconds: float = 10) -> list[Received]:
        """The requests, as soon as there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= count, seconds), self.requests
            return list(self.requests)

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def keep(self, request: Received) -> Reply:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            path = urlsplit(request.path).path
            replies = self._replies[path if path in self._replies else None]
            return replies.popleft() if len(replies) > 1 else replies[0]


class Server(ThreadingHTTPServer):
    receiver: Receiver
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers hang up in the middle of things: that is what they are tested for."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver = self.server.receiver
        reply = receiver.keep(Received(self.command, self.path, headers, body))
        while reply.until and not reply.until.wait(EVERY) and not receiver.closing.is_set():
            pass
        if reply.raw is not None:
            self.say_raw(reply)
        elif not reply.is_reset:
            self.send_response(reply.status)
            for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)
        if reply.is_reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.connection.close()
            self.close_connection = True

    def say_raw(self, reply: Reply) -> None:
        assert reply.raw is not None
        self.close_connection = True
        for piece in reply.raw:
            self.wfile.write(piece)
            if self.server.receiver.closing.wait(EVERY):
                return
        if not reply.is_reset:
            self.server.receiver.closing.wait()

    do_GET = do_POST = do_PUT = answer

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Nothing may be sent to it unless the test allows 127.0.0.1: `settings.TASKAPI_WEBHOOK_ALLOW`."""
    receiver = Receiver()
    yield receiver
    receiver.close()
