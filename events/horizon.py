"""Up to where the history is final: what is read up to there will never get a row in between.

Ids are drawn before their transactions commit, so a lower id may become visible after a higher one. On PostgreSQL each
change therefore carries its transaction's own number, and is read only when no transaction with a lower or the same
number can still commit. Transactions of other databases of the same server are left out: they write nothing here.
"""

from typing import Any, NamedTuple

from django.db import connection

from events.positions import Mark

ON_POSTGRESQL = """
    SELECT s::text, pg_snapshot_xmax(s)::text, coalesce((
        SELECT x FROM pg_snapshot_xip(s) AS x
        WHERE NOT EXISTS (
            SELECT FROM pg_stat_activity AS a WHERE a.backend_xid = x::xid AND a.datname <> current_database()
        )
        ORDER BY x LIMIT 1
    ), pg_snapshot_xmax(s))::text
    FROM (SELECT pg_current_snapshot() AS s) AS now
"""
ON_SQLITE = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'tasks_statuschange'), 0)"


class Horizon(NamedTuple):
    """seen: another text whenever something was committed meanwhile. final: everything before it is.

    newest: nothing beyond it has begun.
    """

    seen: str
    final: Mark
    newest: Mark


def horizon() -> Horizon:
    """One statement on PostgreSQL, two on SQLite, which asks nobody."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            seen, newest, final = one(cursor, ON_POSTGRESQL)
            return Horizon(seen, (int(final), 0), (int(newest), 0))
        # Before the other: what is committed between the two is then seen the next time.
        version = one(cursor, "PRAGMA data_version")[0]
        last = (0, one(cursor, ON_SQLITE)[0])
        return Horizon(str(version), last, last)


def one(cursor: Any, sql: str) -> Any:
    cursor.execute(sql)
    return cursor.fetchone()
