"""Django's PostgreSQL backend with two costs taken out of every request.

1. `CONN_HEALTH_CHECKS` asks the server `SELECT 1` at the start of each request. A server that went away has closed the
   socket, and a closed socket can be read: looking at it costs microseconds and no round trip.
2. Django reads `timestamptz` by a loader written in Python. With the connection's time zone at UTC, psycopg's own
   loader, written in C, gives the same instants.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import adapters, pq

TIMESTAMPTZ = adapters.types["timestamptz"].oid
FAST_LOADER = adapters.get_loader(TIMESTAMPTZ, pq.Format.TEXT)


class DatabaseWrapper(base.DatabaseWrapper):
    def init_connection_state(self) -> None:
        super().init_connection_state()
        if FAST_LOADER is not None:
            self.connection.adapters.register_loader("timestamptz", FAST_LOADER)

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's, but for its check that the loader of `timestamptz` is its own."""
        if name is None:
            return self.connection.cursor()
        return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)

    def is_usable(self) -> bool:
        """True when the server still holds the connection; asks it only where something waits to be read."""
        connection: Any = self.connection
        if connection is None or connection.closed:
            return False
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not poll.poll(0) or super().is_usable()
