"""The planned side of a task, with people by their names: its plan, time and money spent, and what that comes to."""

from dataclasses import dataclass
from typing import Any

from dashboard.task_history import names_of_members
from planning.amounts import money
from planning.models import ExtraCost, TimeReport
from planning.plan_wire import plans_on_wire
from planning.rollups import rollups_of
from planning.rows import Planned
from projects.models import Organization, Project, Team

SHOWN = 50  # time reports and costs, the newest of each


@dataclass(frozen=True, slots=True)
class Report:
    who: str
    report: TimeReport


@dataclass(frozen=True)
class PlannedSide:
    """plan: as the API shows it, None where there is none. people: names by user id. rollup: with its children."""

    plan: dict[str, Any] | None
    assignees: list[str]
    teams: list[str]
    responsible: str
    reports: list[Report]
    costs: list[dict[str, Any]]
    rollup: dict[str, Any] | None

    @property
    def is_there(self) -> bool:
        return bool(self.plan or self.reports or self.costs)


def planned_side(planned: Planned, project: Project, organization: Organization, *, has_children: bool) -> PlannedSide:
    """A constant number of statements: three where nothing was ever planned."""
    number = planned.task.number
    has_plan = planned.plan.plan_updated is not None
    plan = plans_on_wire([planned], project)[0] if has_plan else None
    reports = list(TimeReport.objects.filter(task=number).order_by("-date", "-id")[:SHOWN])
    costs = list(ExtraCost.objects.filter(task=number).order_by("-date", "-id")[:SHOWN])
    named = {report.user_id for report in reports}
    if plan:
        named |= {*plan["assignees"], *filter(None, [plan["responsible"]])}
    people = names_of_members(organization, named) if named else {}
    is_summed = plan or reports or costs or has_children
    return PlannedSide(
        plan=plan,
        assignees=[people.get(user_id, "somebody who has left") for user_id in plan["assignees"]] if plan else [],
        teams=list(Team.objects.filter(organization=organization, pk__in=plan["teams"]).values_list("name", flat=True))
        if plan and plan["teams"]
        else [],
        responsible=people.get(plan["responsible"], "") if plan else "",
        reports=[Report(people.get(report.user_id, "somebody who has left"), report) for report in reports],
        costs=[{"cost": cost, "amount": money(cost.amount)} for cost in costs],
        rollup=rollups_of([planned.task])[number] if is_summed else None,
    )
