"""Django's SQLite backend with what SQLite lacks: a queue for its writers, and arithmetic beyond 64 bits.

SQLite has one writer at a time, and lets another one ask again after 1, 2, 5, 10 ... milliseconds. With two processes
one write in a hundred waited for over 40 ms, most of it while the database lay idle. So a writer first locks a file
beside the database, and is woken when the one before it has finished: 7 ms. The processes of `serve` alone take part,
for their transactions are short. SQLite's own lock decides: other programs write without the queue.
"""

import os
import sqlite3
import weakref
from contextlib import suppress
from typing import Any

from django.db.backends.sqlite3 import base

try:
    import fcntl
except ImportError:  # Windows: writers ask again and again there
    fcntl = None  # type: ignore[assignment]

DIGITS = 24  # of a percentage: 100 times the greatest integer, and some
WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN ")  # what a statement or a transaction of ours that writes begins with
QUEUE = "-writers"  # the end of the file's name
NO_FILE = (":memory:", "file:")
QUEUE_WRITERS = "TASKAPI_QUEUE_WRITERS"  # of the environment: set by `serve` for its processes


class Connection(sqlite3.Connection):
    """A connection with a place in the queue of writers."""

    queue: int | None = None  # the file's descriptor
    has_turn = False

    def join_queue(self, path: str) -> None:
        """Open the file of the queue, which belongs to the database's owner. Without it, there is no queue."""
        with suppress(OSError):
            owner = os.stat(path)
            self.queue = os.open(path + QUEUE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, owner.st_mode & 0o666)
            self.leave_queue = weakref.finalize(self, os.close, self.queue)
            with suppress(PermissionError):  # it is theirs already, or this is another user
                os.fchown(self.queue, owner.st_uid, owner.st_gid)

    def wait_for_turn(self) -> None:
        if self.queue is not None and not self.has_turn:
            fcntl.flock(self.queue, fcntl.LOCK_EX)
            self.has_turn = True

    def end_turn(self) -> None:
        """Let the next writer in, unless a transaction goes on."""
        if self.has_turn and self.queue is not None and not self.in_transaction:
            fcntl.flock(self.queue, fcntl.LOCK_UN)
            self.has_turn = False

    def commit(self) -> None:
        super().commit()
        self.end_turn()

    def rollback(self) -> None:
        super().rollback()
        self.end_turn()

    def close(self) -> None:
        super().close()
        if self.queue is not None:
            self.queue = None
            self.leave_queue()  # which ends its turn as well


class Cursor(base.SQLiteCursorWrapper):
    connection: Connection

    def execute(self, query: Any, params: Any = None) -> Any:
        connection = self.connection
        if connection.in_transaction or not query.startswith(WRITES):
            return super().execute(query, params)
        connection.wait_for_turn()
        try:
            return super().execute(query, params)
        finally:
            if self.description is None:  # else it is done when its rows are read: see `close`
                connection.end_turn()

    def close(self) -> None:
        super().close()
        self.connection.end_turn()


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "factory": Connection}

    def get_new_connection(self, conn_params: Any) -> Any:
        connection: Connection = super().get_new_connection(conn_params)
        connection.create_function("taskapi_percent", 2, percent, deterministic=True)
        path = str(conn_params["database"])
        if fcntl is not None and QUEUE_WRITERS in os.environ and not path.startswith(NO_FILE):
            connection.join_queue(path)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)


def percent(value: int | None, value_max: int | None) -> str | None:
    """Whole percent, rounded down, as text of `DIGITS` digits, which sorts as its number; None where there is none."""
    return None if value is None or not value_max else f"{100 * value // value_max:0{DIGITS}}"
