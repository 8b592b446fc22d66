"""The planned side of a task, with people by their names: its plan, time and money spent, and what that comes to."""

from dataclasses import dataclass
from typing import Any

from dashboard.task_custom_fields import in_words, values_of
from dashboard.task_history import names_of_members
from planning.amounts import money
from planning.custom_fields import definitions_of
from planning.models import CustomField, ExtraCost, Recurrence, TimeReport, WorkflowStatus
from planning.models.custom_field import FieldType
from planning.plan_wire import plans_on_wire
from planning.rollups import rollups_of
from planning.rows import Planned
from projects.models import Organization, Project, Team

GONE = "somebody who has left"
SHOWN = 50  # time reports and costs, the newest of each


@dataclass(frozen=True, slots=True)
class Report:
    who: str
    report: TimeReport


@dataclass(frozen=True)
class PlannedSide:
    """plan: as the API shows it, None where there is none. rollup: with its children.

    custom: the name and the value, in words, of each custom field that has one. is_cut: there is more of either.
    """

    plan: dict[str, Any] | None
    assignees: list[str]
    teams: list[str]
    responsible: str
    workflow: str
    recurrence: str
    custom: list[tuple[str, str]]
    reports: list[Report]
    costs: list[dict[str, Any]]
    is_cut: bool
    rollup: dict[str, Any] | None

    @property
    def is_there(self) -> bool:
        sums = self.rollup or {}
        counted = ("estimated_minutes", "tracked_minutes", "extra_costs")
        return bool(self.plan or self.reports or self.costs or any(sums.get(name) for name in counted))


def planned_side(planned: Planned, project: Project, organization: Organization, *, has_children: bool) -> PlannedSide:
    """A constant number of statements: three where nothing was ever planned."""
    number = planned.task.number
    has_plan = planned.plan.plan_updated is not None
    plan = plans_on_wire([planned], project)[0] if has_plan else None
    reports = list(TimeReport.objects.filter(task=number).order_by("-date", "-id")[: SHOWN + 1])
    costs = list(ExtraCost.objects.filter(task=number).order_by("-date", "-id")[: SHOWN + 1])
    custom = custom_of(planned, organization)
    named = {report.user_id for report in reports}
    named |= {value for field, value in custom if field.type == FieldType.PERSON}
    if plan:
        named |= {*plan["assignees"], *filter(None, [plan["responsible"]])}
    people = names_of_members(organization, named) if named else {}
    is_summed = plan or reports or costs or has_children
    return PlannedSide(
        plan=plan,
        assignees=[people.get(user_id, GONE) for user_id in plan["assignees"]] if plan else [],
        teams=list(Team.objects.filter(organization=organization, pk__in=plan["teams"]).values_list("name", flat=True))
        if plan and plan["teams"]
        else [],
        responsible=people.get(plan["responsible"], "") if plan else "",
        workflow=workflow_of(project, planned),
        recurrence=Recurrence(plan["recurrence"]).label if plan and plan["recurrence"] else "",
        custom=[(field.name, in_words(field, value, people)) for field, value in custom],
        reports=[Report(people.get(report.user_id, GONE), report) for report in reports[:SHOWN]],
        costs=[{"cost": cost, "amount": money(cost.amount)} for cost in costs[:SHOWN]],
        is_cut=max(len(reports), len(costs)) > SHOWN,
        rollup=rollups_of([planned.task])[number] if is_summed else None,
    )


def custom_of(planned: Planned, organization: Organization) -> list[tuple[CustomField, Any]]:
    """One statement, none where no custom field was ever filled in."""
    values = values_of(planned.plan.custom_fields)
    definitions = definitions_of(organization) if values else []
    return [(field, values[str(field.pk)]) for field in definitions if str(field.pk) in values]


def workflow_of(project: Project, planned: Planned) -> str:
    """The name of the workflow status that was chosen, while it stands for the status that the task has."""
    chosen = planned.plan.workflow_status_id
    if chosen is None:
        return ""
    own = WorkflowStatus.objects.filter(project=project, pk=chosen, status=planned.task.status)
    return own.values_list("name", flat=True).first() or ""
