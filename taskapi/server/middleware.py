"""The outermost middleware: what holds for every request that reaches Django.

One layer and not five: Django wraps each into a call and a guard of its own, and a fleet of workers pays for all.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from taskapi import metrics
from taskapi.rest import request_id
from taskapi.rest.headers import stored

access_log = logging.getLogger("taskapi.access")

ASKED_BY_ADDRESS = ("/healthz", "/readyz")  # by load balancers, which know no name
BODILESS = frozenset({204, 304})


class RequestMiddleware:
    """Gives the request its id, refuses what must not come in, counts what goes out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        given = request_id.given_or_new(request.META.get("HTTP_X_REQUEST_ID", ""))
        token = request_id.current.set(given)
        try:
            response = self.get_response(request)
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


def log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    facts = {
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "duration_ms": round(seconds * 1000, 2),
    }
    access_log.info("request", extra=facts)
