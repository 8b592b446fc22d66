"""Who may send which delivery, and until when: a lease. It needs no state of its own.

Taking one counts an attempt and moves `due_at` to the end of the lease. A worker that dies leaves a delivery that
becomes due again; one that was only slow finds that the count has moved on, and changes nothing.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from math import ceil

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from integrations import transports
from integrations.backoff import ATTEMPTS
from integrations.lanes import Walk, in_lane
from integrations.mail_limit import admitted
from integrations.models import Channel, Delivery, Kind, SharedBody
from integrations.models.delivery import DeliveryQuerySet
from integrations.outbox import BUILT_IN, DISABLED
from integrations.shares import Destination, Shares
from projects.models import Project

MARGIN = 30.0  # seconds beyond twice the deadline, for the worker's own work and a machine that is busy
BATCH = 1000
LOOKS = 32  # organizations that one turn looks into
REST = datetime.timedelta(hours=1)  # until what waits to be deleted is looked at again, should it still be there

GONE = "There is no such channel any more."
CUT_OFF = "Given up: too many of its attempts were cut off before they ended."


def lease_time() -> datetime.timedelta:
    return datetime.timedelta(seconds=2 * settings.TASKAPI_DELIVERY_DEADLINE + MARGIN)


def lease(limit: int, now: datetime.datetime, shares: Shares, walk: Walk) -> list[Delivery]:
    """Leases at most `limit` deliveries that are due, each with its channel: to be sent, or to be refused, at once.

    shares: how many each destination may have, which is counted there. Of organizations and of their channels, the one
    that has the fewest threads comes first, then the one that waits longest. walk: where to look.
    """
    lanes = lanes_with_room(limit, now, shares, walk)
    leased: list[Delivery] = []
    if not lanes:  # as mostly, and then no transaction either: SQLite has one writer at a time
        return leased
    with transaction.atomic():
        for place, (organization, own) in enumerate(lanes.items()):
            share = ceil((limit - len(leased)) / (len(lanes) - place))
            leased += due_in(organization, own, share, now, shares)
        leased = within_mail_limits(leased, now, shares)
        held = Delivery.objects.filter(pk__in=[delivery.pk for delivery in leased])
        held.update(attempt_count=F("attempt_count") + 1, due_at=now + lease_time())
        add_bodies(leased)
    return leased


def lanes_with_room(
    limit: int, now: datetime.datetime, shares: Shares, walk: Walk
) -> dict[int, dict[int | None, Channel | None]]:
    """Where something is due for which there may be a thread: lanes of `limit` organizations at most, with channels."""
    organizations = [one for one in walk.due_organizations(now) if shares.room_of(one) > 0]
    organizations.sort(key=lambda organization: (shares.held_by(organization), walk.in_vain[organization]))
    found: dict[int, dict[int | None, Channel | None]] = {}
    for organization in organizations[:LOOKS]:
        if len(found) == limit:
            break
        lanes = walk.due_lanes(organization, now)
        channels = Channel.objects.in_bulk([lane for lane in lanes if lane is not None])
        lanes.sort(key=lambda lane: shares.held_by(organization, lane or 0))
        own = {lane: channels.get(lane or 0) for lane in lanes}
        own = {lane: channel for lane, channel in own.items() if room_in(organization, lane, channel, shares)}
        walk.looked(organization, in_vain=not own)
        if own:
            found[organization] = own
    return found


def room_in(organization: int, lane: int | None, channel: Channel | None, shares: Shares) -> int:
    """How many of a lane may be taken: any number where they are not sent, and need no thread."""
    if lane is not None and (channel is None or not channel.enabled):
        return BATCH
    return shares.room(destination_at(organization, channel))


def due_in(
    organization: int,
    lanes: Mapping[int | None, Channel | None],
    limit: int,
    now: datetime.datetime,
    shares: Shares,
) -> list[Delivery]:
    """Takes at most `limit` of an organization's deliveries. What waits to be deleted is put to rest instead."""
    taken: list[Delivery] = []
    deleted: set[int] = set()
    for lane, channel in lanes.items():
        room = min(limit - len(taken), room_in(organization, lane, channel, shares))
        for delivery in waiting(organization, lane, now)[:room] if room else ():
            if delivery.is_deleted:  # type: ignore[attr-defined] # annotated
                deleted.add(delivery.project_id)
                continue
            delivery.attempt_count += 1
            shares.take(destination_of(delivery))
            taken.append(delivery)
    if deleted:
        put_to_rest(organization, deleted, now)
    return taken


def waiting(organization: int, lane: int | None, now: datetime.datetime) -> DeliveryQuerySet:
    """What is due in a lane and in nobody else's hands, the longest due first, with its channel."""
    # Asked for in passing: a join could lead the database to begin with the project, and to sort all that is due.
    deleted = Project.objects.filter(pk=OuterRef("project_id"), organization__deleted__isnull=False)
    rows = in_lane(organization, lane, now).select_related("channel").annotate(is_deleted=Exists(deleted))
    return rows.select_for_update(skip_locked=True, of=("self",))


def put_to_rest(organization: int, projects: Collection[int], now: datetime.datetime) -> None:
    """Out of the way of the others in their lanes, until the sweep deletes them."""
    rows = Delivery.objects.due(now).filter(organization=organization, project__in=projects)
    numbers = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH]
    Delivery.objects.filter(pk__in=list(numbers)).update(due_at=now + REST)


def within_mail_limits(leased: Sequence[Delivery], now: datetime.datetime, shares: Shares) -> list[Delivery]:
    """Without the mails that are beyond the limit of their organization, which wait and hold no thread."""
    mails: dict[int, list[Delivery]] = {}
    for delivery in leased:
        if is_mail(delivery) and not refusal(delivery):
            mails.setdefault(delivery.organization_id, []).append(delivery)
    beyond: set[int] = set()
    for _, own in sorted(mails.items()):  # in one order for all workers, so that no two wait for each other
        for delivery in own[len(admitted(own, now)) :]:
            shares.drop(destination_of(delivery))
            beyond.add(delivery.pk)
    return [delivery for delivery in leased if delivery.pk not in beyond]


def add_bodies(leased: Sequence[Delivery]) -> None:
    """Each of the bodies once in memory, however many of the deliveries share it."""
    numbers = {delivery.shared_body_id for delivery in leased if delivery.shared_body_id}
    bodies = SharedBody.objects.in_bulk(numbers) if numbers else {}
    for delivery in leased:
        if delivery.shared_body_id:
            delivery.shared_body = bodies[delivery.shared_body_id]


def is_mail(delivery: Delivery) -> bool:
    return delivery.channel is None or delivery.channel.kind == Kind.EMAIL


def destination_of(delivery: Delivery) -> Destination | None:
    """What it shares its threads with; None for what is not sent at all."""
    return None if refusal(delivery) else destination_at(delivery.organization_id, delivery.channel)


def destination_at(organization: int, channel: Channel | None) -> Destination:
    """channel: None is the built-in mail."""
    transport = transports.transport_of(channel.kind if channel else Kind.EMAIL)
    return Destination(organization, channel.pk if channel else 0, transport.host_of(channel))


def refusal(delivery: Delivery) -> str:
    """Why a leased delivery must not be sent; empty where it may."""
    if delivery.channel is None and delivery.integration != BUILT_IN:
        return GONE
    if delivery.channel is not None and not delivery.channel.enabled:
        return DISABLED
    if delivery.attempt_count - delivery.attempts_before > ATTEMPTS:
        return CUT_OFF
    return ""
