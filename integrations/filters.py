"""The parameters of the list of deliveries, by `taskapi.rest.params`; each becomes a condition of the query."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.http import QueryDict

from integrations.models import Delivery, DeliveryStatus
from projects.models import Organization
from taskapi.rest.params import as_moment, as_uuid, bad_value, conditions_of

REPEATABLE = frozenset({"status"})
Filter = Callable[[list[str]], Q]


def by_status(values: list[str]) -> Q:
    for value in values:
        if value not in DeliveryStatus.values:
            raise bad_value(f"“{value}” is no status of a delivery.")
    return Q(status__in=sorted(set(values)))


def by_text(column: str) -> Filter:
    return lambda values: Q(**{column: values[0]})


def by_id(column: str) -> Filter:
    return lambda values: Q(**{column: as_uuid(values[0])})


def by_moment(operator: str) -> Filter:
    return lambda values: Q(**{f"created__{operator}": as_moment(values[0], end_of_day=operator == "lte")})


# And `project`, whose slug says something only together with the organization.
FILTERS: Mapping[str, Filter] = {
    "status": by_status,
    "integration": by_text("integration"),
    "task": by_id("task_id"),
    "monitor": by_id("monitor_id"),
    "point": by_text("point"),
    "created_after": by_moment("gte"),
    "created_before": by_moment("lte"),
}


def by_project_of(organization: Organization) -> Filter:
    """Costs a query of its own: a database that knows the project reads the list along that column's index."""
    return lambda values: Q(project__in=list(organization.projects.filter(slug=values[0]).values_list("pk", flat=True)))


class Selection(NamedTuple):
    """Deliveries page by page: what `taskapi.rest.pages` asks."""

    rows: "QuerySet[Delivery]"

    def newest(self, limit: int, before: int | None = None) -> list[Delivery]:
        rows = self.rows if before is None else self.rows.filter(number__lt=before)
        return list(rows.order_by("-number")[:limit])

    def next_newer(self, limit: int, after: int) -> list[Delivery]:
        return list(self.rows.filter(number__gt=after).order_by("number")[:limit])[::-1]


def selected(rows: "QuerySet[Delivery]", organization: Organization, params: QueryDict) -> Selection:
    """Those of an organization's deliveries that the parameters ask for; raises as `conditions_of` does."""
    filters = {**FILTERS, "project": by_project_of(organization)}
    return Selection(rows.filter(*conditions_of(params, filters, repeatable=REPEATABLE)))
