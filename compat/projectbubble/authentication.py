"""Headers `domain` and `key` -> a `Principal`. The document knows one answer for whoever may not: 401."""

from typing import Any

from django.conf import settings
from rest_framework import authentication, exceptions
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from projects import keyring, keys, last_used
from projects.access import principal_of
from projects.principals import Principal
from projects.scopes import Scope
from taskapi.rest import limits

INCORRECT = "Permission error. Send the headers domain and key: the organization, and an API key of it."
# The document's own words.
LACKS_SCOPE = "Permission error. Your user account (API Key) does not have permission to access tasks."


def slug_of(domain: str) -> str:
    """The organization that a domain names: `Example.projectbubble.com` is `example`."""
    return domain.partition(".")[0].strip().lower()


class DomainAuthentication(authentication.BaseAuthentication):
    """Raises `AuthenticationFailed` (401), or `Throttled` (429) once an address has failed too often."""

    def authenticate(self, request: Request) -> tuple[Principal, Principal]:
        meta = request._request.META
        key = meta.get("HTTP_KEY", "").strip()
        if not key:
            raise exceptions.AuthenticationFailed(INCORRECT)
        secret = keys.decode(key)
        principal = keyring.principal_of(keys.digest(secret), "") if secret else None
        organization = principal.organization if principal else None
        if principal is None or organization is None or organization.slug != slug_of(meta.get("HTTP_DOMAIN", "")):
            limits.count_failed_key(request._request, settings.TASKAPI_FAILED_KEYS_PER_MINUTE)
            raise exceptions.AuthenticationFailed(INCORRECT)
        if principal.key_id is not None:
            last_used.note(principal.key_id)
        return principal, principal

    def authenticate_header(self, request: Request) -> str:
        return "Key"


class HasScope(BasePermission):
    """One of the scopes that the view's `scopes` name for its action; unknown methods pass, for a 405."""

    def has_permission(self, request: Request, view: Any) -> bool:
        scopes = view.scopes.get(getattr(view, "action", None), ())
        if scopes and not any(principal_of(request).may(scope) for scope in scopes):
            raise exceptions.AuthenticationFailed(LACKS_SCOPE)
        return True


def require(principal: Principal, scope: Scope) -> None:
    """What only the body tells; raises `AuthenticationFailed`."""
    if not principal.may(scope):
        raise exceptions.AuthenticationFailed(LACKS_SCOPE)
