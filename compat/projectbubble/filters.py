"""The parameters of the list: each is known by name, and a value that it can't take is refused by name."""

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.http import QueryDict

from compat.projectbubble import values
from compat.projectbubble.tags import is_tagged
from planning.expressions import COMPLETED, expressions
from planning.models import Activity
from taskapi.rest.params import bad_value, conditions_of
from tasks.dialects import Condition

MOST = 1000  # records of one answer
DIGITS = re.compile(r"[0-9]+", re.ASCII)
NOT_FILTERS = frozenset({"order", "limit", "offset"})

IS_ARCHIVED = "COALESCE(archived, false)"
NOT_ARCHIVED = Condition(f"NOT {IS_ARCHIVED}", ())


class Asked(NamedTuple):
    """Which tasks, in which order, from where on and how many."""

    conditions: list[Condition]
    order: str
    limit: int
    offset: int


def has_activity(activity: Activity) -> Condition:
    return Condition("COALESCE(activity, %s) = %s", (Activity.ACTIVE.value, activity.value))


STATUSES: Mapping[str, Condition] = {
    "open": Condition("status <> 'success'", ()),
    "completed": Condition("status = 'success'", ()),
    "active": has_activity(Activity.ACTIVE),
    "onhold": has_activity(Activity.AMBER),
    "inactive": has_activity(Activity.INACTIVE),
    "archived": Condition(IS_ARCHIVED, ()),
}
ORDERS: Mapping[str, Callable[[], str]] = {
    "latest": lambda: "number DESC",
    "duedate": lambda: "due_date NULLS LAST, number",
    "taskname": lambda: f"name{expressions().collate}, number",
    "progress": lambda: f"COALESCE({expressions().progress}, {expressions().no_progress}), number",
}


def by_project(texts: list[str]) -> Condition:
    return Condition("project_id = %s", (values.whole(1)(texts[0]),))


def by_tag(texts: list[str]) -> Condition:
    if not texts[0]:
        raise bad_value("A tag is expected.")
    return is_tagged(texts[0])


def by_status(texts: list[str]) -> Condition:
    return STATUSES[one_of(STATUSES, texts[0])]


def by_day(column: str, operator: str) -> Callable[[list[str]], Condition]:
    """Of a column that holds days."""
    return lambda texts: Condition(f"{column} {operator} %s", (day(texts[0]),))


def by_day_of_moment(column: str, operator: str) -> Callable[[list[str]], Condition]:
    """Of a column that holds moments: the whole of the day, in UTC."""
    time = datetime.time.min if operator == ">=" else datetime.time.max
    return lambda texts: Condition(
        f"{column} {operator} %s", (datetime.datetime.combine(day(texts[0]), time, datetime.UTC),)
    )


FILTERS: Mapping[str, Callable[[list[str]], Condition]] = {
    "project_id": by_project,
    "due_from": by_day("due_date", ">="),
    "due_to": by_day("due_date", "<="),
    "created_from": by_day_of_moment("created", ">="),
    "created_to": by_day_of_moment("created", "<="),
    "completed_from": by_day_of_moment(COMPLETED, ">="),
    "completed_to": by_day_of_moment(COMPLETED, "<="),
    "tag": by_tag,
    "status": by_status,
}


def asked_for(params: QueryDict) -> Asked:
    """What a list's parameters ask for; raises Django's `ValidationError` that names each bad one."""
    errors: dict[str, Any] = {}
    conditions: list[Condition] = []
    order, limit, offset = "latest", MOST, 0
    try:
        conditions = conditions_of(params, FILTERS, beside=NOT_FILTERS)
    except ValidationError as error:
        errors |= error.error_dict
    for name in NOT_FILTERS & params.keys() - errors.keys():
        text = params.get(name, "")
        try:
            if name == "order":
                order = one_of(ORDERS, text)
            elif name == "limit":
                limit = min(number(text, 1), MOST)
            else:
                offset = number(text, 0)
                if offset > values.INT64_MAX:
                    raise bad_value("This number is too large.")
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)
    if params.get("status") != "archived":
        conditions.append(NOT_ARCHIVED)
    return Asked(conditions, ORDERS[order](), limit, offset)


def day(text: str) -> datetime.date:
    found: datetime.date | None = values.date(text)
    if found is None:
        raise bad_value("A date is expected: yyyymmdd.")
    return found


def number(text: str, least: int) -> int:
    # Longer ones are numbers too, and all the same to us.
    value = int(text[:100]) if DIGITS.fullmatch(text) else -1
    if value < least:
        raise bad_value(f"A whole number from {least} on is expected.")
    return value


def one_of(known: Mapping[str, Any], text: str) -> str:
    if text not in known:
        raise bad_value(f"One of {', '.join(known)} is expected.")
    return text


def refuse_parameters(params: QueryDict) -> None:
    """Of a path that takes none."""
    conditions_of(params, {}, beside=frozenset())
