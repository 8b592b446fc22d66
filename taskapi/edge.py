"""The outermost middleware: what holds for every request, whoever answers it.

One layer and not five: Django wraps each into a call and a guard of its own, and a fleet of workers pays for all.
"""

import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from taskapi import metrics
from taskapi.rest import request_id
from taskapi.rest.errors import envelope
from taskapi.rest.headers import stored

access_log = logging.getLogger("taskapi.access")

ASKED_BY_ADDRESS = ("/healthz", "/readyz")  # by load balancers, which know no name
BODILESS = frozenset({204, 304})
# What stands in a path and is a secret: not for the log.
SECRETS = re.compile(r"^(/public/tasks/[^/]+/|/account/invitation/|/account/password-reset/[^/]+/)[^/]+")


class EdgeMiddleware:
    """Gives the request its id, refuses what must not come in, counts what goes out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        given = request_id.given_or_new(request.META.get("HTTP_X_REQUEST_ID", ""))
        token = request_id.current.set(given)
        try:
            if is_body_without_length(request):
                response: HttpResponse = envelope(411, "length_required", "Send the body with a Content-Length header.")
            else:
                response = self.get_response(request)
            if request.META.get("CONTENT_LENGTH") and response.status_code >= 400:
                read_the_rest(request)
            headers = stored(response)
            # Perhaps not the one that was given: a dialect whose failures have ids of its own may have made another.
            headers["x-request-id"] = ("X-Request-ID", request_id.current.get())
            if not response.streaming and response.status_code not in BODILESS:
                # Without it the server answers in chunks.
                headers["content-length"] = ("Content-Length", str(len(response.content)))
            seconds = time.perf_counter() - started
            metrics.observe(request.method or "", response.status_code, seconds)
            if settings.TASKAPI_ACCESS_LOG:
                log(request, response, seconds)
            return response
        finally:
            request_id.current.reset(token)


class HostMiddleware:
    """`ALLOWED_HOSTS`, on every path: a page that has another name resolve to us must not read our answers.

    Refuses other names with 400. Those that passed are remembered, for Django's check costs as much as a cursor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.passed: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "")
        if host not in self.passed and not request.path_info.startswith(ASKED_BY_ADDRESS):
            request.get_host()  # raises DisallowedHost
            if host and len(self.passed) < 100:
                self.passed.add(host)
        return self.get_response(request)


def read_the_rest(request: HttpRequest) -> None:
    """Of a body that nobody looked at, the request having been refused by its head.

    The server ends a connection on which some of a body is left, and its client learns that by his next request.
    """
    length = request.META["CONTENT_LENGTH"]
    if length.isdecimal() and int(length) <= (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
        with suppress(OSError):  # the client has gone
            request.read()


def is_body_without_length(request: HttpRequest) -> bool:
    """WSGI shows nothing of such a body, and an update would be taken for a ping."""
    return "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH")


def log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    facts = {
        "method": request.method,
        "path": SECRETS.sub(r"\1…", request.path),
        "status": response.status_code,
        "duration_ms": round(seconds * 1000, 2),
    }
    access_log.info("request", extra=facts)
