"""What a key reaches: the tasks and projects of its organization, or of its one project. All else is a 404."""

import re

from django.http import Http404

from planning import rows
from planning.rows import Planned
from projects.models import Organization, Project
from projects.principals import Principal
from tasks.dialects import Condition

NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
INT64_MAX = 2**63 - 1
NOT_DELETED = Condition("deleted IS NULL", ())


def organization_of(principal: Principal) -> Organization:
    """A key's."""
    if principal.organization is None:
        raise Http404
    return principal.organization


def within(principal: Principal) -> list[Condition]:
    """The tasks that the key reaches, but for those that are deleted."""
    if principal.only_project is not None:
        return [Condition("project_id = %s", (principal.only_project.pk,)), NOT_DELETED]
    of_organization = "project_id IN (SELECT p.number FROM projects_project p WHERE p.organization_id = %s)"
    return [Condition(of_organization, (organization_of(principal).pk,)), NOT_DELETED]


def task_of(principal: Principal, text: str | int) -> Planned:
    """The task of that number; raises `Http404`."""
    number = number_of(text)
    found = rows.find([Condition("number = %s", (number,)), *within(principal)]) if number else None
    if found is None:
        raise Http404("Task not found.")
    return found


def project_of(principal: Principal, text: str | int) -> Project:
    """The project of that number; raises `Http404`."""
    number, only = number_of(text), principal.only_project
    if only is not None and only.pk == number:
        return only
    project = Project.objects.filter(organization=organization_of(principal), pk=number).first() if number else None
    if project is None or only is not None:
        raise Http404("Project not found.")
    project.organization = organization_of(principal)
    return project


def number_of(text: str | int) -> int | None:
    """None for what is no number of anything."""
    number = int(text) if NUMBER.fullmatch(str(text)) else 0
    return number if 0 < number <= INT64_MAX else None
