"""The outbox: messages are owed from the moment that the change which causes them is written, in its transaction."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from django.db import transaction

from integrations.bodies import joined, text_of
from integrations.models import Attempt, Channel, Delivery, DeliveryStatus, Kind, SharedBody
from projects.locks import locked

BUILT_IN = Kind.EMAIL.value  # what actions call the mail that needs no channel
MISSING = "There is no such channel."
DISABLED = "The channel is switched off."
BATCH_ROWS, BATCH_SIZE = 500, 4 * 1024 * 1024  # rows, and characters, that are written by one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What an action has to say, to one channel.

    config: the action's own. kind: the `type` on the wire: `task.triggered` and the like. shared, data: together they
    are the message's `data`; both go to orjson and may contain `orjson.Fragment`. Messages side by side that have the
    same object as `shared` store it once. task_id, monitor_id: what it is about. rule_id: the global action.
    """

    organization_id: int
    project_id: int
    integration: str
    config: Any
    point: str
    kind: str
    data: Mapping[str, Any]
    shared: Mapping[str, Any] = field(default_factory=dict)
    task_id: uuid.UUID | None = None
    monitor_id: uuid.UUID | None = None
    rule_id: int | None = None


class Known(NamedTuple):
    """What `enqueue` asks of a channel."""

    id: int
    enabled: bool


def enqueue(messages: Sequence[Message], now: datetime.datetime) -> None:
    """Owes each message to its channel, as it is now. Call it in the transaction that changes what they tell of.

    A message to a channel that is disabled or does not exist becomes a delivery that has failed, with the reason.
    """
    channels = look_up({(message.organization_id, message.integration) for message in messages})
    batch = Batch(now)
    for _, group in groupby(messages, lambda message: id(message.shared)):
        alike = list(group)
        first, text = alike[0], text_of(alike[0].shared) if alike[0].shared else ""
        # One that no other delivery shares is kept with it: a row less.
        shared = SharedBody(project_id=first.project_id, text=text) if text and len(alike) > 1 else None
        if shared:
            batch.share(shared)
        for message in alike:
            channel = channels.get((message.organization_id, message.integration))
            own = text_of({"type": message.kind, "timestamp": now, "data": message.data})
            body = joined(own, text) if text and not shared else own
            batch.add(delivery_of(message, channel, body, shared, now), why_not(message.integration, channel))
    batch.write()


class Batch:
    """Rows that are written together: so many at a time, however many there are, that memory is bounded."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now
        self.clear()

    def clear(self) -> None:
        self.bodies: list[SharedBody] = []
        self.deliveries: list[Delivery] = []
        self.attempts: list[Attempt] = []
        self.size = 0  # characters

    def share(self, body: SharedBody) -> None:
        self.bodies.append(body)
        self.size += len(body.text)

    def add(self, delivery: Delivery, error: str) -> None:
        """error: why the delivery has failed already; empty where it is to be sent."""
        if error:
            delivery.status, delivery.finished, delivery.attempt_count = DeliveryStatus.FAILED, self.now, 1
            self.attempts.append(Attempt(delivery=delivery, at=self.now, duration_ms=0, error=error))
        self.deliveries.append(delivery)
        self.size += len(delivery.body)
        if len(self.deliveries) >= BATCH_ROWS or self.size >= BATCH_SIZE:
            self.write()

    def write(self) -> None:
        if self.bodies:
            SharedBody.objects.bulk_create(self.bodies)
        if self.deliveries:
            Delivery.objects.bulk_create(self.deliveries)
        if self.attempts:
            Attempt.objects.bulk_create(self.attempts)
        self.clear()


def why_not(integration: str, channel: Known | None) -> str:
    """Why nothing can be sent to what an action names so; empty where it can."""
    if integration == BUILT_IN:
        return ""
    if channel is None:
        return MISSING
    return "" if channel.enabled else DISABLED


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


def delivery_of(
    message: Message, channel: Known | None, body: str, shared: SharedBody | None, now: datetime.datetime
) -> Delivery:
    return Delivery(
        organization_id=message.organization_id,
        project_id=message.project_id,
        channel_id=channel.id if channel else None,
        integration=message.integration,
        config=message.config,
        task_id=message.task_id,
        monitor_id=message.monitor_id,
        rule_id=message.rule_id,
        point=message.point,
        body=body,
        shared_body=shared,
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
