"""The parameters of a list: each is known by name, and a value that it can't take is refused by name.

A list has a table of its own: the name of each parameter, and what reads its values.
"""

import datetime
import re
import uuid
from collections.abc import Callable, Mapping, Set
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

Condition = TypeVar("Condition")

# What a list understands beside its filters: its pages, and the form of the answer.
PAGE_PARAMETERS = frozenset({"page_size", "cursor", "format"})
FLAGS = {"true": True, "false": False}
LIST_MAX = 100  # values of one parameter
PUBLIC_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")


def conditions_of(
    params: QueryDict,
    filters: Mapping[str, Callable[[list[str]], Condition]],
    *,
    beside: Set[str] = PAGE_PARAMETERS,
    repeatable: Set[str] = frozenset(),
) -> list[Condition]:
    """What the filters make of the values that they are sent, in the order of the parameters.

    beside: the parameters that are no filters, and are read elsewhere.
    Raises Django's `ValidationError({parameter: error})` that names every parameter which is unknown, is given twice
    without being repeatable, or has a value that it can't take.
    """
    conditions: list[Condition] = []
    errors: dict[str, Any] = {}
    for name, values in params.lists():
        condition_of = filters.get(name)
        try:
            if condition_of is None and name not in beside:
                raise ValidationError("There is no such parameter.", code="unknown")
            if len(values) > 1 and name not in repeatable:
                raise bad_value("This parameter can't be repeated.")
            if len(values) > LIST_MAX:
                raise bad_value(f"This parameter is given at most {LIST_MAX} times.")
            if any("\x00" in value for value in values):
                raise bad_value("Null characters are not allowed.")
            if condition_of is not None:
                conditions.append(condition_of(values))
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)
    return conditions


def bad_value(text: str) -> ValidationError:
    return ValidationError(text, code="invalid")


def public_id_of(text: str) -> uuid.UUID | None:
    """An id as it stands in a path or a parameter; None for what can't be one."""
    return uuid.UUID(text) if PUBLIC_ID.fullmatch(text) else None


def as_uuid(text: str) -> uuid.UUID:
    public_id = public_id_of(text)
    if public_id is None:
        raise bad_value("An id is expected.")
    return public_id


def as_flag(values: list[str]) -> bool:
    if values[0] not in FLAGS:
        raise bad_value("Either true or false is expected.")
    return FLAGS[values[0]]


def as_moment(text: str, *, end_of_day: bool) -> datetime.datetime:
    """An instant, or a day: its first moment, or its last. Without an offset, UTC."""
    text = LOST_PLUS.sub("+", text)  # a plus sign that was not percent-encoded arrives as a space
    try:
        if day := parse_date(text):
            time = datetime.time.max if end_of_day else datetime.time.min
            return datetime.datetime.combine(day, time, datetime.UTC)
        if moment := parse_datetime(text):
            return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        pass
    raise bad_value("A date and time in ISO 8601 is expected: 2026-01-31T12:00:00Z.")


def listed(text: str, most: int = LIST_MAX) -> list[str]:
    """The parts of a list with commas."""
    if text.count(",") >= most:
        raise bad_value(f"At most {most} values are taken.")
    return [part.strip() for part in text.split(",")]
