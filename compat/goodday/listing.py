"""All tasks that a list asks for, written as they are read: a million need no more memory than a thousand."""

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import orjson
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from planning import rows
from planning.rows import Planned
from taskapi.rest import request_id
from taskapi.rest.rendering import OPTIONS, JSONRenderer
from tasks.dialects import Condition

logger = logging.getLogger(__name__)

OPENING = b'{"items":['
JSON = JSONRenderer.media_type
Chunks = Generator[list[Planned], None, None]
OnWire = Callable[[Sequence[Planned]], list[dict[str, Any]]]

# On PostgreSQL, for a list alone: to sort a million tasks takes longer than a web process gives any other statement,
# and so does a client that takes them slowly. Whoever takes none for that long is given up.
PATIENCE = {"statement_timeout": "10min", "idle_in_transaction_session_timeout": "5min"}


def chunks_of(conditions: Sequence[Condition], order: str, limit: int | None, offset: int) -> Chunks:
    """The tasks in chunks, read from one state of the database. Closing it ends the transaction."""
    with patience():
        yield from rows.stream(conditions, order, limit, offset)


def patience() -> AbstractContextManager[None]:
    return patient_transaction() if connection.vendor == "postgresql" else nullcontext()


@contextmanager
def patient_transaction() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            settings = ", ".join("set_config(%s, %s, true)" for _ in PATIENCE)
            cursor.execute(f"SELECT {settings}", [text for limit in PATIENCE.items() for text in limit])
        yield


def answer(chunks: Chunks, on_wire: OnWire, total: int | None) -> HttpResponseBase:
    """A whole answer where one chunk is all, else one that goes on reading while it is sent.

    The first chunk is written here: what fails, fails before anything is sent. total: shown where it is known.
    """
    end = b"]}" if total is None else b'],"total":%d}' % total
    try:
        first = next(chunks, [])
        text = OPENING + written(on_wire(first))
    except BaseException:
        chunks.close()
        raise
    if len(first) < rows.CHUNK:
        chunks.close()
        return HttpResponse(text + end, content_type=JSON)
    return StreamingHttpResponse(Stream(text, chunks, on_wire, end), content_type=JSON)


class Stream:
    """The rest of a list, read chunk by chunk as its pieces are taken; closing it ends its transaction."""

    def __init__(self, first: bytes, chunks: Chunks, on_wire: OnWire, end: bytes) -> None:
        self.first = first
        self.chunks = chunks
        self.on_wire = on_wire
        self.end = end
        self.request_id = request_id.current.get()  # which is no longer current when the pieces are taken

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self.first:
            text, self.first = self.first, b""
        else:
            text = self.read()
        if not text:
            raise StopIteration
        return text

    def read(self) -> bytes:
        """The next piece, in the end the end, and then nothing. What fails here breaks the answer off."""
        token = request_id.current.set(self.request_id)
        try:
            if chunk := next(self.chunks, None):
                return b"," + written(self.on_wire(chunk))
        except Exception:
            logger.exception("a list broke off while it was sent")
            self.close()
            raise
        finally:
            request_id.current.reset(token)
        text, self.end = self.end, b""
        return text

    def close(self) -> None:
        self.chunks.close()


def written(items: list[dict[str, Any]]) -> bytes:
    """What stands between the brackets of their array."""
    return orjson.dumps(items, option=OPTIONS)[1:-1]
