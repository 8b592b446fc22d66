"""`Authorization: Bearer KEY`, or a signed-in member in the browsable API -> a `Principal`."""

from typing import Any

from django.conf import settings
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from projects import keyring, keys, last_used
from projects.models import Membership, Project
from projects.models.organization import SLUG
from projects.principals import Principal
from projects.scopes import SCOPES_OF_ROLE, Role
from taskapi.rest import limits

INCORRECT = "Incorrect authentication credentials."


def path_slugs(request: Request) -> tuple[str, str]:
    """The organization and project that the request's path names, each "" where it names none that could exist."""
    kwargs: dict[str, Any] = request.parser_context["kwargs"]
    org, project = (kwargs.get(name, "") for name in ("org", "project"))
    return org if SLUG.fullmatch(org) else "", project if SLUG.fullmatch(project) else ""


class KeyAuthentication(authentication.BaseAuthentication):
    """Follows "Errors" of Task Badger's documentation: 401 `authentication_failed` for a key that is none.

    Raises `AuthenticationFailed` (401), or `Throttled` (429) once an address has failed too often.
    """

    def authenticate(self, request: Request) -> tuple[Principal, Principal] | None:
        header: str = request._request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _, key = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        secret = keys.decode(key.strip())
        principal = keyring.principal_of(keys.digest(secret), path_slugs(request)[1]) if secret else None
        if principal is None:
            limits.count_failed_key(request._request, settings.TASKAPI_FAILED_KEYS_PER_MINUTE)
            raise exceptions.AuthenticationFailed(INCORRECT)
        if principal.key_id is not None:
            last_used.note(principal.key_id)
        return principal, principal

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """A person who signed in for the browsable API; what he may do follows from his role in the path's organization."""

    def authenticate(self, request: Request) -> tuple[Principal, Principal] | None:
        user = getattr(request._request, "user", None)
        if user is None or not user.is_active:
            return None
        # On Django's request, which looks for a token in forms alone: REST framework's would parse the body for it.
        self.enforce_csrf(request._request)  # type: ignore[arg-type]
        org, project_slug = path_slugs(request)
        principal = Principal(organization=None, user_id=user.pk)
        if (
            membership := Membership.objects.select_related("organization")
            .filter(user=user, organization__slug=org)
            .first()
        ):
            role = Role(membership.role)
            project = Project.objects.select_related("organization").filter(
                organization=membership.organization, slug=project_slug
            )
            principal = Principal(
                organization=membership.organization,
                project=project.first() if project_slug else None,
                scopes=SCOPES_OF_ROLE[role],
                user_id=user.pk,
                role=role,
            )
        return principal, principal
