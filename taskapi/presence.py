"""Whether we were there: a heartbeat in the database, by which a sweep knows what silence is a client's own.

While no worker runs, or none reaches the database, a client may report in vain. So after such a gap the silence of
everything is counted from our return (`back_since`). Any number of workers keep the one row; their clocks must agree
within `GAP`.
"""

import datetime
import logging

from taskapi.models import Presence

log = logging.getLogger(__name__)
PERIOD = datetime.timedelta(seconds=1)  # between two beats that are written
GAP = datetime.timedelta(seconds=10)  # without a beat: nobody was there
GAP_OF_CRON = datetime.timedelta(hours=1)  # where workers come and go: `manage.py worker --once`


def beat(now: datetime.datetime, gap: datetime.timedelta = GAP) -> datetime.datetime:
    """A worker is there, and reaches the database; returns since when there was one without a gap.

    Whoever is about to blame somebody for silence calls it first, in the same turn. The first of all is a return too:
    nobody is blamed for what was before.
    """
    row = Presence.objects.values_list("seen", "back_since").first()
    if row is None:
        Presence.objects.bulk_create([Presence(seen=now, back_since=now)], ignore_conflicts=True)
        return now
    seen, back_since = row
    if seen - GAP <= now < seen + PERIOD:
        return back_since
    if now > seen + gap:
        log.info("No worker was there from %s to %s: no silence before is held against anybody.", seen, now)
        back_since = now
    elif now < seen:
        log.warning("The clock went back from %s to %s, or those of two workers differ.", seen, now)
        back_since = min(back_since, now)
    if Presence.objects.filter(seen=seen).update(seen=now, back_since=back_since):
        return back_since
    return Presence.objects.get().back_since  # another worker has beaten this very moment
