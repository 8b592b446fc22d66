"""`X-Request-ID`: taken from the caller or made, echoed on every answer, and written in every log line."""

import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from uuid_utils import uuid4

current_request_id: ContextVar[str] = ContextVar("request_id", default="")
access_log = logging.getLogger("taskapi.access")

# What a caller may name: printable, short, and nothing that could break a log line or a header.
BODILESS = {204, 304}
PUBLIC_TOKEN = re.compile(r"(?<=^/public/tasks/.{36}/)[^/]+")  # a secret: not for the log
ACCEPTED = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


class RequestIdMiddleware:
    """Outermost of all, so that the answer to every request carries the id, an error's too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if ACCEPTED.fullmatch(given) else str(uuid4())
        token = current_request_id.set(request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            if not response.streaming and response.status_code not in BODILESS:
                response["Content-Length"] = str(len(response.content))  # without it the server answers in chunks
            if settings.TASKAPI_ACCESS_LOG:
                facts = {
                    "method": request.method,
                    "path": PUBLIC_TOKEN.sub("…", request.path),
                    "status": response.status_code,
                    "duration_ms": round((time.perf_counter() - started) * 1000, 2),
                }
                access_log.info("request", extra=facts)
            return response
        finally:
            current_request_id.reset(token)
