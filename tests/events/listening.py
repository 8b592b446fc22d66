"""A client that listens: a raw socket, and events as they come in, each waited for until a deadline."""

import json
import socket
import time
from contextlib import suppress
from typing import Any, NamedTuple

WITHIN = 10.0  # seconds; far more than anything takes


class Event(NamedTuple):
    kind: str
    body: dict[str, Any]
    id: str

    @property
    def name(self) -> str:
        return self.body["task"]["name"]


def connect(server: Any) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=WITHIN)


def request(server: Any, method: str, path: str, *lines: str, body: bytes = b"", key: str | None = None) -> bytes:
    head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *lines]
    if key != "":
        head.append(f"Authorization: Bearer {key or server.key}")
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


class Stream:
    """An open stream; `last` is the id to come back with. It begins with the head, which is read at once."""

    def __init__(
        self, server: Any, query: str = "", *, project: str = "demo/demo", key: str | None = None, last: str = ""
    ) -> None:
        self.socket = connect(server)
        self.received = b""
        self.last = last
        self.retries = 0  # how often it was told when to come back
        lines = ["Accept: text/event-stream", *([f"Last-Event-ID: {last}"] if last else [])]
        self.socket.sendall(request(server, "GET", f"/api/{project}/tasks/events{query}", *lines, key=key))
        self.has_ended = False
        self.raw = b""  # of the body, as it came: in chunks
        self.head = self.read_head()
        self.status = int(self.head[9:12])

    def read_head(self) -> str:
        while b"\r\n\r\n" not in self.raw:
            self.receive(WITHIN)
        head, _, self.raw = self.raw.partition(b"\r\n\r\n")
        return head.decode()

    def receive(self, within: float) -> None:
        self.socket.settimeout(max(within, 0.001))
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"{self.received[:300]!r}")
        self.raw += data

    def take_chunks(self) -> None:
        """Moves the chunks that are whole to `received`."""
        while (at := self.raw.find(b"\r\n")) > 0:
            size = int(self.raw[:at], 16)
            if len(self.raw) < at + 2 + size + 2:
                return
            self.received += self.raw[at + 2 : at + 2 + size]
            self.raw = self.raw[at + 2 + size + 2 :]
            self.has_ended = not size

    def block(self, end: bytes, within: float = WITHIN) -> str:
        """What comes up to `end`; raises `EOFError` where the stream ends, `TimeoutError` past the deadline."""
        deadline = time.monotonic() + within
        while True:
            self.take_chunks()
            if end in self.received:
                break
            if self.has_ended:
                raise EOFError(f"{self.received[:300]!r}")
            self.receive(deadline - time.monotonic())
        block, _, self.received = self.received.partition(end)
        return block.decode()

    def begun(self) -> "Stream":
        """Waits until the stream is where all are: from then on nothing escapes it."""
        while not self.last:
            self.next_block()
        return self

    def next_block(self, within: float = WITHIN) -> Event | None:
        fields = dict(line.split(": ", 1) for line in self.block(b"\n\n", within).split("\n") if ": " in line)
        self.last = fields.get("id", self.last)
        self.retries += "retry" in fields
        return Event(fields["event"], json.loads(fields["data"]), fields.get("id", "")) if "data" in fields else None

    def next(self, *kinds: str, within: float = WITHIN) -> Event:
        """The next event, of these kinds where any are named."""
        deadline = time.monotonic() + within
        while True:
            event = self.next_block(max(deadline - time.monotonic(), 0.001))
            if event and (not kinds or event.kind in kinds):
                return event

    def ends(self, within: float = WITHIN) -> bool:
        with suppress(EOFError, ConnectionError):
            while True:
                self.next_block(within)
        return True

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
