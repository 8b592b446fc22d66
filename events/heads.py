"""What the edge reads of a request: where its head ends, how long its body is, and whether it asks for events. Pure.

No more is looked at, for every request passes here. But the web server must not find the end of a head or of a body
elsewhere than we do: what we add to the next head would stand in a body, for its sender to read. So a head with line
ends that only one of us takes for such is none.
"""

import re
from typing import NamedTuple

END = b"\r\n\r\n"
MAX_HEAD = 65536
IN_CHUNKS = -1
EVENTS = re.compile(rb"GET /api/(?!v0/)[^/?\s]+/[^/?\s]+/tasks/events/?[?\s]")
# What a process answers that serves streams alone.
OWN_PATHS = re.compile(rb"[A-Z]+ /(?:api/(?!v0/)[^/?\s]+/[^/?\s]+/tasks/events|healthz|readyz)/?[?\s]")
BODY = (b"\r\ncontent-length:", b"\r\ntransfer-encoding:")


class Head(NamedTuple):
    """end: where the body begins. length: the body's, or `IN_CHUNKS`. is_plain: it is passed on, or else refused."""

    end: int
    length: int
    asks_for_events: bool
    is_plain: bool


def head_of(data: bytes) -> Head | None:
    """The head that `data` begins with; None while it is not whole."""
    end = data.find(END)
    if end < 0:
        return None
    end += 4
    lines = data[:end].lower()
    length = 0
    if BODY[1] in lines:
        length = IN_CHUNKS
    elif (begin := lines.find(BODY[0])) >= 0:
        text = lines[begin + len(BODY[0]) : lines.find(b"\r", begin + 2)].strip()
        # The web server refuses any other text with 400, and hangs up.
        length = int(text) if text.isdigit() and len(text) < 19 else IN_CHUNKS
    asks_for_events = data.startswith(b"GET /api/") and EVENTS.match(data) is not None
    return Head(end, length, asks_for_events, not has_bare_line_ends(lines))


def has_bare_line_ends(data: bytes) -> bool:
    """Line feeds alone, which the web server takes for the end of a line."""
    return data.count(b"\n") != data.count(b"\r\n")
