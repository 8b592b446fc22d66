"""A sweep of the deliveries that were kept for long enough."""

import datetime
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from integrations.models import Delivery, SharedBody


def purge_delivered(now: datetime.datetime, limit: int) -> int:
    """Deletes at most `limit` deliveries that ended long ago, well or badly, with their attempts; returns how many."""
    before = now - datetime.timedelta(days=settings.TASKAPI_KEEP_DELIVERIES_DAYS)
    ended = Delivery.objects.filter(finished__lt=before).order_by("finished").values_list("pk", flat=True)
    with transaction.atomic():
        # Locked: nobody has one delivered anew meanwhile, and another worker takes others.
        batch = list(ended.select_for_update(skip_locked=True)[:limit])
        deliveries = Delivery.objects.filter(pk__in=batch)
        shared = set(deliveries.exclude(shared_body=None).values_list("shared_body_id", flat=True))
        deliveries.delete()
        purge_shared(shared)
    return len(batch)


def purge_shared(numbers: Collection[int]) -> None:
    """Deletes those of the shared bodies that have no delivery left."""
    if not numbers:
        return
    # Locked, in one order for all: of two workers that delete the last deliveries of a body, the second sees that.
    held = list(
        SharedBody.objects.filter(pk__in=numbers).order_by("pk").select_for_update().values_list("pk", flat=True)
    )
    left = Delivery.objects.filter(shared_body=OuterRef("pk"))
    SharedBody.objects.filter(~Exists(left), pk__in=held).delete()
