"""Rows held until the transaction ends, so that what a verb has checked stays true until it has written."""

from typing import TypeVar

from django.db.models import Model
from django.shortcuts import get_object_or_404

from projects.models import Organization, Project

Row = TypeVar("Row", bound=Model)


def locked(row: Row) -> Row:
    """The row as it is now, locked; raises `Http404` where it is gone meanwhile.

    Of the lock's two strengths the weaker: rows that refer to this one can be written at the same time. SQLite's
    transactions are immediate and need no lock.
    """
    return get_object_or_404(type(row)._base_manager.select_for_update(no_key=True), pk=row.pk)


def locked_project(project: Project) -> Project:
    """Return the project, locked, so that it is not deleted before the transaction ends.

    Raises `Http404` if it, or its organization, is deleted meanwhile. A caller that locks both locks the organization
    first.
    """
    rows = Project.objects.select_related("organization").select_for_update(of=("self",), no_key=True)
    return get_object_or_404(rows, pk=project.pk, organization=project.organization_id, organization__deleted=None)


def locked_organization(organization: Organization) -> Organization:
    """The organization, locked: what concerns several of its people happens one after the other.

    Raises `Http404` where it is deleted meanwhile.
    """
    rows = Organization.objects.select_for_update(no_key=True)
    return get_object_or_404(rows, pk=organization.pk, deleted=None)
