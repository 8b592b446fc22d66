"""Whether a request may listen: asked of the API itself, with all that it holds for every request.

The request is put to Django as the web server would put it, and the view answers for the stream: with its head, and in
the `Ticket` with what is wanted and by what right. Every other answer, a 401, a 404, a 503, is sent as it is.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest

from events import refusals
from events.grants import Grant
from events.wishes import Wish

TICKET = "taskapi.events"  # of the environment
LINE_END = b"\r\n"


@dataclass
class Ticket:
    """What the view leaves here for a stream that it grants."""

    wish: Wish | None = None
    grant: Grant | None = None


class Answer(NamedTuple):
    """The head of an answer, and its body, which a stream does not have."""

    status: int
    head: bytes
    body: bytes
    ticket: Ticket


def ticket_of(request: HttpRequest) -> Ticket | None:
    """Where the view leaves what it grants; None in the web server, which serves no streams."""
    ticket: Ticket | None = request.META.get(TICKET)
    return ticket


def environment(head: bytes, address: str) -> dict[str, Any]:
    """A request's head as WSGI has it; raises `ValueError` for what is no head."""
    lines = head.split(LINE_END)
    method, target, version = lines[0].decode("latin-1").split(" ")
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": version,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "0",
        "REMOTE_ADDR": address,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        TICKET: Ticket(),
    }
    for line in lines[1:]:
        if not line:
            continue
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or name != name.strip():  # a folded line is neither a header nor the rest of one
            raise ValueError("no header")
        if "_" in name:  # else `X_Forwarded_For` would pass for `X-Forwarded-For`
            continue
        key = name.upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
            value = value.strip()
            environ[key] = f"{environ[key]},{value}" if key in environ and key != "HTTP_COOKIE" else value
    return environ


def admit(application: Any, head: bytes, address: str) -> Answer:
    """Puts a request to the API. Takes the time of a request: for a thread."""
    try:
        environ = environment(head, address)
    except ValueError:
        return Answer(400, refusals.NO_REQUEST.as_bytes(), b"", Ticket())
    started: list[Any] = []
    body: Iterable[bytes] = application(environ, lambda status, headers: started.append((status, headers)))
    try:
        content = b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    if environ["REQUEST_METHOD"] == "HEAD":
        content = b""
    status, headers = started[0]
    ticket: Ticket = environ[TICKET]
    kept = [(name, value) for name, value in headers if ticket.wish is None or name.lower() != "content-length"]
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in kept), "Connection: close", "", ""]
    return Answer(int(status[:3]), "\r\n".join(lines).encode("latin-1"), content, ticket)
