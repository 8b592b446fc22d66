"""The failures of this dialect: `{"type", "message", "id"}`, and `errors` where fields or parameters are refused.

`id` is the request's id, by which the server's log has more.
"""

import logging
from collections.abc import Mapping
from typing import Any

from django.http import JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from uuid_utils import uuid4

from taskapi.rest import errors, request_id
from taskapi.rest.params import PUBLIC_ID

logger = logging.getLogger(__name__)

UNPROCESSABLE = 422
TYPES: Mapping[int, str] = {
    400: "BadRequest",
    401: "Unauthenticated",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    408: "RequestTimeout",
    413: "RequestTooLarge",
    415: "UnsupportedMediaType",
    UNPROCESSABLE: "ValidationError",
    429: "TooManyRequests",
    500: "ServerError",
    503: "ServiceUnavailable",
}
NOT_FOUND = "Required model was not found."
INVALID = "The given data was invalid."
BODY = "body"  # the field of what is wrong with all of it


class ExceptionHandler(errors.ExceptionHandler):
    """The same failures as everywhere under /api/, in the words of this dialect; what is refused by name is a 422."""

    def format_exception(self, exc: exceptions.APIException) -> dict[str, Any]:
        if isinstance(exc, exceptions.ValidationError):
            exc.status_code = UNPROCESSABLE
            refused = [(error.attr, error.detail) for error in errors.faults_of(exc.detail)]
            return envelope(
                UNPROCESSABLE,
                INVALID,
                [{"field": BODY if field in {None, WHOLE} else field, "message": text} for field, text in refused],
            )
        if isinstance(exc, exceptions.NotFound) and exc.detail == exceptions.NotFound.default_detail:
            return envelope(exc.status_code, NOT_FOUND)
        return envelope(exc.status_code, str(exc.detail))


WHOLE = api_settings.NON_FIELD_ERRORS_KEY


def handle(exc: Exception, context: Any) -> Response | None:
    """What REST framework's views call for whatever they raise."""
    return ExceptionHandler(exc, context).run()


def envelope(status_code: int, message: str, refused: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The body of a failure. refused: `[{"field", "message"}]`."""
    body: dict[str, Any] = {"type": TYPES.get(status_code, "Error"), "message": message, "id": error_id()}
    return body if refused is None else {**body, "errors": refused}


def failure(status_code: int, message: str) -> JsonResponse:
    """A whole answer, for what fails before or outside a view."""
    return JsonResponse(envelope(status_code, message), status=status_code)


def error_id() -> str:
    """The request's id where it is a UUID. Else a new one takes its place from here on, and the log has both."""
    given = request_id.current.get()
    if PUBLIC_ID.fullmatch(given):
        return given
    made = str(uuid4())
    if given:
        logger.info("request %s failed, and is %s in its answer", given, made)
    request_id.current.set(made)
    return made
