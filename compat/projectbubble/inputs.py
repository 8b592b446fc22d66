"""The parameters of POST and PUT: what each may hold, and what it is in the native API."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from compat.field import Field
from compat.projectbubble import values
from compat.projectbubble.tags import as_tags
from compat.projectbubble.values import Reader
from compat.projectbubble.wire import ACTIVE
from planning.amounts import MINUTES_OF_DAY, MINUTES_OF_HOUR
from planning.models import Recurrence
from planning.models.plan import DESCRIPTION_MAX, NOTES_MAX
from tasks.models.task import TAGS_MAX, TEXT_MAX

COLOR_MAX = 32


def in_plan(name: str, read: Reader, converts: str = "", native: str = "") -> Field:
    return Field(name, f"`plan.{native or name}`", converts, read)


def tags(value: Any) -> dict[str, str]:
    try:
        return as_tags(values.text()(value))
    except ValueError as error:
        raise values.refused(str(error)) from None


def estimate(value: Any) -> int | None:
    """None where it is 0, as which an estimate that is not made is shown."""
    return values.minutes_of(MINUTES_OF_HOUR)(value) or None


DAY = "`yyyymmdd`, or as it is shown; empty, null or zeros for none"
FLAG = "`0` or `1`"
MONEY = "at most 4 decimal places"
TOTAL = "one correcting report makes up the difference; only one of `minutes`, `hours` and `days` may be above 0"
LETTERS = {"": "", **{letter: letter for letter in Recurrence.values}}

INPUTS: Sequence[Field] = [
    Field("project_id", "`number` of the project", "another one moves the task with its children", values.whole(1)),
    Field("task_name", "`name`", f"1 to {TEXT_MAX} characters", values.text(TEXT_MAX, blank=False)),
    in_plan("description", values.text()),
    in_plan("color", values.text(COLOR_MAX)),
    Field("tags", "`tags`", "comma-separated; `a` is the tag `a` with the value `a`, any other is `name:value`", tags),
    in_plan("notes", values.text()),
    in_plan("start_date", values.date, DAY),
    in_plan("due_date", values.date, DAY),
    in_plan("date_completed", values.moment, f"{DAY}; does not complete the task"),
    in_plan("ongoing", values.flag, FLAG),
    Field("minutes", "`time_reports`", f"the total; {TOTAL}", values.minutes_of(1)),
    Field("hours", "`time_reports`", f"the total, an hour is 60 minutes; {TOTAL}", values.minutes_of(MINUTES_OF_HOUR)),
    Field("days", "`time_reports`", f"the total, a day is 8 hours; {TOTAL}", values.minutes_of(MINUTES_OF_DAY)),
    in_plan("estimated_hours", estimate, "to the nearest minute, 0 for none", "estimated_minutes"),
    in_plan("estimated_cost", values.money, MONEY),
    in_plan("hourly_rate", values.money, MONEY),
    in_plan("fixed_price", values.flag, FLAG),
    in_plan("price", values.money, MONEY),
    in_plan("task_order", values.whole()),
    Field("sharing", "`public_url`", "`1` gives the task a public link, `0` takes it away", values.flag),
    in_plan(
        "active",
        values.choice({number: word for word, number in ACTIVE.items()}),
        "`0` is `inactive`, `1` is `active`, `2` is `amber`",
        "activity",
    ),
    in_plan("important", values.flag, FLAG),
    Field(
        "progress",
        "`value`",
        "percent, 0 to 100: `value` becomes that part of `value_max`, rounded up; does not complete the task",
        values.whole(0, 100),
    ),
    in_plan("billed", values.flag, FLAG),
    in_plan("notifications", values.flag, FLAG),
    in_plan("recurring", values.nothing_or(values.choice(LETTERS)), "D, W, M, Q, S, Y, or empty", "recurrence"),
    in_plan("archived", values.flag, FLAG),
    in_plan("user_id", values.whole(1), "the creator; the key's maker by default", "creator"),
    in_plan("users", values.ids("user_id"), "user ids, or objects with `user_id`; replaced as a whole", "assignees"),
    in_plan("teams", values.ids("team_id"), "team ids, or objects with `team_id`; replaced as a whole"),
]
FINISHING: Sequence[Field] = [
    Field("completed", "`status`", "1: `success`, with all subtasks; all other parameters are ignored", values.one),
    Field("complete", "`status`", "the same as `completed`", values.one),
    Field("resume", "`status`", "1: `pending` again; all other parameters are ignored", values.one),
]
BY_NAME: Mapping[str, Field] = {field.name: field for field in INPUTS}
# Characters of a parameter that comes as text; `TEXT_MAX` for all others.
LONGEST: Mapping[str, int] = {
    "description": DESCRIPTION_MAX,
    "notes": NOTES_MAX,
    **dict.fromkeys(("users", "teams"), values.MAX_IDS * 20),
    "tags": TAGS_MAX * (2 * TEXT_MAX + 2),
}
# Parameters that set a field of the plan, each with the field's name.
IN_PLAN: Mapping[str, str] = {
    field.name: field.lives[len("`plan.") : -1] for field in INPUTS if field.lives.startswith("`plan.")
}
TOTALS = ("minutes", "hours", "days")
# A task as it is shown may be sent back: what is only ever shown is passed over.
ONLY_SHOWN = frozenset(
    {"task_id", "project_name", "billable_hours", "tracked_seconds", "date_created", "date_modified"}
)


def finishing(sent: Mapping[str, Any]) -> bool | None:
    """Whether the task is to be completed (True) or resumed (False); None where neither is asked for.

    Raises `ValidationError` for a value that is not 1, and where both are asked for.
    """
    errors: dict[str, Any] = {}
    named = [field for field in FINISHING if field.name in sent]
    for field in named:
        try:
            read_value(field, sent[field.name])
        except ValidationError as error:
            errors[field.name] = error
    if not errors and len({field.name == "resume" for field in named}) == 2:
        errors["resume"] = values.refused("A task can't be completed and resumed at once.")
    if errors:
        raise ValidationError(errors)
    return named[0].name != "resume" if named else None


def read_value(field: Field, value: Any) -> Any:
    longest = LONGEST.get(field.name, TEXT_MAX)
    if isinstance(value, str) and len(value) > longest:
        raise values.refused(f"At most {longest} characters are taken.")
    return field.use(value)


def checked(sent: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters with their values read, and an error for each that is unknown or can't be taken."""
    read: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name in sent.keys() - ONLY_SHOWN:
        try:
            if name not in BY_NAME:
                raise ValidationError("There is no such parameter.", "unknown")
            read[name] = read_value(BY_NAME[name], sent[name])
        except ValidationError as error:
            errors[name] = error
    totals = [name for name in TOTALS if read.get(name)]
    for name in totals[1:]:
        errors[name] = values.refused(f"Send either this or {totals[0]}.")
    return read, {name: errors[name] for name in sent if name in errors}
