"""Django's PostgreSQL backend with three costs taken out of every request.

1. `CONN_HEALTH_CHECKS` asks the server `SELECT 1` at the start of each request. A server that went away has closed the
   socket, and a closed socket can be read: looking at it costs microseconds and no round trip.
2. Django reads `timestamptz` by a loader written in Python. With the connection's time zone at UTC, psycopg's own
   loader, written in C, gives the same instants.
3. Each statement gets a new cursor of psycopg's, which looks up anew how to write and read every type. The one that
   was last done with is used again, and knows it still where its next statement is the same object as its last.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper
from psycopg import adapters, pq

TIMESTAMPTZ = adapters.types["timestamptz"].oid
FAST_LOADER = adapters.get_loader(TIMESTAMPTZ, pq.Format.TEXT)


class DatabaseWrapper(base.DatabaseWrapper):
    spare: Any = None  # a cursor that nobody uses
    closed_cursor: Any = None

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if FAST_LOADER is not None:
            self.connection.adapters.register_loader("timestamptz", FAST_LOADER)
        self.spare, self.closed_cursor = None, self.connection.cursor()
        self.closed_cursor.close()

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's, but for its check that the loader of `timestamptz` is its own."""
        if name is not None:
            return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
        spare, self.spare = self.spare, None
        return spare or self.connection.cursor()

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        return (LentCursor if type(cursor) is base.ServerBindingCursor else CursorWrapper)(cursor, self)

    def take_back(self, cursor: Any) -> None:
        # Until it is used again it holds its last rows: one is all that is worth it.
        if cursor.connection is self.connection and cursor.rowcount <= 1:
            self.spare = cursor
        else:
            cursor.close()

    def is_usable(self) -> bool:
        """True when the server still holds the connection; asks it only where something waits to be read."""
        connection: Any = self.connection
        if connection is None or connection.closed:
            return False
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not poll.poll(0) or super().is_usable()


class LentCursor(CursorWrapper):
    """One use of a cursor, from `connection.cursor()` to `close`; who goes on holding this holds a closed one."""

    db: DatabaseWrapper

    def close(self) -> None:
        cursor, self.cursor = self.cursor, self.db.closed_cursor
        if not cursor.closed:
            self.db.take_back(cursor)
