"""`?embed=plan,time_reports,rollup`: the planned side of tasks in the same answer, for a constant number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from planning import rows
from planning.models import TimeReport
from planning.plan_wire import plans_on_wire
from planning.rollups import rollups_of
from planning.wire import report_on_wire
from projects.models import Project
from tasks.embeds import Loader
from tasks.row import TaskRow
from tasks.statements import is_one_of


def plan(tasks: Sequence[TaskRow], project: Project) -> Mapping[Any, dict[str, Any]]:
    """Always an object: of a task that was never planned, the defaults."""
    found = rows.select([is_one_of("number", [task.number for task in tasks])])
    shown = plans_on_wire(found, project)
    return {row.task.public_id: body for row, body in zip(found, shown, strict=True)}


def time_reports(tasks: Sequence[TaskRow], project: Project) -> Mapping[Any, list[dict[str, Any]]]:
    ids = {task.number: task.public_id for task in tasks}
    grouped = defaultdict(list)
    for report in TimeReport.objects.filter(task__in=ids):
        public_id = ids[report.task_id]
        grouped[public_id].append(report_on_wire(report, public_id))
    return grouped


def rollup(tasks: Sequence[TaskRow], project: Project) -> Mapping[Any, dict[str, Any]]:
    found = rollups_of(tasks)
    return {task.public_id: found[task.number] for task in tasks}


EMBEDS: Mapping[str, Loader] = {"plan": plan, "time_reports": time_reports, "rollup": rollup}
