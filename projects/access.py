"""The only way from a request to an organization or a project; what is out of the caller's reach does not exist."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request

from projects.models import Organization, Project
from projects.principals import Principal


def principal_of(request: Request) -> Principal:
    """Whoever an authenticated request acts for."""
    return cast(Principal, request.auth)


def organization_for(principal: Principal, slug: str) -> Organization:
    """The organization of a path; raises `Http404` where it is not the caller's."""
    if principal.organization is None or principal.organization.slug != slug:
        raise Http404
    return principal.organization


def project_for(principal: Principal, org: str, slug: str) -> Project:
    """The project of a path; raises `Http404` where it is missing or out of the caller's reach."""
    organization_for(principal, org)
    if principal.project is None or principal.project.slug != slug:
        raise Http404
    return principal.project


def governed_organization_for(principal: Principal, slug: str) -> Organization:
    """The organization of a path, for what concerns all of it.

    Raises `Http404` where it is not the caller's, `PermissionDenied` (403) for a key that reaches one project alone.
    """
    organization = organization_for(principal, slug)
    if principal.only_project is not None:
        raise PermissionDenied("A project key reaches its project alone.")
    return organization


def organizations_of(principal: Principal) -> QuerySet[Organization]:
    """All organizations within reach: a key's own, or those that a person is a member of."""
    if principal.user_id is None:
        return Organization.objects.filter(api_keys=principal.key_id)
    return Organization.objects.filter(memberships__user=principal.user_id)


def projects_of(principal: Principal, org: str) -> QuerySet[Project]:
    """The projects within reach in the organization of a path; raises `Http404` where that is not the caller's."""
    projects = Project.objects.filter(organization=organization_for(principal, org))
    return projects.filter(pk=principal.only_project.pk) if principal.only_project else projects
