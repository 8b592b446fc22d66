"""A sweep of the deliveries that were kept for long enough."""

import datetime

from django.conf import settings
from django.db import transaction

from integrations.models import Delivery


def purge_delivered(now: datetime.datetime, limit: int) -> int:
    """Deletes at most `limit` deliveries that ended long ago, well or badly, with their attempts; returns how many."""
    before = now - datetime.timedelta(days=settings.TASKAPI_KEEP_DELIVERIES_DAYS)
    ended = Delivery.objects.filter(finished__lt=before).order_by("finished").values_list("pk", flat=True)
    with transaction.atomic():
        # Locked: nobody has one delivered anew meanwhile, and another worker takes others.
        batch = list(ended.select_for_update(skip_locked=True)[:limit])
        Delivery.objects.filter(pk__in=batch).delete()
    return len(batch)
