"""`X-Request-ID`: taken from the caller or made, echoed on every answer, and written in every log line."""

import re
from contextvars import ContextVar

from uuid_utils import uuid4

current: ContextVar[str] = ContextVar("request_id", default="")

# What a caller may name: printable, short, and nothing that could break a log line or a header.
ACCEPTED = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


def given_or_new(given: str) -> str:
    """The caller's id where it is fit to be kept, else one of our own."""
    return given if ACCEPTED.fullmatch(given) else str(uuid4())
