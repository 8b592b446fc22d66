"""Monitors as the API shows them."""

from typing import Any

import orjson
from django.conf import settings

from monitors.models import Monitor


def monitor_on_wire(monitor: Monitor) -> dict[str, Any]:
    """Return a monitor as messages carry it, without a way to ping it. Asks the database for nothing."""
    return {
        "id": monitor.pk,
        "name": monitor.name,
        "interval": monitor.interval,
        "cron": monitor.cron or None,
        "timezone": monitor.timezone,
        "start_grace": monitor.late_after,
        "grace": monitor.grace,
        "max_runtime": monitor.max_runtime,
        "enabled": monitor.enabled,
        "status": str(monitor.status),
        "last_check_in": monitor.last_check_in,
        "next_due": monitor.next_due,
    }


def ping_url_of(monitor: Monitor) -> str:
    return f"{settings.BASE_URL}/ping/{monitor.pk}"


def monitor_as_json(monitor: Monitor) -> str:
    return orjson.dumps(monitor_on_wire(monitor), option=orjson.OPT_UTC_Z).decode()
