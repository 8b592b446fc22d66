"""`?embed=plan,time_reports,rollup`: the planned side of tasks in the same answer, for a constant number of queries."""

from collections.abc import Mapping, Sequence

from planning import rows
from planning.models import TimeReport
from planning.plan_wire import plans_on_wire
from planning.rollups import rollups_of
from planning.wire import report_on_wire
from projects.models import Project
from tasks.embeds import Embedded, Loader, embedded
from tasks.row import TaskRow
from tasks.statements import is_one_of


def plan(tasks: Sequence[TaskRow], project: Project, each: int) -> Embedded:
    """Always an object: of a task that was never planned, the defaults."""
    found = rows.select([is_one_of("number", [task.number for task in tasks])])
    shown = plans_on_wire(found, project)
    return Embedded({row.task.public_id: body for row, body in zip(found, shown, strict=True)})


def time_reports(tasks: Sequence[TaskRow], project: Project, each: int) -> Embedded:
    return embedded(TimeReport.objects.all(), tasks, each, report_on_wire)


def rollup(tasks: Sequence[TaskRow], project: Project, each: int) -> Embedded:
    found = rollups_of(tasks)
    return Embedded({task.public_id: found[task.number] for task in tasks})


EMBEDS: Mapping[str, Loader] = {"plan": plan, "time_reports": time_reports, "rollup": rollup}
