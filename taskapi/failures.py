"""What fails before, outside or instead of a view: in the words of the API whose path it is, else as a page for people.

Django's handlers, and a middleware for methods that a page does not take. No page says what there is of others: what
somebody may not see and what there is not are the same 404, in the same words.
"""

import math
import sys
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from rest_framework import exceptions

from compat.goodday.errors import failure as goodday
from taskapi.rest import request_id
from taskapi.rest.errors import BadRequest, RequestTimeout, RequestTooLarge, ServiceUnavailable, envelope

KINDS: Mapping[int, type[exceptions.APIException]] = {
    kind.status_code: kind
    for kind in (
        BadRequest,
        exceptions.PermissionDenied,
        exceptions.NotFound,
        RequestTimeout,
        RequestTooLarge,
        exceptions.Throttled,
        exceptions.APIException,
        ServiceUnavailable,
    )
}
OF_MACHINES = ("/healthz", "/readyz", "/metrics", "/ping/", "/static/")  # they read no page


def native(status: int, text: str) -> JsonResponse:
    return envelope(status, KINDS[status].default_code, text)


def projectbubble(status: int, text: str) -> JsonResponse:
    return JsonResponse({"error": text}, status=status)


# By the beginning of the path, the longest first.
WORDS: Mapping[str, Callable[[int, str], JsonResponse]] = {"/api/v0/": goodday, "/api/": native, "/v2/": projectbubble}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400. The host may be what is wrong: nothing is asked of the request but its path."""
    if isinstance(exception, RequestDataTooBig):
        return told(request, 413) or alone(413)
    return told(request, 400) or alone(400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403. The exception says which right is missing, where it was written for people."""
    reason = str(exception)
    return told(request, 403, reason) or page(request, 403, reason=reason)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404. What the exception says stays here: it may tell what there is."""
    return told(request, 404) or page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. The page is made without the database and without what comes with a request."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        response = told(request, 503) or alone(503)
        response["Retry-After"] = str(ServiceUnavailable.wait)
        return response
    return told(request, 500) or alone(500)


class NotAllowedMiddleware:
    """Gives a page that does not take a method, which Django answers with nothing, something to read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or response.content or is_of_machines(request):
            return response
        allowed = response["Allow"]
        shown = page(request, 405, can_be_opened="GET" in allowed)
        shown["Allow"] = allowed
        return shown


def told(request: HttpRequest, status: int, text: str = "") -> HttpResponse | None:
    """None for a page. text: what the API says of such a failure, unless given."""
    text = text or str(KINDS[status].default_detail)
    if words := words_of(request.path):
        return words(status, text)
    return plain(status, text) if is_of_machines(request) else None


def refused(path: str, error: exceptions.APIException) -> HttpResponse:
    """Answer a request that no view, no middleware and no thread has seen: in JSON, or else in plain text."""
    words = words_of(path) or plain
    response = words(error.status_code, str(error.detail))
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(math.ceil(wait))
    return response


def plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def words_of(path: str) -> Callable[[int, str], HttpResponse] | None:
    path = single_slashed(path)
    return next((words for beginning, words in WORDS.items() if path.startswith(beginning)), None)


def is_of_machines(request: HttpRequest) -> bool:
    return single_slashed(request.path).startswith((*OF_MACHINES, *WORDS))


def single_slashed(path: str) -> str:
    """`//api/…` leads nowhere, but its caller is a program and reads JSON."""
    return f"/{path.lstrip('/')}"


def page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """`taskapi/{status}.html`, for whoever is signed in, or asks for the first time."""
    shown = {"person": getattr(request, "user", None), **context}
    response = HttpResponse(render_to_string(f"taskapi/{status}.html", shown, request), status=status)
    response["Cache-Control"] = "no-store"
    return response


def alone(status: int) -> HttpResponse:
    """The page without a request: no session, no person, no database."""
    shown = {"request_id": request_id.current.get()}
    response = HttpResponse(render_to_string(f"taskapi/{status}.html", shown), status=status)
    response["Cache-Control"] = "no-store"
    return response
