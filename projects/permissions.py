"""What the caller may see but not do: 403."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from projects.access import organization_for, principal_of, project_for
from projects.scopes import Scope


class HasScope(BasePermission):
    """First the tenant, then the scope.

    Raises `Http404` where the path's organization or project is out of the caller's reach. Then asks for the scope that
    the view's `scopes` name for its action: `admin` where they name none, no scope at all where they name None.
    Unknown methods pass, for the view to answer 405.
    """

    message = "This key or member lacks the scope that the request needs."

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return False
        principal = principal_of(request)
        org, project = view.kwargs.get("org"), view.kwargs.get("project")
        if project is not None:
            project_for(principal, org or "", project)
        elif org is not None:
            organization_for(principal, org)
        action = getattr(view, "action", None)
        if action is None or action == "metadata":
            return True
        needed: Scope | None = view.scopes.get(action, Scope.ADMIN)
        return needed is None or principal.may(needed)
