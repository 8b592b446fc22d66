"""Tasks with all that is told of them beside their own rows, for one statement each, however many tasks there are."""

from collections.abc import Mapping, Sequence
from typing import Any

from compat.projectbubble.reach import organization_of
from compat.projectbubble.wire import Shown, tasks_on_wire
from planning import work
from planning.assignments import assignees_of
from planning.people import People, people_of
from planning.rows import Planned
from projects.models import Project
from projects.principals import Principal

NOBODY = "0"


def on_wire(found: Sequence[Planned], principal: Principal) -> list[dict[str, Any]]:
    """Tasks that the caller reaches, as the dialect shows them: four statements, or none for no tasks."""
    if not found:
        return []
    numbers = [planned.task.number for planned in found]
    people = people_of(organization_of(principal))
    names = project_names({planned.task.project_id for planned in found})
    users = users_of(numbers, people)
    minutes = work.totals(numbers)
    owner = NOBODY if people.owner_id is None else str(people.owner_id)
    return tasks_on_wire(
        [
            Shown(
                planned,
                planned.task,
                planned.plan,
                names.get(planned.task.project_id, ""),
                minutes.get(planned.task.number),
                owner,
                users.get(planned.task.number, []),
            )
            for planned in found
        ]
    )


def project_names(numbers: set[int]) -> Mapping[int, str]:
    return dict(Project.objects.filter(pk__in=numbers).values_list("pk", "name"))


def users_of(numbers: Sequence[int], people: People) -> Mapping[int, list[dict[str, str]]]:
    """The assignees of tasks, in the order in which they were named. Teams are no people: the samples show none."""
    shown = {
        membership: {"user_id": str(user_id), "user_name": people.names[membership]}
        for membership, user_id in people.user_ids.items()
    }
    return {
        number: [shown[membership] for membership in memberships if membership in shown]
        for number, memberships in assignees_of(numbers).items()
    }
