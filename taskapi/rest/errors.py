"""The error envelope `{"type", "errors": [{"code", "detail", "attr"}]}`: one place gives every failure its wire form.

Follows the "Errors" part of Task Badger's documentation, its texts to the letter.
"""

from typing import Any

from django.core.exceptions import BadRequest as BadRequestError
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django.http.multipartparser import MultiPartParserError
from drf_standardized_errors import formatter, handler
from drf_standardized_errors.types import Error
from rest_framework import exceptions, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

FAULTS_MAX = 100  # that are named of one request
RETRY_AFTER = 1  # seconds: a database that restarts is back by then


class RequestTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "request_too_large"
    default_detail = "The request body is too large."


class BadRequest(exceptions.APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "bad_request"
    default_detail = "The request could not be understood."


class RequestTimeout(exceptions.APIException):
    status_code = status.HTTP_408_REQUEST_TIMEOUT
    default_code = "request_timeout"
    default_detail = "The request body came too slowly."


class ServiceUnavailable(exceptions.APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "service_unavailable"
    default_detail = "The database did not answer. Try again."
    wait = RETRY_AFTER  # becomes the Retry-After header


class ServerBusy(ServiceUnavailable):
    default_detail = "The server is busy. Try again."


class ExceptionHandler(handler.ExceptionHandler):
    """Django's and the database's own failures, in terms of the envelope; and the documentation's own wording."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        match exc:
            case RequestDataTooBig():
                return RequestTooLarge()
            case SuspiciousOperation() | BadRequestError() | MultiPartParserError():
                return BadRequest()
            case OperationalError() | InterfaceError():
                return ServiceUnavailable()
            case PermissionDenied() if exc.args:
                return exceptions.PermissionDenied(str(exc))
            case DjangoValidationError():
                return exceptions.ValidationError(error_details(exc))
            case exceptions.UnsupportedMediaType():
                # The document gives a 415 the code of a 406.
                media_type = getattr(self.context["request"], "content_type", "")
                exc.detail = exceptions.ErrorDetail(
                    f"Unsupported media type “{media_type}” in request.", "not_acceptable"
                )
            case exceptions.MethodNotAllowed():
                method = (getattr(self.context["request"], "method", "") or "").lower()
                exc.detail = exceptions.ErrorDetail(f"Method “{method}” not allowed.", "method_not_allowed")
        return super().convert_known_exceptions(exc)

    def get_headers(self, exc: exceptions.APIException) -> dict[str, str]:
        return {**super().get_headers(exc), **getattr(exc, "headers", {})}

    def convert_unhandled_exceptions(self, exc: Exception) -> exceptions.APIException:
        return exc if isinstance(exc, exceptions.APIException) else exceptions.APIException("A server error occurred.")


class ExceptionFormatter(formatter.ExceptionFormatter):
    def get_errors(self) -> list[Error]:
        return faults_of(self.exc.detail)


def faults_of(detail: Any) -> list[Error]:
    """The first `FAULTS_MAX` errors of REST framework's nested details, in every API."""
    return formatter.flatten_errors(detail)[:FAULTS_MAX]


def error_details(exc: DjangoValidationError) -> Any:
    """What a verb below the views raised, `ValidationError({field: error})`, as REST framework's nested details."""
    if hasattr(exc, "error_dict"):
        return {field: leaf_details(errors) for field, errors in exc.error_dict.items()}
    return leaf_details(exc.error_list)


def leaf_details(errors: list[DjangoValidationError]) -> list[exceptions.ErrorDetail]:
    return [exceptions.ErrorDetail(message, error.code or "invalid") for error in errors for message in error.messages]


def envelope(status_code: int, code: str, detail: str) -> JsonResponse:
    kind = "server_error" if status_code >= 500 else "client_error"
    body = {"type": kind, "errors": [{"code": code, "detail": detail, "attr": None}]}
    return JsonResponse(body, status=status_code)


class UnknownPath(APIView):
    """The last pattern under /api/: no such thing, for every caller and method."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound
