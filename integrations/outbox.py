"""The outbox: messages are owed from the moment that the change which causes them is written, in its transaction."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from django.db import transaction

from integrations.models import Attempt, Channel, Delivery, DeliveryStatus, Kind
from projects.locks import locked

BUILT_IN = Kind.EMAIL.value  # what actions call the mail that needs no channel
MISSING = "There is no such channel."


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What an action has to say, to one channel.

    config: the action's own. kind: the `type` on the wire: `task.triggered` and the like. data: goes to orjson, may
    contain `orjson.Fragment`. task_id, monitor_id: what it is about.
    """

    organization_id: int
    project_id: int
    integration: str
    config: Any
    point: str
    kind: str
    data: dict[str, Any]
    task_id: uuid.UUID | None = None
    monitor_id: uuid.UUID | None = None


class Known(NamedTuple):
    """What `enqueue` asks of a channel."""

    id: int
    enabled: bool


def enqueue(messages: Sequence[Message], now: datetime.datetime) -> None:
    """Owes each message to its channel, as it is now. Call it in the transaction that changes what they tell of.

    A channel that is switched off gets none. One that does not exist (any more) fails at once, for all to see.
    """
    channels = look_up({(message.organization_id, message.integration) for message in messages})
    owed: list[Delivery] = []
    lost: list[Delivery] = []
    for message in messages:
        channel = channels.get((message.organization_id, message.integration))
        if message.integration == BUILT_IN or (channel is not None and channel.enabled):
            owed.append(delivery_of(message, channel, now))
        elif channel is None:
            lost.append(delivery_of(message, None, now))
    for delivery in lost:
        delivery.status, delivery.finished, delivery.attempt_count = DeliveryStatus.FAILED, now, 1
    if owed or lost:
        Delivery.objects.bulk_create(owed + lost)
    if lost:
        Attempt.objects.bulk_create(
            Attempt(delivery=delivery, at=now, duration_ms=0, error=MISSING) for delivery in lost
        )


def look_up(named: Collection[tuple[int, str]]) -> dict[tuple[int, str], Known]:
    """The channels that there are of those, by organization and name on the wire; the built-in mail is none."""
    slugs = {integration.partition(":")[2] for _, integration in named if integration != BUILT_IN}
    if not slugs:
        return {}
    organizations = {organization_id for organization_id, _ in named}
    found = Channel.objects.filter(organization__in=organizations, slug__in=slugs)
    return {
        (organization_id, f"{kind}:{slug}"): Known(pk, enabled)
        for organization_id, kind, slug, pk, enabled in found.values_list(
            "organization_id", "kind", "slug", "pk", "enabled"
        )
    }


def delivery_of(message: Message, channel: Known | None, now: datetime.datetime) -> Delivery:
    body = {"type": message.kind, "timestamp": now, "data": message.data}
    return Delivery(
        organization_id=message.organization_id,
        project_id=message.project_id,
        channel_id=channel.id if channel else None,
        integration=message.integration,
        config=message.config,
        task_id=message.task_id,
        monitor_id=message.monitor_id,
        point=message.point,
        body=orjson.dumps(body, option=orjson.OPT_UTC_Z).decode(),
        due_at=now,
        created=now,
    )


def redeliver(delivery: Delivery, now: datetime.datetime) -> Delivery:
    """Owes it once more, at once and with all its attempts anew; those that were made are kept.

    A delivery that is still pending is due now, and goes on counting. It goes to the channel that has the name today:
    one that was made anew gets what the one before missed. Raises `Http404` for a delivery that is gone.
    """
    with transaction.atomic():
        delivery = locked(delivery)
        delivery.due_at = now
        if delivery.status != DeliveryStatus.PENDING:
            delivery.status, delivery.finished = DeliveryStatus.PENDING, None
            delivery.attempts_before = delivery.attempt_count
        delivery.channel = Channel.objects.named(delivery.organization_id, delivery.integration).first()
        delivery.save(update_fields=["due_at", "status", "finished", "attempts_before", "channel"])
    return delivery
