"""Sessions, sign-in and messages: for people with a browser. A request that brings a key has no use for them.

Together they cost as much as the query of a get.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


def comes_with_key(request: HttpRequest) -> bool:
    """A call of the API, that is; a page is a page, whatever the browser sends along."""
    path = request.path_info
    return (
        request.META.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer "
        and path.startswith("/api/")
        and not path.startswith("/api/auth/")
    )


class NotForKeys(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if comes_with_key(request) else super().__call__(request)


class SessionMiddleware(NotForKeys, sessions.SessionMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        """A session's key is letters and digits; PostgreSQL can't even be asked for one with a NUL character."""
        if not request.COOKIES.get(settings.SESSION_COOKIE_NAME, "x").isalnum():
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        super().process_request(request)


class AuthenticationMiddleware(NotForKeys, auth.AuthenticationMiddleware):
    pass


class MessageMiddleware(NotForKeys, messages.MessageMiddleware):
    pass
