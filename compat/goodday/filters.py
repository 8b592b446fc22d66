"""The filters of the list: each of the document's, by the type that it gives."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from compat.goodday.reach import NOTHING
from compat.goodday.values import (
    Moments,
    as_days,
    as_integer,
    as_integers,
    as_moments,
    as_stored_integer,
    as_truth,
    moments_of,
)
from planning.expressions import WORKFLOW_STATUS, expressions
from planning.models.plan import DEFAULT_PRIORITY
from tasks.dialects import Condition, dialect

ALL = Condition("1 = 1", ())
MEMBERSHIPS = "SELECT m.id FROM projects_membership m WHERE m.user_id = %s"
OF_STATUS = "FROM planning_workflowstatus s WHERE s.id = %s"


class Filter(NamedTuple):
    """kind: the type that the document gives. read: the text -> the condition, or Django's `ValidationError`."""

    kind: str
    read: Callable[[str], Condition]


def by_ids(text: str) -> Condition:
    """They stand in the statement's text: it has fewer holes than a URL has room for numbers."""
    numbers = as_integers(text)
    return Condition(f"tasks_task.number IN ({', '.join(map(str, numbers))})", ()) if numbers else NOTHING


def by_part(column: str) -> Filter:
    """A part of the text; case counts, as it does natively."""
    sql = f"COALESCE({column}, '')"
    return Filter("string", lambda text: Condition(f"{dialect().position}({sql}, %s) > 0", (text,)) if text else ALL)


def by_number(sql: str) -> Filter:
    """sql: a condition with one hole, or several for the same number."""

    def read(text: str) -> Condition:
        number = as_stored_integer(text)
        return NOTHING if number is None else Condition(sql, [number] * sql.count("%s"))

    return Filter("int", read)


def by_progress(text: str) -> Condition:
    percent = as_integer(text)
    return NOTHING if percent is None or percent < 0 else expressions().progress_is(percent)


def by_goodday_id(text: str) -> Condition:
    """SQLite uses the index over those that are not blank only where the statement says so in the index's own words."""
    if not text:
        return Condition("COALESCE(goodday_id, '') = ''", ())
    return Condition("goodday_id = %s AND NOT (goodday_id = '')", (text,))


def by_truth(text: str) -> Condition:
    return Condition(f"COALESCE(billable, true) = {'true' if as_truth(text) else 'false'}", ())


def by_date(column: str) -> Filter:
    def read(text: str) -> Condition:
        days = as_days(text)
        # A day that was read is safe in the statement, and the one form that both databases take.
        ends = [(">=", days.first), ("<=", days.last)]
        return Condition(" AND ".join(f"{column} {sign} '{day}'" for sign, day in ends if day), ())

    return Filter("date", read)


def by_day_of(moment: str) -> Filter:
    return Filter("date", lambda text: within(moment, moments_of(as_days(text))))


def within(sql: str, moments: Moments) -> Condition:
    ends = [(f"{sql} {sign} %s", moment) for sign, moment in zip((">=", "<="), moments, strict=True) if moment]
    return Condition(" AND ".join(part for part, _ in ends), [moment for _, moment in ends])


def by_person(column: str) -> Filter:
    return by_number(f"{column} IN ({MEMBERSHIPS})")


FILTERS: Mapping[str, Filter] = {
    "id": Filter("enum", by_ids),
    "name": by_part("name"),
    "project_id": by_number("project_id = %s"),
    "goodday_id": Filter("string", by_goodday_id),
    "parent_id": by_number("parent_id = (SELECT p.public_id FROM tasks_task p WHERE p.number = %s)"),
    # The first two let an index find what the third decides.
    "status_id": by_number(
        f"project_id = (SELECT s.project_id {OF_STATUS}) AND tasks_task.status = (SELECT s.status {OF_STATUS}) "
        f"AND {WORKFLOW_STATUS} = %s"
    ),
    "description": by_part("description"),
    "created_by_employee_id": by_number("creator_id = %s"),
    "action_required_by_employee_id": by_person("action_required_id"),
    "start_date": by_date("start_date"),
    "end_date": by_date("end_date"),
    "deadline_date": by_date("deadline_date"),
    "billable": Filter("bool", by_truth),
    "priority": by_number(f"COALESCE(priority, {DEFAULT_PRIORITY}) = %s"),
    "estimate": by_number("estimated_minutes = %s"),
    "progress": Filter("int", by_progress),
    "closed_at": by_day_of("end_time"),
    "goodday_created_at": by_day_of("goodday_created_at"),
    "created_at": by_day_of("created"),
    "updated_at": Filter("date", lambda text: within(expressions().updated, moments_of(as_days(text)))),
    "last_activity": Filter("dateTime", lambda text: within(expressions().last_activity, as_moments(text))),
    "responsible_person_id": by_person("responsible_id"),
}
