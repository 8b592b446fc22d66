"""What fails before or outside a view, as the API of its path words it: Django's handler400 and handler500."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from compat.goodday.errors import failure as goodday
from taskapi.rest.errors import envelope

CODES = {400: "bad_request", 500: "error"}


def native(status: int, text: str) -> JsonResponse:
    return envelope(status, CODES[status], text)


def projectbubble(status: int, text: str) -> JsonResponse:
    return JsonResponse({"error": text}, status=status)


# By the beginning of the path, the longest first.
WORDS: Mapping[str, Callable[[int, str], JsonResponse]] = {"/api/v0/": goodday, "/api/": native, "/v2/": projectbubble}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    answer = told(request, 400, "The request could not be understood.")
    return answer or defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    return told(request, 500, "A server error occurred.") or defaults.server_error(request)


def told(request: HttpRequest, status: int, text: str) -> JsonResponse | None:
    """None for a page."""
    for beginning, words in WORDS.items():
        if request.path.startswith(beginning):
            return words(status, text)
    return None
