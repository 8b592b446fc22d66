"""`/ping/{monitor id}`: a check-in for scripts, by GET, HEAD or POST, without a key. Its answers are plain text."""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from monitors import checkins
from monitors.states import Signal
from taskapi.rest.errors import RETRY_AFTER
from taskapi.rest.params import public_id_of

EXIT_CODES = range(256)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ping(request: HttpRequest, id: str, said: str = "") -> HttpResponse:
    """`said`: what follows the id: nothing, `start`, `fail` or an exit code. A body is not read."""
    monitor_id, heard = public_id_of(id), signal_of(said)
    if monitor_id is None or heard is None:
        return text("There is no such path.", 404)
    signal, reason = heard
    try:
        found = checkins.ping(monitor_id, signal, timezone.now(), reason)
    except (OperationalError, InterfaceError):
        response = text("The database did not answer. Try again.", 503)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response
    return text("OK", 200) if found else text("There is no such monitor.", 404)


def signal_of(said: str) -> tuple[Signal, str] | None:
    """What a path says of a run, and in words; None: no path says that."""
    if said == "":
        return Signal.SUCCESS, "A run pinged."
    if said == "start":
        return Signal.START, "A run began."
    if said == "fail":
        return Signal.FAILURE, "A run failed."
    if not (said.isascii() and said.isdigit() and len(said) <= 3 and int(said) in EXIT_CODES):
        return None
    return Signal.FAILURE if int(said) else Signal.SUCCESS, f"A run ended with exit code {int(said)}."


def text(content: str, status: int) -> HttpResponse:
    return HttpResponse(content, status=status, content_type="text/plain; charset=utf-8")
