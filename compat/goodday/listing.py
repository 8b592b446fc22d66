"""All tasks that a list asks for, written as they are read: a million need no more memory than a thousand.

Their numbers are read in one statement, their rows a chunk at a time, each when its reader has taken the one before. So
a slow reader holds neither a thread nor a transaction. A task that is deleted meanwhile is left out.
"""

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
CHUNK = 500  # tasks that are in memory at once
Chunks = Generator[tuple[list[Planned], bool], None, None]  # each with whether it is the last
OnWire = Callable[[Sequence[Planned]], list[dict[str, Any]]]

# On PostgreSQL, to sort the numbers of a million tasks: more than a web process gives any other statement.
PATIENCE = "60s"


def chunks_of(conditions: Sequence[Condition], order: str, limit: int | None, offset: int) -> Chunks:
    """The tasks in chunks; a small page in one. What is made meanwhile is not among them."""
    if limit is not None and limit <= CHUNK:
        yield rows.select(conditions, order, limit, offset), True
        return
    with patience():
        numbers = rows.numbers_of(conditions, order, limit, offset)
    for begin in range(0, len(numbers), CHUNK):
        # It may be shorter than the others, or empty: some of its tasks are deleted by now.
        yield rows.numbered(numbers[begin : begin + CHUNK]), begin + CHUNK >= len(numbers)


def patience() -> AbstractContextManager[None]:
    return patient_transaction() if connection.vendor == "postgresql" else nullcontext()


@contextmanager
def patient_transaction() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
        yield


def answer(chunks: Chunks, on_wire: OnWire, total: int | None) -> HttpResponseBase:
    """A whole answer where one chunk is all, else one that goes on reading while it is sent.

    The first chunk is written here: what fails, fails before anything is sent. total: shown where it is known.
    """
    end = b"]}" if total is None else b'],"total":%d}' % total
    try:
        first, is_last = next(chunks, ([], True))
        text = written(on_wire(first))
    except BaseException:
        chunks.close()
        raise
    if is_last:
        chunks.close()
        return HttpResponse(OPENING + text + end, content_type=JSON)
    return StreamingHttpResponse(Stream(text, chunks, on_wire, end), content_type=JSON)


class Stream:
    """The rest of a list, read chunk by chunk as its pieces are taken."""

    def __init__(self, first: bytes, chunks: Chunks, on_wire: OnWire, end: bytes) -> None:
        self.first = OPENING + first
        self.has_items = bool(first)
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
            for chunk, _ in self.chunks:
                if chunk:
                    comma, self.has_items = b"," if self.has_items else b"", True
                    return comma + written(self.on_wire(chunk))
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
