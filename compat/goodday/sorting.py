"""`sort=field,-field`: every sorting of the document, as SQL."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError

from planning.expressions import (
    PROJECT_NAME,
    WORKFLOW_DONE,
    WORKFLOW_ORDER,
    WORKFLOW_STATUS,
    Expressions,
    expressions,
    user_of,
)
from planning.models.plan import DEFAULT_PRIORITY
from planning.rows import PARENT_NUMBER
from taskapi.rest.params import listed

NUMBER = "tasks_task.number"  # ends every order: by it no two tasks are alike


class Sorting(NamedTuple):
    """sql: what is sorted by. may_be_null: whether some tasks have nothing there; they come last either way."""

    sql: Callable[[Expressions], str]
    may_be_null: bool = False


def always(sql: str) -> Sorting:
    return Sorting(lambda _: sql)


def perhaps(sql: str) -> Sorting:
    return Sorting(lambda _: sql, may_be_null=True)


def text(sql: str, *, may_be_null: bool = False) -> Sorting:
    """By code points: capitals before small letters, on every database."""
    return Sorting(lambda own: f"{sql}{own.collate}", may_be_null)


SORTINGS: Mapping[str, Sorting] = {
    "id": always(NUMBER),
    "name": text("name"),
    "project_id": always("project_id"),
    "goodday_id": text("NULLIF(goodday_id, '')", may_be_null=True),
    "parent_id": perhaps(PARENT_NUMBER),
    "status_id": always(WORKFLOW_STATUS),
    "description": text("NULLIF(description, '')", may_be_null=True),
    "created_by_employee_id": perhaps("creator_id"),
    "action_required_by_employee_id": perhaps(user_of("action_required_id")),
    "start_date": perhaps("start_date"),
    "end_date": perhaps("end_date"),
    "deadline_date": perhaps("deadline_date"),
    "billable": always("COALESCE(billable, true)"),
    "priority": always(f"COALESCE(priority, {DEFAULT_PRIORITY})"),
    "estimate": perhaps("estimated_minutes"),
    "progress": Sorting(lambda own: own.progress, may_be_null=True),
    "custom_fields": text("COALESCE(custom_fields, '{}')"),
    "closed_at": perhaps("end_time"),
    "goodday_created_at": perhaps("goodday_created_at"),
    "created_at": always("created"),
    "updated_at": Sorting(lambda own: own.updated),
    "is_done": always(WORKFLOW_DONE),
    "status_order": always(WORKFLOW_ORDER),
    "last_activity": Sorting(lambda own: own.last_activity),
    "project_name": text(PROJECT_NAME),
}


def order_of(wanted: str) -> str:
    """The SQL of an ORDER BY for `field,-field`; raises Django's `ValidationError` for a field that is none."""
    keys: dict[str, str] = {}
    for key in listed(wanted):
        name, direction = key.removeprefix("-"), " DESC" if key.startswith("-") else ""
        if name not in SORTINGS:
            raise ValidationError(f"There is no sorting “{name}”.", code="unknown")
        if name in keys:
            raise ValidationError(f"“{name}” is given twice.", code="invalid")
        sorting = SORTINGS[name]
        nulls = " NULLS LAST" if sorting.may_be_null else ""
        keys[name] = f"{sorting.sql(expressions())}{direction}{nulls}"
    return ", ".join([*keys.values(), NUMBER])
