"""A task with what its own rows do not tell: who is assigned, and what its project calls its status."""

from collections.abc import Sequence
from typing import NamedTuple

from planning.assignments import assignees_of
from planning.models import WorkflowStatus
from planning.people import People
from planning.rows import Planned, PlanRow
from planning.workflow import Workflow
from tasks.row import TaskRow


class Shown(NamedTuple):
    """`assignee`, `action_required`: ids of users."""

    planned: Planned
    task: TaskRow
    plan: PlanRow
    status: WorkflowStatus
    assignee: int | None
    action_required: int | None


def shown_of(tasks: Sequence[Planned], people: People, workflow: Workflow) -> list[Shown]:
    """One statement, none where no task has a plan."""
    assignees = assignees_of([task.task.number for task in tasks if task.plan.plan_updated is not None])
    status_of, user_id = workflow.status_of, people.user_id
    return [
        Shown(
            planned,
            planned.task,
            planned.plan,
            status_of(planned),
            user_id(next(iter(assignees.get(planned.task.number, ())), None)),
            user_id(planned.plan.action_required_id),
        )
        for planned in tasks
    ]
