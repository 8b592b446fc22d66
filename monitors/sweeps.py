"""Sweeps of this room: runs that did not come, runs that take too long, and changes that were kept for long enough."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from monitors.models import Monitor, MonitorChange
from monitors.recording import MOVING, settle, watch_of
from monitors.states import pass_time

BATCH = 100  # monitors held at a time: one that checks in waits for no more than these


def sweep_monitors(now: datetime, limit: int, back_since: datetime | None = None) -> int:
    """Moves monitors that time has made late or down; returns how many were looked at, at most `limit`.

    back_since: when the server was back from its last absence; see `monitors.states.patient`.
    """
    done = 0
    while done < limit:
        asked = min(BATCH, limit - done)
        done += (found := sweep_batch(now, asked, back_since))
        if found < asked:
            break
    return done


def sweep_batch(now: datetime, limit: int, back_since: datetime | None) -> int:
    with transaction.atomic():
        # Another worker's are passed over, and a monitor that checked in meanwhile is not due any more.
        due = Monitor.objects.due(now).select_for_update(of=("self",), no_key=True, skip_locked=True)
        monitors = list(due[:limit])
        settled = [
            settle(monitor, pass_time(watch_of(monitor), now, back_since), now, back_since) for monitor in monitors
        ]
        Monitor.objects.bulk_update(monitors, MOVING)
        MonitorChange.objects.bulk_create([change for change in settled if change is not None])
    return len(monitors)


def purge_changes(now: datetime, limit: int) -> int:
    """Deletes at most `limit` changes that were told long ago, as deliveries are; returns how many."""
    before = now - timedelta(days=settings.TASKAPI_KEEP_DELIVERIES_DAYS)
    told = MonitorChange.objects.filter(announced=True, at__lt=before).order_by("id").values_list("pk", flat=True)
    with transaction.atomic():
        batch = list(told.select_for_update(skip_locked=True)[:limit])
        MonitorChange.objects.filter(pk__in=batch).delete()
    return len(batch)
