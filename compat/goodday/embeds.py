"""`?embed=`: more of each task, at its top level, for a constant number of statements."""

from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from typing import Any

from django.db.models import F, QuerySet

from compat.field import Field
from compat.goodday.activity import activity_reports, last_activity_report
from compat.goodday.moments import in_utc
from compat.goodday.shown import Shown
from planning.amounts import money
from planning.custom_fields import definitions_of, shown
from planning.models import CustomField, ExtraCost, TimeReport
from tasks.embeds import Newest, newest_of
from tasks.models import StatusChange

# What shows rows of a task, by the name of `Related` under which they are read.
ROWS_OF: Mapping[str, str] = {
    **dict.fromkeys(("time_reports", "report_ids", "activity_reports"), "time_reports"),
    "status_history": "status_changes",
    "extra_cost": "extra_costs",
}


class Related:
    """What belongs to some tasks: each kind is read at most once, and not before it is asked for.

    each: how many rows of a task, the newest.
    """

    def __init__(self, tasks: Sequence[Shown], organization_id: int, each: int) -> None:
        self.numbers = [row.task.number for row in tasks]
        self.organization_id = organization_id
        self.each = each

    def newest(self, rows: "QuerySet[Any]") -> Newest:
        return newest_of(rows, self.numbers, self.each)

    @cached_property
    def time_reports(self) -> Newest:
        return self.newest(TimeReport.objects.all())

    @cached_property
    def extra_costs(self) -> Newest:
        return self.newest(ExtraCost.objects.all())

    @cached_property
    def status_changes(self) -> Newest:
        return self.newest(StatusChange.objects.annotate(key_creator=F("key__creator_id")))

    @cached_property
    def definitions(self) -> list[CustomField]:
        return definitions_of(self.organization_id)

    def cut(self, embed: str) -> Set[int]:
        """The tasks that have more of an embed than is shown."""
        newest: Newest | None = getattr(self, ROWS_OF[embed]) if embed in ROWS_OF else None
        return newest.cut if newest else frozenset()


def time_reports(task: Shown, related: Related) -> list[dict[str, Any]]:
    return [
        {
            "id": report.pk,
            "user_id": report.user_id,
            "date": report.date,
            "time": report.minutes,
            "billable": report.billable,
            "note": report.note,
        }
        for report in related.time_reports.rows[task.task.number]
    ]


def custom_fields(task: Shown, related: Related) -> list[dict[str, Any]]:
    return [
        {"id": field.pk, "name": field.name, "type": field.type, "value": value}
        for field, value in shown(task.plan.custom_fields, related.definitions)
    ]


def status(task: Shown, related: Related) -> dict[str, Any]:
    found = task.status
    return {"id": found.pk, "name": found.name, "order": found.order, "is_done": found.is_done}


def status_history(task: Shown, related: Related) -> list[dict[str, Any]]:
    return [
        {
            "from": change.old,
            "to": change.new,
            "changed_at": in_utc(change.at),
            "changed_by_employee_id": change.key_creator if change.user_id is None else change.user_id,
        }
        for change in related.status_changes.rows[task.task.number]
    ]


def extra_cost(task: Shown, related: Related) -> list[dict[str, Any]]:
    return [
        {
            "id": cost.pk,
            "name": cost.name,
            "amount": money(cost.amount),
            "currency": cost.currency,
            "date": cost.date,
        }
        for cost in related.extra_costs.rows[task.task.number]
    ]


EMBEDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("time_reports", "`time-reports` of the task", "`time` in minutes", time_reports),
        Field("custom_fields", "`plan.custom_fields`", "each one that the organization has", custom_fields),
        Field("status", "`plan.workflow_status`", "as `status_id`", status),
        Field("status_history", "`status_history` of the task", "lifecycle statuses", status_history),
        Field("extra_cost", "`extra-costs` of the task", "", extra_cost),
        Field(
            "report_ids",
            "`time-reports` of the task",
            "their ids",
            lambda task, related: [report.pk for report in related.time_reports.rows[task.task.number]],
        ),
        Field(
            "activity_reports",
            "`time-reports` of the task",
            "their totals by day and user",
            lambda task, related: activity_reports(related.time_reports.rows[task.task.number]),
        ),
        Field(
            "last_activity_report",
            "`time-reports` of the task",
            "the latest of those totals, or null",
            lambda task, related: last_activity_report(related.time_reports.rows[task.task.number]),
        ),
    )
}
