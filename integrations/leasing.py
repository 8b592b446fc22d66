"""Who may send which delivery, and until when: a lease. It needs no state of its own.

Taking one counts an attempt and moves `due_at` to the end of the lease. A worker that dies leaves a delivery that
becomes due again; one that was only slow finds that the count has moved on, and changes nothing.
"""

import datetime
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from integrations.backoff import ATTEMPTS
from integrations.lanes import due_lanes
from integrations.models import Delivery
from integrations.models.delivery import DeliveryQuerySet
from integrations.outbox import BUILT_IN
from integrations.shares import Destination, Shares
from projects.models import Project

MARGIN = 30.0  # seconds beyond twice the deadline, for the worker's own work and a machine that is busy
BATCH = 1000
REST = datetime.timedelta(hours=1)  # until what waits to be deleted is looked at again, should it still be there

GONE = "There is no such channel any more."
DISABLED = "The channel is switched off."
CUT_OFF = "Given up: too many of its attempts were cut off before they ended."


def lease_time() -> datetime.timedelta:
    return datetime.timedelta(seconds=2 * settings.TASKAPI_DELIVERY_DEADLINE + MARGIN)


def lease(limit: int, now: datetime.datetime, shares: Shares) -> list[Delivery]:
    """Leases at most `limit` deliveries that are due, each with its channel: to be sent, or to be refused, at once.

    shares: how many each destination may have, which is counted there; who has least comes first, then who waits
    longest. What waits to be deleted is left in peace.
    """
    lanes = due_lanes(now)  # none mostly, and then no transaction either: SQLite has one writer at a time
    leased: list[Delivery] = []
    if not lanes:
        return leased
    deleted: set[int] = set()
    with transaction.atomic():
        for lane in sorted(lanes, key=lambda lane: shares.held[lane or BUILT_IN]):
            room = min(limit - len(leased), shares.room(lane or BUILT_IN))
            for delivery in waiting(lane, now)[:room] if room else ():
                if delivery.is_deleted:  # type: ignore[attr-defined] # annotated
                    deleted.add(delivery.project_id)
                    continue
                delivery.attempt_count += 1
                shares.take(destination_of(delivery))
                leased.append(delivery)
        held = Delivery.objects.filter(pk__in=[delivery.pk for delivery in leased])
        held.update(attempt_count=F("attempt_count") + 1, due_at=now + lease_time())
        if deleted:
            put_to_rest(deleted, now)
    return leased


def waiting(lane: int | None, now: datetime.datetime) -> DeliveryQuerySet:
    """What is due in a lane and in nobody else's hands, the longest due first, with its channel."""
    # Asked for in passing: a join could lead the database to begin with the project, and to sort all that is due.
    deleted = Project.objects.filter(pk=OuterRef("project_id"), organization__deleted__isnull=False)
    # By the bare number: by the channel, Django would join those alone whose channel still exists.
    rows = Delivery.objects.due(now).alias(lane=F("channel_id")).filter(lane=lane)
    rows = rows.select_related("channel").annotate(is_deleted=Exists(deleted))
    return rows.select_for_update(skip_locked=True, of=("self",))


def put_to_rest(projects: Collection[int], now: datetime.datetime) -> None:
    """Out of the way of the others in their lanes, until the sweep deletes them."""
    rows = Delivery.objects.due(now).filter(project__in=projects).select_for_update(skip_locked=True)
    Delivery.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:BATCH])).update(due_at=now + REST)


def destination_of(delivery: Delivery) -> Destination:
    """What it shares its threads with; None for what is not sent at all."""
    return None if refusal(delivery) else delivery.channel_id or BUILT_IN


def refusal(delivery: Delivery) -> str:
    """Why a leased delivery must not be sent; empty where it may."""
    if delivery.channel is None and delivery.integration != BUILT_IN:
        return GONE
    if delivery.channel is not None and not delivery.channel.enabled:
        return DISABLED
    if delivery.attempt_count - delivery.attempts_before > ATTEMPTS:
        return CUT_OFF
    return ""
