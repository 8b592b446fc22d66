"""`?embed=`: more of each task, at its top level, for a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from compat.field import Field
from compat.goodday.activity import activity_reports, last_activity_report
from compat.goodday.moments import in_utc
from compat.goodday.shown import Shown
from planning.amounts import money
from planning.custom_fields import definitions_of, shown
from planning.models import CustomField, ExtraCost, TimeReport
from tasks.models import StatusChange

Row = TypeVar("Row")


class Change(NamedTuple):
    """A change of status. key_creator: who made the key that it was done with."""

    old: str
    new: str
    at: Any
    user: int | None
    key_creator: int | None


class Related:
    """What belongs to some tasks: each kind is read at most once, and not before it is asked for."""

    def __init__(self, tasks: Sequence[Shown], organization_id: int) -> None:
        self.numbers = [row.task.number for row in tasks]
        self.organization_id = organization_id

    @cached_property
    def time_reports(self) -> Mapping[int, list[TimeReport]]:
        found = TimeReport.objects.filter(task__in=self.numbers).order_by("pk")
        return by_task((report.task_id, report) for report in found)

    @cached_property
    def extra_costs(self) -> Mapping[int, list[ExtraCost]]:
        found = ExtraCost.objects.filter(task__in=self.numbers).order_by("pk")
        return by_task((cost.task_id, cost) for cost in found)

    @cached_property
    def status_changes(self) -> Mapping[int, list[Change]]:
        found = StatusChange.objects.filter(task__in=self.numbers).order_by("pk")
        rows = found.values_list("task_id", "old", "new", "at", "user_id", "key__creator_id")
        return by_task((number, Change._make(values)) for number, *values in rows)

    @cached_property
    def definitions(self) -> list[CustomField]:
        return definitions_of(self.organization_id)


def by_task(rows: Iterable[tuple[int, Row]]) -> Mapping[int, list[Row]]:
    grouped: defaultdict[int, list[Row]] = defaultdict(list)
    for number, row in rows:
        grouped[number].append(row)
    return grouped


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
        for report in related.time_reports[task.task.number]
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
            "changed_by_employee_id": change.key_creator if change.user is None else change.user,
        }
        for change in related.status_changes[task.task.number]
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
        for cost in related.extra_costs[task.task.number]
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
            lambda task, related: [report.pk for report in related.time_reports[task.task.number]],
        ),
        Field(
            "activity_reports",
            "`time-reports` of the task",
            "their totals by day and user",
            lambda task, related: activity_reports(related.time_reports[task.task.number]),
        ),
        Field(
            "last_activity_report",
            "`time-reports` of the task",
            "the latest of those totals, or null",
            lambda task, related: last_activity_report(related.time_reports[task.task.number]),
        ),
    )
}
