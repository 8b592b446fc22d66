"""Which tasks a caller of this dialect reaches: those of his key's project, or of all projects of its organization."""

from django.http import Http404

from planning import rows
from planning.rows import Planned
from projects.access import projects_of
from projects.models import Organization
from projects.principals import Principal
from tasks.dialects import Condition

INT64_MAX = 2**63 - 1
NOTHING = Condition("1 = 0", ())


def organization_of(principal: Principal) -> Organization:
    """A key's own."""
    assert principal.organization is not None  # noqa: S101 - keys alone are let in
    return principal.organization


def reachable(principal: Principal) -> list[int]:
    """The numbers of the projects within reach; one statement, none for a key of one project."""
    if principal.only_project is not None:
        return [principal.only_project.pk]
    return list(projects_of(principal, organization_of(principal).slug).values_list("pk", flat=True))


def tasks_of(projects: list[int]) -> list[Condition]:
    """What holds of the tasks of these projects that this dialect shows: those that it was not told to forget.

    The numbers stand in the text: an organization may have more of them than a statement has holes.
    """
    if not projects:
        return [NOTHING]
    return [Condition(f"project_id IN ({', '.join(map(str, projects))})", ()), Condition("deleted IS NULL", ())]


def find(principal: Principal, number: int) -> Planned:
    """The task of that number; raises `Http404` where there is none within reach."""
    if number > INT64_MAX:
        raise Http404
    found = rows.find([Condition("tasks_task.number = %s", (number,)), *tasks_of(reachable(principal))])
    if found is None:
        raise Http404
    return found
