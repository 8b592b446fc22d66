"""Sessions, sign-in and messages: for people with a browser. A request that brings a key has no use for them.

Together they cost as much as the query of a get.
"""

from typing import Any

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class NotForKeys(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        if request.META.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer ":
            return self.get_response(request)
        return super().__call__(request)


class SessionMiddleware(NotForKeys, sessions.SessionMiddleware):
    pass


class AuthenticationMiddleware(NotForKeys, auth.AuthenticationMiddleware):
    pass


class MessageMiddleware(NotForKeys, messages.MessageMiddleware):
    pass
