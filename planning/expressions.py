"""What lists of planned work sort and filter by that is no column: SQL over `planning.rows.JOINED`."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from django.db import connection

from taskapi.sqlite.base import DIGITS
from tasks.dialects import Condition

COMPLETED = "COALESCE(date_completed, CASE WHEN status = 'success' THEN end_time END)"
# The chosen one while it stands for the status that the task has, else the first that does.
WORKFLOW_STATUS = (
    "COALESCE((SELECT w.id FROM planning_workflowstatus w WHERE w.id = workflow_status_id "
    "AND w.status = tasks_task.status), "
    "(SELECT w.id FROM planning_workflowstatus w WHERE w.project_id = tasks_task.project_id "
    'AND w.status = tasks_task.status ORDER BY w."order", w.id LIMIT 1))'
)
WORKFLOW_ORDER = f'(SELECT chosen."order" FROM planning_workflowstatus chosen WHERE chosen.id = {WORKFLOW_STATUS})'
WORKFLOW_DONE = f"(SELECT chosen.is_done FROM planning_workflowstatus chosen WHERE chosen.id = {WORKFLOW_STATUS})"
PROJECT_NAME = "(SELECT p.name FROM projects_project p WHERE p.number = project_id)"
LAST_STATUS_CHANGE = "(SELECT max(h.at) FROM tasks_statuschange h WHERE h.task_id = tasks_task.number)"
LAST_TIME_REPORT = "(SELECT max(r.created) FROM planning_timereport r WHERE r.task_id = tasks_task.number)"


class Expressions(NamedTuple):
    """Where the two databases differ.

    progress: own percent, or for want of a value the children's; a number on PostgreSQL, text that sorts alike on
    SQLite. children_percent: the latter alone, as a number. collate: what has text sorted by code points.
    """

    progress: str
    no_progress: str
    children_percent: str
    progress_is: Callable[[int], Condition]
    updated: str
    last_activity: str
    collate: str


def user_of(membership: str) -> str:
    """The user behind a column that names a membership."""
    return f"(SELECT m.user_id FROM projects_membership m WHERE m.id = {membership})"


def of_children(percent: str, divided: str) -> str:
    """The mean over a task's children; one that succeeded counts as done, one that was cancelled not at all."""
    each = f"CASE WHEN child.status = 'success' THEN 100 ELSE {percent} END"
    return (
        f"(SELECT {divided.format(f'sum({each})', 'count(*)')} FROM tasks_task child "
        "WHERE child.parent_id = tasks_task.public_id AND child.status <> 'cancelled' AND NOT EXISTS (SELECT 1 "
        "FROM planning_plan gone WHERE gone.task_id = child.number AND gone.deleted IS NOT NULL) "
        "GROUP BY child.parent_id)"
    )


def of_postgresql() -> Expressions:
    own = "CASE WHEN {0}value_max > 0 THEN div(100::numeric * {0}value, {0}value_max) END"
    children = of_children(f"LEAST(100, COALESCE({own.format('child.')}, 0))", "div({}, {})")
    progress = f"(CASE WHEN value IS NULL THEN {children} ELSE {own.format('')} END)"
    return Expressions(
        progress=progress,
        no_progress="0",
        children_percent=f"(CASE WHEN value IS NULL THEN {children}::int END)",
        progress_is=lambda percent: Condition(f"{progress} = %s::numeric", (str(percent),)),
        updated="GREATEST(updated, plan_updated)",
        last_activity=f"GREATEST(updated, plan_updated, {LAST_STATUS_CHANGE}, {LAST_TIME_REPORT})",
        collate=' COLLATE "C"',
    )


def of_sqlite() -> Expressions:
    hundred = f"'{100:0{DIGITS}}'"
    of_child = f"CAST(COALESCE(min({hundred}, taskapi_percent(child.value, child.value_max)), '0') AS INTEGER)"
    children = of_children(of_child, f"printf('%%0{DIGITS}d', {{}} / {{}})")
    progress = f"(CASE WHEN value IS NULL THEN {children} ELSE taskapi_percent(value, value_max) END)"
    return Expressions(
        progress=progress,
        no_progress=f"'{0:0{DIGITS}}'",
        children_percent=f"(CASE WHEN value IS NULL THEN {of_children(of_child, '{} / {}')} END)",
        progress_is=lambda percent: Condition(f"{progress} = %s", (f"{percent:0{DIGITS}}",)),
        updated="max(updated, COALESCE(plan_updated, updated))",
        last_activity=(
            "max(updated, COALESCE(plan_updated, updated), "
            f"COALESCE({LAST_STATUS_CHANGE}, updated), COALESCE({LAST_TIME_REPORT}, updated))"
        ),
        collate="",
    )


@cache
def expressions() -> Expressions:
    return of_postgresql() if connection.vendor == "postgresql" else of_sqlite()
