"""Time and money spent on tasks: reports, costs, and the total that a correcting report sets."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.shortcuts import get_object_or_404

from planning.models import ExtraCost, TimeReport
from planning.people import memberships_of
from projects.locks import locked
from projects.models import User
from tasks.models import Task
from tasks.statements import is_numbered

Fields = Mapping[str, Any]
Row = TypeVar("Row", TimeReport, ExtraCost)

MINUTES_MAX = 2**31 - 1  # of one report


def add_report(task_number: int, fields: Fields, *, organization_id: int, now: datetime.datetime) -> TimeReport:
    """Somebody's time: `user` (an id), `date`, `minutes`, and perhaps `billable` and `note`.

    Raises `ValidationError` on `user` for who is no member, `Http404` where the task is gone.
    """
    with transaction.atomic():
        hold(task_number)
        columns = report_columns(fields, organization_id)
        return TimeReport.objects.create(task_id=task_number, created=now, **columns)


def change_report(report: TimeReport, fields: Fields, *, organization_id: int) -> TimeReport:
    """The report after a change of the named fields; raises as `add_report` does, and where the report is gone."""
    with transaction.atomic():
        report = locked(report)
        return set_columns(report, report_columns(fields, organization_id))


def delete_report(report: TimeReport) -> None:
    """Raises `Http404` where it is gone already."""
    with transaction.atomic():
        locked(report).delete()


def set_total(task_number: int, minutes: int, *, user: User | None, billable: bool, now: datetime.datetime) -> None:
    """Brings the tracked time of a task to so many minutes, by one report of the difference on the day of `now` (UTC).

    user: whose time the difference is. Two who set it at once set it one after the other. Raises `Http404` where the
    task is gone, `ValidationError` on `minutes` where there is nobody, or more than one report can hold.
    """
    with transaction.atomic():
        hold(task_number)
        tracked, own = totals([task_number]).get(task_number, (0, 0))
        difference = minutes - tracked
        if abs(difference) > MINUTES_MAX:
            text = f"The total can change by {MINUTES_MAX} minutes at most."
            raise ValidationError({"minutes": ValidationError(text, "max_value")})
        if difference:
            if user is None:
                raise ValidationError({"minutes": ValidationError("There is nobody who could report time.", "no_user")})
            TimeReport.objects.create(
                task_id=task_number,
                user=user,
                date=now.astimezone(datetime.UTC).date(),
                minutes=difference,
                billable=billable and own + difference >= 0,  # nobody takes away what was never billable
                created=now,
            )


def totals(task_numbers: Collection[int]) -> dict[int, tuple[int, int]]:
    """One statement: the minutes that were tracked, and those of them that are billable, of each task that has any."""
    if not task_numbers:
        return {}
    of_tasks = is_numbered("task_id", task_numbers)
    billable = "sum(CASE WHEN billable THEN minutes ELSE 0 END)"
    sql = f"SELECT task_id, sum(minutes), {billable} FROM planning_timereport WHERE {of_tasks.sql} GROUP BY task_id"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {number: (tracked, own) for number, tracked, own in cursor.fetchall()}


def add_cost(task_number: int, fields: Fields, *, now: datetime.datetime) -> ExtraCost:
    """Money beside time: `name`, `amount`, `currency`, `date`; raises `Http404` where the task is gone."""
    with transaction.atomic():
        hold(task_number)
        return ExtraCost.objects.create(task_id=task_number, created=now, **fields)


def change_cost(cost: ExtraCost, fields: Fields) -> ExtraCost:
    """The cost after a change of the named fields; raises `Http404` where it is gone."""
    with transaction.atomic():
        return set_columns(locked(cost), fields)


def delete_cost(cost: ExtraCost) -> None:
    """Raises `Http404` where it is gone already."""
    with transaction.atomic():
        locked(cost).delete()


def hold(task_number: int) -> None:
    """Lock the task, so that it is not deleted before what belongs to it is written.

    Raises `Http404` where it, its project or its organization is deleted.
    """
    tasks = Task.objects.filter(project__organization__deleted=None)
    get_object_or_404(tasks.select_for_update(of=("self",), no_key=True), pk=task_number)


def report_columns(fields: Fields, organization_id: int) -> dict[str, Any]:
    columns = dict(fields)
    if "user" in columns:
        columns["user_id"] = columns.pop("user")
        memberships_of(organization_id, "user", [columns["user_id"]])
    return columns


def set_columns(row: Row, columns: Fields) -> Row:
    for name, value in columns.items():
        setattr(row, name, value)
    if columns:
        row.save(update_fields=list(columns))
    return row
