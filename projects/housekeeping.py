"""A sweep of what has expired."""

import datetime

from django.contrib.sessions.models import Session


def clear_sessions(now: datetime.datetime, limit: int) -> int:
    """Deletes expired browser sessions, at most `limit`; returns how many."""
    expired = Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)[:limit]
    deleted, _ = Session.objects.filter(pk__in=list(expired)).delete()
    return deleted
