"""The parameters of a task list: each is known by name, and a value that it can't take is refused by name."""

import datetime
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Value
from django.db.models.functions import StrIndex
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

from tasks.models.task import TaskQuerySet
from tasks.statuses import Status

# What else a list understands: its pages, what is shown along with each task, and the form of the answer.
NOT_FILTERS = frozenset({"page_size", "cursor", "embed", "format"})
REPEATABLE = frozenset({"status", "tag", "embed"})
LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")


def bad_value(text: str) -> ValidationError:
    return ValidationError(text, code="invalid")


def as_uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise bad_value("An id is expected.") from None


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


def by_status(tasks: TaskQuerySet, values: list[str]) -> TaskQuerySet:
    for value in values:
        if value not in set(Status):
            raise bad_value(f"“{value}” is no status.")
    return tasks.filter(status=values[0]) if len(values) == 1 else tasks.filter(status__in=values)


def by_tags(tasks: TaskQuerySet, values: list[str]) -> TaskQuerySet:
    for value in values:
        name, colon, wanted = value.partition(":")
        if not colon or not name:
            raise bad_value("A tag is asked for as name:value.")
        tasks = tasks.tagged(name, wanted)
    return tasks


def by_parent(tasks: TaskQuerySet, values: list[str]) -> TaskQuerySet:
    return tasks.filter(parent=None) if values[0] == "none" else tasks.filter(parent_id=as_uuid(values[0]))  # type: ignore[misc] # by its public id


def by_monitor(tasks: TaskQuerySet, values: list[str]) -> TaskQuerySet:
    as_uuid(values[0])
    return tasks.none()


def by_part_of_name(tasks: TaskQuerySet, values: list[str]) -> TaskQuerySet:
    """Case counts, on SQLite too, whose LIKE would not heed it."""
    return tasks.alias(found_at=StrIndex("name", Value(values[0]))).filter(found_at__gt=0)


def by_text(lookup: str) -> Callable[[TaskQuerySet, list[str]], TaskQuerySet]:
    return lambda tasks, values: tasks.filter(**{lookup: values[0]})


def by_moment(lookup: str) -> Callable[[TaskQuerySet, list[str]], TaskQuerySet]:
    end_of_day = lookup.endswith("__lte")
    return lambda tasks, values: tasks.filter(**{lookup: as_moment(values[0], end_of_day=end_of_day)})


FILTERS: Mapping[str, Callable[[TaskQuerySet, list[str]], TaskQuerySet]] = {
    "status": by_status,
    "name": by_text("name"),
    "name_contains": by_part_of_name,
    "tag": by_tags,
    "queue": by_text("queue"),
    "external_id": by_text("external_id"),
    "parent": by_parent,
    "monitor": by_monitor,
    "created_after": by_moment("created__gte"),
    "created_before": by_moment("created__lte"),
    "updated_after": by_moment("updated__gte"),
    "updated_before": by_moment("updated__lte"),
}


def filtered(tasks: TaskQuerySet, params: QueryDict) -> TaskQuerySet:
    """The tasks that the parameters ask for.

    Raises Django's `ValidationError({parameter: error})` that names every parameter which is unknown, is given twice
    without being repeatable, or has a value that it can't take.
    """
    errors: dict[str, Any] = {}
    for name, values in params.lists():
        apply = FILTERS.get(name)
        try:
            if apply is None and name not in NOT_FILTERS:
                raise ValidationError("There is no such parameter.", code="unknown")
            if len(values) > 1 and name not in REPEATABLE:
                raise bad_value("This parameter can't be repeated.")
            if any("\x00" in value for value in values):
                raise bad_value("Null characters are not allowed.")
            if apply is not None:
                tasks = apply(tasks, values)
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)
    return tasks
