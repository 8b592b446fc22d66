"""Failures as `{"error": "due_date: …; progress: …"}`: the text names each bad parameter."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_standardized_errors.handler import exception_handler
from rest_framework.response import Response

from compat.projectbubble.inputs import IN_PLAN

# What the verbs below call by the native names.
PARAMETERS: Mapping[str, str] = {
    **{native: parameter for parameter, native in IN_PLAN.items()},
    "name": "task_name",
    "value": "progress",
    "value_max": "progress",
    "project": "project_id",
}


@contextmanager
def by_own_names() -> Iterator[None]:
    """What a verb refuses by native names is refused by those of the parameters."""
    try:
        yield
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        raise ValidationError(
            {PARAMETERS.get(name, name): errors for name, errors in error.error_dict.items()}
        ) from error


def handle(exc: Exception, context: Any) -> Response | None:
    """An exception as the dialect's answer: logged and given its status as everywhere, and then put otherwise."""
    response = exception_handler(exc, context)
    if response is not None:
        told = isinstance(exc, Http404) and exc.args
        response.data = {"error": str(exc) if told else "; ".join(map(text_of, response.data["errors"]))}
    return response


def text_of(error: Mapping[str, Any]) -> str:
    """One error of the native envelope, with the parameter's name where it is of one."""
    attr, detail = error["attr"], error["detail"]
    return str(detail) if attr in {None, "non_field_errors"} else f"{attr}: {detail}"
