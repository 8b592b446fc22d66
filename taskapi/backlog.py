"""How far behind the worker is, for Prometheus: asked of the database at each scrape."""

from collections.abc import Iterator

from django.apps import apps
from django.db import DatabaseError, InterfaceError
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


class Backlog(Collector):
    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        # Looked up here: who imports this module may not have set Django up.
        due = apps.get_model("integrations", "Delivery").objects.due(now).order_by()
        found = due.aggregate(count=Count("pk"), first=Min("due_at"))
        first = found["first"] or now
        yield GaugeMetricFamily(
            "taskapi_deliveries_due",
            "Messages that should be sent by now, and are not.",
            value=found["count"],
        )
        yield GaugeMetricFamily(
            "taskapi_deliveries_late_seconds",
            "For how long the first of them has been due.",
            value=(now - first).total_seconds(),
        )


def exposition() -> bytes:
    """In Prometheus' text format; nothing while the database is away."""
    registry = CollectorRegistry()
    try:
        registry.register(Backlog())
        return generate_latest(registry)
    except (DatabaseError, InterfaceError):
        return b""
