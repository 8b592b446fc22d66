"""The load: eight clients, each of which sends its next request when the last one is answered.

One thread drives all connections by `select`'s poller, on raw sockets, with requests made beforehand, and reads no more
of the answers than their status and length. That is little, but not nothing, and it runs on the processors that the
servers run on: it takes the more from one the faster that is, so every rate is a little low, the fastest one's most.
"""

import gc
import itertools
import select
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter_ns

CONNECTIONS = 8
SILENCE = 30  # seconds without an answer, after which a server is given up


@dataclass
class Sample:
    """What was seen of one server: requests answered, the time that took, and how long each waited."""

    seconds: float = 0.0
    waits: list[int] = field(default_factory=list)  # nanoseconds
    processor: float = 0.0  # seconds of it that the server used

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the requests was answered."""
        ordered = sorted(self.waits)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] / 1e6


def request(method: str, path: str, key: str, body: bytes = b"") -> bytes:
    """A request, as bytes on the wire."""
    return request_with({"Authorization": f"Bearer {key}"}, method, path, body)


def request_with(headers: Mapping[str, str], method: str, path: str, body: bytes = b"") -> bytes:
    sent = {"Host": "127.0.0.1", **headers}
    if body:
        sent |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Answer:
    """An answer that arrives in pieces."""

    def __init__(self) -> None:
        self.received = b""
        self.needed = 0  # bytes in all, once the head has told; -1 where it comes in chunks

    def take(self, piece: bytes) -> bool:
        """Whether that was the last piece."""
        if not piece:
            raise ConnectionError(f"The server hung up after {self.received[:300]!r}")
        self.received += piece
        if not self.needed:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self.received[:end].lower()
            length = head.find(b"content-length:")
            self.needed = -1
            if length >= 0:
                line_end = head.find(b"\r", length)
                self.needed = end + 4 + int(head[length + 15 : line_end if line_end > 0 else end])
        if self.needed < 0:
            return self.received.endswith(b"0\r\n\r\n")
        return len(self.received) >= self.needed


def run(port: int, requests: Sequence[Sequence[bytes]], seconds: float) -> Sample:
    """Load the server on that port. requests: for each connection those that it goes round and round.

    Raises `ConnectionError` on an answer other than 2xx: a server that refuses is not fast.
    """
    poller = select.epoll()
    sockets: dict[int, socket.socket] = {}
    queues: dict[int, Iterator[bytes]] = {}
    for own in requests:
        connection = socket.create_connection(("127.0.0.1", port), timeout=SILENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[connection.fileno()] = connection
        queues[connection.fileno()] = itertools.cycle(own)
        poller.register(connection, select.EPOLLIN)
    gc.collect()
    gc.disable()
    try:
        return drive(poller, sockets, queues, seconds)
    finally:
        gc.enable()
        poller.close()
        for connection in sockets.values():
            connection.close()


def drive(
    poller: select.epoll, sockets: dict[int, socket.socket], queues: dict[int, Iterator[bytes]], seconds: float
) -> Sample:
    waits: list[int] = []
    sent: dict[int, int] = {}
    answers = {number: Answer() for number in sockets}
    started = now = perf_counter_ns()
    deadline = started + int(seconds * 1e9)
    for number, connection in sockets.items():
        sent[number] = perf_counter_ns()
        connection.sendall(next(queues[number]))
    while sent:
        ready = poller.poll(SILENCE)
        if not ready:
            raise ConnectionError(f"No answer within {SILENCE} seconds")
        for number, _ in ready:
            answer = answers[number]
            if not answer.take(sockets[number].recv(262144)):
                continue
            now = perf_counter_ns()
            if answer.received[9:10] != b"2":
                raise ConnectionError(f"The server answered {answer.received[:500]!r}")
            begun = sent.pop(number)
            if now >= deadline:  # of no use any more, but it must be waited for
                continue
            waits.append(now - begun)
            answer.received, answer.needed = b"", 0
            sent[number] = perf_counter_ns()
            sockets[number].sendall(next(queues[number]))
    return Sample(seconds, waits)
