"""Calls out to addresses that strangers chose: one POST, bounded in time and size, that reaches nothing internal.

A name is resolved once, every address that it has is judged (`integrations.addresses`), and the connection is made to
those very addresses: a second answer of the name server changes nothing. The name stays for the certificate and the
`Host` header. Redirects are not followed, proxies of the environment not asked.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from http.client import HTTPException, HTTPResponse
from io import BufferedIOBase
from ipaddress import ip_address
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from integrations.addresses import Network, is_open, literal
from integrations.deadlines import TookTooLong, within
from integrations.targets import HOW_TO_ALLOW, Target, read_url

READ_MAX = 64 * 1024  # bytes of an answer that are read at all
HEADS_MAX = 256 * 1024  # bytes of its head, and of the interim answers before it
INTERIM = frozenset(range(100, 200)) - {101}  # 101 ends HTTP on the connection: it is an answer, and a wrong one
TEXT_MAX = 2048  # those that are kept
LOOK_UPS = threading.BoundedSemaphore(64)  # at once, those included that nobody waits for any more


class NoAnswer(Exception):
    """Nothing came back; the text says why, for whoever reads the log of attempts."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, allowed: Sequence[Network] = ()
) -> Answer:
    """The answer, or `NoAnswer`; over within `seconds`, whatever the other side does.

    Once a status has come the answer counts, even if its text breaks off.
    """
    ends = time.monotonic() + seconds
    try:
        target = read_url(url)
    except ValueError as error:
        raise NoAnswer(str(error)) from None
    try:
        sock = connect(resolve(target, allowed, seconds), allowed, ends)
        with shut_down_at(ends, sock), connection_over(sock, target, seconds) as connection:
            return exchange(connection, target, body, headers, ends)
    except (OSError, HTTPException, HTTPError, ValueError, TookTooLong) as error:
        if time.monotonic() >= ends or isinstance(error, TookTooLong):
            raise NoAnswer(f"No answer within {seconds:g} seconds.") from error
        raise NoAnswer(reason(error)) from error


def resolve(target: Target, allowed: Sequence[Network], seconds: float) -> list[tuple[socket.AddressFamily, tuple]]:
    """The addresses of the host, each with its family. One that must not be called refuses them all."""
    address = literal(target.host)
    if address is None:
        look_up = partial(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
        try:
            found = [(family, sockaddr) for family, _, _, _, sockaddr in within(seconds, look_up, LOOK_UPS)]
        except (OSError, UnicodeError) as error:
            text = error.strerror if isinstance(error, OSError) else None
            raise NoAnswer(f"The name {target.host} can't be resolved: {text or error}.") from error
    elif address.version == 6:
        found = [(socket.AF_INET6, (str(address), target.port, 0, 0))]
    else:
        found = [(socket.AF_INET, (str(address), target.port))]
    # Which address it was stays out of the text: it would tell strangers what internal names mean.
    if not all(is_open(ip_address(sockaddr[0]), allowed) for _, sockaddr in found):
        raise NoAnswer(f"{target.host} is not at a public address. {HOW_TO_ALLOW}")
    return list(dict.fromkeys(found))


def connect(
    found: Sequence[tuple[socket.AddressFamily, tuple]], allowed: Sequence[Network], ends: float
) -> socket.socket:
    """A socket to the first of the addresses that takes it, each with an equal share of the time that is left."""
    problem: OSError = OSError("The name has no address.")
    for tried, (family, sockaddr) in enumerate(found):
        with ExitStack() as undo:
            try:
                sock = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
                sock.settimeout(max(0.001, (ends - time.monotonic()) / (len(found) - tried)))
                sock.connect(sockaddr)
                if not is_open(ip_address(sock.getpeername()[0]), allowed):
                    raise OSError("The connection leads elsewhere than it was made to.")
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                problem = error
            else:
                undo.pop_all()
                return sock
    raise problem


@contextmanager
def shut_down_at(ends: float, sock: socket.socket) -> Iterator[None]:
    """At that moment the connection is cut: time limits of sockets count anew with each byte that drips in."""
    # A second handle: TLS takes the first for itself.
    handle = sock.dup()

    def cut() -> None:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0, ends - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        handle.close()


class HeadReader:
    """The receiver's side of a connection, of which only so many lines are read: they make up heads."""

    def __init__(self, file: BufferedIOBase) -> None:
        self.file, self.left = file, HEADS_MAX

    def readline(self, limit: int = -1) -> bytes:
        line = self.file.readline(limit)
        self.left -= len(line)
        if self.left < 0:
            raise HTTPException(f"its headers have more than {HEADS_MAX} bytes")
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


class FinalResponse(HTTPResponse):
    """An answer that is read past the interim ones (102, 103, ...) before it; `http.client` skips 100 alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fp: Any = HeadReader(self.fp)

    def begin(self) -> None:
        super().begin()
        while self.status in INTERIM:
            self.headers = self.msg = None  # type: ignore[assignment] # or the next head would count as read
            super().begin()


class PlainConnection(HTTPConnection):
    given: socket.socket
    response_class = FinalResponse

    def _new_conn(self) -> socket.socket:
        return self.given


class TLSConnection(HTTPSConnection):
    given: socket.socket
    response_class = FinalResponse

    def _new_conn(self) -> socket.socket:
        return self.given


@contextmanager
def connection_over(sock: socket.socket, target: Target, seconds: float) -> Iterator[PlainConnection | TLSConnection]:
    connection: PlainConnection | TLSConnection
    if target.scheme == "https":
        connection = TLSConnection(target.host, target.port, timeout=seconds, ssl_context=trust())
    else:
        connection = PlainConnection(target.host, target.port, timeout=seconds)
    connection.given = sock
    try:
        yield connection
    finally:
        connection.close()
        sock.close()


@lru_cache
def trust() -> ssl.SSLContext:
    """The system's certificates, read once: that takes longer than a call. SSL_CERT_FILE names others."""
    return ssl.create_default_context()


def exchange(
    connection: PlainConnection | TLSConnection, target: Target, body: bytes, headers: Mapping[str, str], ends: float
) -> Answer:
    try:
        connection.request("POST", target.path, body=body, headers=headers, preload_content=False, decode_content=False)
    except ConnectionError:  # who has no wish to read it all may still have answered
        if connection.sock is None:
            raise
    response = connection.getresponse()
    if time.monotonic() >= ends:  # cut off in the middle of the headers, which reads like their end
        raise TookTooLong
    text = read(response)[:TEXT_MAX].decode(errors="replace").replace("\0", "")  # PostgreSQL stores no NUL
    return Answer(response.status, response.headers, text)


def read(response: BaseHTTPResponse) -> bytes:
    body = b""
    with suppress(OSError, HTTPException, HTTPError):
        while len(body) < READ_MAX and (piece := response.read1(READ_MAX - len(body))):
            body += piece
    return body


def reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}."
    if isinstance(error, OSError):
        return f"{error.strerror or error}.".replace("..", ".")
    return f"No valid HTTP answer: {error}."
