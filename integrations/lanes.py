"""The lines in which deliveries wait: of each organization, one for each channel and one for the mail without any.

What a look costs depends neither on how much is owed nor on how many there are that it is owed to: it goes from each
organization, and from each channel of one, to the next by an index, so many at a time, and goes on there next time.
"""

import datetime

from django.db import connection
from django.db.models import F

from integrations.models import Delivery
from integrations.models.delivery import DeliveryQuerySet
from integrations.shares import Known

ORGANIZATIONS, LANES, OLDEST = 500, 100, 50

# By `delivery_due_of_organization`. (Sorted by `due_at` as well, so that SQLite does not take another index.)
OF_ALL = """
WITH RECURSIVE tenant (organization, number) AS (
    SELECT (
        SELECT organization_id FROM {table} WHERE status = 'pending' AND organization_id > %(after)s
        ORDER BY organization_id, due_at LIMIT 1
    ), 1
    UNION ALL
    SELECT (
        SELECT organization_id FROM {table} WHERE status = 'pending' AND organization_id > tenant.organization
        ORDER BY organization_id, due_at LIMIT 1
    ), number + 1 FROM tenant WHERE organization IS NOT NULL AND number < {most}
), head (organization, due_at) AS (
    SELECT organization, (
        SELECT due_at FROM {table} WHERE status = 'pending' AND organization_id = tenant.organization
        ORDER BY due_at LIMIT 1
    ) FROM tenant WHERE organization IS NOT NULL
)
SELECT organization, due_at <= %(now)s FROM head WHERE due_at IS NOT NULL ORDER BY due_at
""".replace("{table}", Delivery._meta.db_table).replace("{most}", str(ORGANIZATIONS))

# By `delivery_due_in_lane` and `delivery_due_in_mail_lane`. The channels of what is due for longest are among them:
# most of an organization's channels may have something that is due much later.
OF_ONE = (
    """
WITH RECURSIVE lane (channel, number) AS (
    SELECT (
        SELECT channel_id FROM {table}
        WHERE status = 'pending' AND organization_id = %(organization)s AND channel_id > %(after)s
        ORDER BY channel_id, due_at LIMIT 1
    ), 1
    UNION ALL
    SELECT (
        SELECT channel_id FROM {table}
        WHERE status = 'pending' AND organization_id = %(organization)s AND channel_id > lane.channel
        ORDER BY channel_id, due_at LIMIT 1
    ), number + 1 FROM lane WHERE channel IS NOT NULL AND number < {most}
), head (channel, number, due_at) AS (
    SELECT channel, number, (
        SELECT due_at FROM {table}
        WHERE status = 'pending' AND organization_id = %(organization)s AND channel_id = lane.channel
        ORDER BY due_at LIMIT 1
    ) FROM lane WHERE channel IS NOT NULL
    UNION ALL
    SELECT NULL, 0, (
        SELECT due_at FROM {table}
        WHERE status = 'pending' AND organization_id = %(organization)s AND channel_id IS NULL
        ORDER BY due_at LIMIT 1
    )
    UNION ALL
    SELECT * FROM (
        SELECT channel_id, 0, due_at FROM {table}
        WHERE status = 'pending' AND organization_id = %(organization)s AND due_at <= %(now)s
        ORDER BY due_at LIMIT {oldest}
    ) AS oldest
)
SELECT channel, number, due_at <= %(now)s FROM head WHERE due_at IS NOT NULL ORDER BY due_at
""".replace("{table}", Delivery._meta.db_table)
    .replace("{most}", str(LANES))
    .replace("{oldest}", str(OLDEST))
)


class Walk:
    """Where a worker's next look at what is due begins."""

    def __init__(self) -> None:
        self.organization = 0  # after this one
        self.channels = Known()  # by organization: after this one of its channels
        self.looks = 0
        self.in_vain = Known()  # by organization: the last look that found nothing which might be sent

    def due_organizations(self, now: datetime.datetime) -> list[int]:
        """Organizations that something is due for, the longest due first."""
        found = rows(OF_ALL, now, after=self.organization)
        self.organization = max(number for number, _ in found) if len(found) == ORGANIZATIONS else 0
        return [number for number, is_due in found if is_due]

    def due_lanes(self, organization: int, now: datetime.datetime) -> list[int | None]:
        """Channels of an organization that something is due for, the longest due first; None is what has none."""
        after = self.channels[organization]
        found = rows(OF_ONE, now, organization=organization, after=after)
        last = max((channel for channel, number, _ in found if number == LANES), default=0)
        if last or after:
            self.channels[organization] = last
        return list(dict.fromkeys(channel for channel, _, is_due in found if is_due))

    def looked(self, organization: int, *, in_vain: bool) -> None:
        self.looks += 1
        if in_vain:
            self.in_vain[organization] = self.looks
        else:
            self.in_vain.pop(organization, None)


def in_lane(organization: int, lane: int | None, now: datetime.datetime) -> DeliveryQuerySet:
    """What is due in a lane, the longest due first."""
    # By the bare number: by the channel, Django would join those alone whose channel still exists.
    return Delivery.objects.due(now).filter(organization=organization).alias(lane=F("channel_id")).filter(lane=lane)


def rows(sql: str, now: datetime.datetime, **numbers: int) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {**numbers, "now": connection.ops.adapt_datetimefield_value(now)})
        return list(cursor.fetchall())
