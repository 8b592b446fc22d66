"""Sessions, sign-in and messages: for people with a browser. A request that brings a key has no use for them.

Together they would cost it as much as the query of a get.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponseBase

from taskapi.rest.headers import Guards

Handler = Callable[[HttpRequest], HttpResponseBase]


def comes_with_key(environ: Mapping[str, Any]) -> bool:
    """A call of the API, that is; a page is a page, whatever the browser sends along. environ: WSGI's, or `META`."""
    path: str = environ.get("PATH_INFO", "")
    if environ.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer ":
        return path.startswith("/api/") and not path.startswith("/api/auth/")
    return path.startswith("/v2/")  # where there are no pages, and keys have a header of their own


class KeyShortcut:
    """Leads a request with a key past all middleware between here and `shortcut_end`.

    Those serve pages, but for the ones that guard every answer: their part is done here.
    """

    end: Handler  # Django makes the middleware from the last to the first

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.past_pages = KeyShortcut.end
        self.guards = Guards()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not comes_with_key(request.META) or self.guards.redirects(request):
            return self.get_response(request)
        response = self.past_pages(request)
        self.guards.add(request, response)
        return response


def shortcut_end(get_response: Handler) -> Handler:
    """Where requests with a key come back to the way of all others: the last of the middleware, and itself none."""
    KeyShortcut.end = staticmethod(get_response)
    return get_response


class SessionMiddleware(sessions.SessionMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        """A session's key is letters and digits; PostgreSQL can't even be asked for one with a NUL character."""
        if not request.COOKIES.get(settings.SESSION_COOKIE_NAME, "x").isalnum():
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        super().process_request(request)
