"""A body without its length: WSGI shows nothing of it, and an update would be taken for a ping. Refused with 411."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from taskapi.rest.errors import envelope


class BodyLengthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return envelope(411, "length_required", "Send the body with a Content-Length header.")
        return self.get_response(request)
