"""Roll-ups: what all time and money of a task and its children, or of a project, comes to.

Sums of minutes are the database's. Money is grouped by its amount there and added up here: SQLite has no decimals. It
is rounded to the cent once, at the end.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

from django.db import connection

from planning.amounts import CENT, MINUTES_OF_HOUR, money
from planning.expressions import expressions
from planning.models.plan import ZERO
from projects.models import Project
from tasks.dialects import Condition
from tasks.row import TaskRow
from tasks.statements import adapted, is_one_of
from tasks.wire import json_number

# What was deleted counts for nobody but itself.
PLAN = "LEFT JOIN planning_plan p ON p.task_id = member WHERE (p.deleted IS NULL OR member = root)"
# One row for each way in which tasks are priced, however many tasks there are of it.
PLANS = (
    "SELECT root, p.fixed_price, p.billable, p.price, sum(p.estimated_minutes), count(*) FROM family "
    "JOIN planning_plan p ON p.task_id = member WHERE (p.deleted IS NULL OR member = root) GROUP BY 1, 2, 3, 4"
)
TIMES = (
    "SELECT root, r.user_id, r.billable, COALESCE(p.hourly_rate, 0), "
    "COALESCE(p.billable, true) AND NOT COALESCE(p.fixed_price, false), sum(r.minutes) "
    f"FROM family JOIN planning_timereport r ON r.task_id = member {PLAN} GROUP BY 1, 2, 3, 4, 5"
)
COSTS = (
    "SELECT root, c.currency, c.amount, count(*) "
    f"FROM family JOIN planning_extracost c ON c.task_id = member {PLAN} GROUP BY 1, 2, 3"
)
EXACT = Context(prec=100, rounding=ROUND_HALF_UP)


@dataclass
class Sums:
    """What has been added up of one task or project. by_rate, billed_by_rate: minutes times money an hour."""

    estimated: int = 0
    by_rate: Decimal = ZERO
    billed_by_rate: Decimal = ZERO
    fixed: Decimal = ZERO
    people: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    costs: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    def on_wire(self) -> dict[str, Any]:
        by_hour = self.billed_by_rate / MINUTES_OF_HOUR
        return {
            "tracked_minutes": sum(tracked for tracked, _ in self.people.values()),
            "billable_minutes": sum(billable for _, billable in self.people.values()),
            "estimated_minutes": self.estimated,
            "cost": to_the_cent(self.by_rate / MINUTES_OF_HOUR),
            "price": to_the_cent(self.fixed + by_hour),
            "extra_costs": [
                {"currency": currency, "amount": money(amount)} for currency, amount in sorted(self.costs.items())
            ],
            "people": [
                {"user": user_id, "minutes": tracked, "billable_minutes": billable}
                for user_id, (tracked, billable) in sorted(self.people.items())
            ],
        }


def rollups_of(tasks: Sequence[TaskRow]) -> dict[int, dict[str, Any]]:
    """By number: of each task with its children that are not deleted. Four statements, however many tasks there are."""
    if not tasks:
        return {}
    own = is_one_of("number", [task.number for task in tasks])
    parents = is_one_of("parent.number", [task.number for task in tasks])
    family = Condition(
        f"SELECT number AS root, number AS member FROM tasks_task WHERE {own.sql} UNION ALL "
        "SELECT parent.number, tasks_task.number FROM tasks_task parent "
        f"JOIN tasks_task ON tasks_task.parent_id = parent.public_id WHERE {parents.sql}",
        (*own.params, *parents.params),
    )
    with localcontext(EXACT):
        sums = summed(family)
        percents = percents_of(tasks)
        return {
            task.number: {"percent": json_number(percents[task.number]), **sums[task.number].on_wire()}
            for task in tasks
        }


def rollup_of_project(project: Project) -> dict[str, Any]:
    """Of all tasks of a project that are not deleted. Three statements."""
    family = Condition("SELECT 0 AS root, number AS member FROM tasks_task WHERE project_id = %s", (project.pk,))
    with localcontext(EXACT):
        return summed(family)[0].on_wire()


def summed(family: Condition) -> dict[int, Sums]:
    """The sums by root. family: SQL that gives `root` and `member`, a task that counts for it."""
    sums: dict[int, Sums] = defaultdict(Sums)
    for root, fixed_price, billable, price, estimated, count in fetch(family, PLANS):
        sums[root].estimated += int(estimated or 0)
        if fixed_price and billable:
            sums[root].fixed += decimal(price) * count
    for root, user_id, billable, rate, is_by_hour, minutes in fetch(family, TIMES):
        value = int(minutes) * decimal(rate)
        sums[root].by_rate += value
        person = sums[root].people[user_id]
        person[0] += int(minutes)
        if billable:
            person[1] += int(minutes)
            sums[root].billed_by_rate += value if is_by_hour else ZERO
    for root, currency, amount, count in fetch(family, COSTS):
        sums[root].costs[currency] += decimal(amount) * count
    return sums


def percents_of(tasks: Iterable[TaskRow]) -> dict[int, int | None]:
    """The progress of each: its own, or for want of a value its children's; for those, one statement."""
    percents = {task.number: task.progress().percent for task in tasks}
    unknown = is_one_of("number", [task.number for task in tasks if task.value is None])
    if unknown.params:
        sql = f"SELECT number, {expressions().children_percent} FROM tasks_task WHERE {unknown.sql}"
        with connection.cursor() as cursor:
            cursor.execute(sql, adapted(unknown.params))
            percents.update(cursor.fetchall())
    return percents


def fetch(family: Condition, sql: str) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"WITH family AS ({family.sql}) {sql}", adapted(family.params))
        return list(cursor.fetchall())


def decimal(number: Any) -> Decimal:
    """A column of money as the driver gives it: SQLite's knows floats and integers alone."""
    return number if isinstance(number, Decimal) else Decimal(str(number))


def to_the_cent(amount: Decimal) -> str:
    return money(amount.quantize(CENT))
