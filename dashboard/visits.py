"""The only way from a page's path to its organization: who looks, where, and what he may do there."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from projects.models import Membership, Organization, Project
from projects.models.organization import SLUG
from projects.principals import Principal
from projects.scopes import SCOPES_OF_ROLE, Role, Scope


@dataclass
class Visit:
    """One member's look at a page of his organization.

    organizations: all that he is a member of. projects: those of this one. project: the one that `?project=` names, or
    None: all of them.
    """

    request: HttpRequest
    membership: Membership
    organization: Organization
    organizations: list[Organization]
    projects: list[Project]
    project: Project | None
    principal: Principal
    context: dict[str, Any] = field(default_factory=dict)

    def may(self, scope: Scope) -> bool:
        return self.principal.may(scope)

    @property
    def may_administer(self) -> bool:
        return self.may(Scope.ADMIN)

    @property
    def may_write(self) -> bool:
        return self.may(Scope.UPDATE_TASKS)

    def render(self, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
        """The page: `visit` is known to every template, and `person` to the bar."""
        shown = {"visit": self, "person": self.request.user, "organization": self.organization, **context}
        return render(self.request, template, shown, status=status)


Page = Callable[..., HttpResponse]


def page(needs: Scope = Scope.READ_TASKS) -> Callable[[Page], Page]:
    """Decorates a view `(visit, **path)` of a page under `/a/{org}/`.

    Who is not signed in signs in first; an organization of others is a 404, what a member may not do a 403.
    """

    def decorate(view: Page) -> Page:
        @functools.wraps(view)
        def seen(request: HttpRequest, org: str, **path: Any) -> HttpResponse:
            visit = visit_of(request, org)
            if not visit.may(needs):
                raise PermissionDenied(f"This page needs the right {needs}.")
            return view(visit, **path)

        return never_cache(login_required(seen))

    return decorate


def visit_of(request: HttpRequest, slug: str) -> Visit:
    """Raises `Http404` where the person is no member, or `?project=` names no project of the organization."""
    memberships = Membership.objects.filter(user=request.user.pk, organization__deleted=None)
    known = list(memberships.select_related("organization", "user").order_by("organization__name"))
    own = next((membership for membership in known if membership.organization.slug == slug), None)
    if own is None or not SLUG.fullmatch(slug):
        raise Http404
    projects = list(own.organization.projects.order_by("name", "slug"))
    for project in projects:
        project.organization = own.organization
    wanted = request.GET.get("project", "")
    chosen = next((project for project in projects if project.slug == wanted), None)
    if wanted and chosen is None:
        raise Http404
    role = Role(own.role)
    principal = Principal(
        organization=own.organization, project=chosen, user_id=request.user.pk, role=role, scopes=SCOPES_OF_ROLE[role]
    )
    organizations = [membership.organization for membership in known]
    return Visit(request, own, own.organization, organizations, projects, chosen, principal)
