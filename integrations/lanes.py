"""The lines in which deliveries wait: one for each channel, and one for the mail that needs none."""

import datetime

from django.db import connection

from integrations.models import Delivery

# From each channel to the next, by the index `delivery_due_of_channel`: what it costs depends on how many channels
# there are, not on how much they are owed. (By `due_at` as well, so that SQLite does not take another index.)
SQL = """
WITH RECURSIVE lane (channel) AS (
    SELECT (
        SELECT channel_id FROM {table} WHERE status = 'pending' AND channel_id > 0
        ORDER BY channel_id, due_at LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT channel_id FROM {table} WHERE status = 'pending' AND channel_id > lane.channel
        ORDER BY channel_id, due_at LIMIT 1
    ) FROM lane WHERE lane.channel IS NOT NULL
), head (channel, due_at) AS (
    SELECT lane.channel, (
        SELECT due_at FROM {table} WHERE status = 'pending' AND channel_id = lane.channel ORDER BY due_at LIMIT 1
    ) FROM lane WHERE lane.channel IS NOT NULL
    UNION ALL
    SELECT NULL, (
        SELECT due_at FROM {table} WHERE status = 'pending' AND channel_id IS NULL ORDER BY due_at LIMIT 1
    )
)
SELECT channel FROM head WHERE due_at <= %s ORDER BY due_at
""".replace("{table}", Delivery._meta.db_table)


def due_lanes(now: datetime.datetime) -> list[int | None]:
    """The channels that something is due for, the longest due first; None is what has no channel."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, [connection.ops.adapt_datetimefield_value(now)])
        return [channel_id for (channel_id,) in cursor.fetchall()]
