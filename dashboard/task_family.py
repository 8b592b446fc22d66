"""What a task is part of, and its own parts: the newest of them, and how many are in which status."""

import uuid
from dataclasses import dataclass

from django.db import connection

from dashboard.task_list import COUNT_MAX, Count
from dashboard.task_rows import Row, label_of, row_of
from projects.models import Project
from tasks import statements
from tasks.dialects import Condition
from tasks.row import TaskRow
from tasks.statements import adapted, is_one_of
from tasks.statuses import TERMINAL, Status

SHOWN = 50
BY_STATUS = (
    "SELECT status, count(*) FROM (SELECT status FROM tasks_task WHERE parent_id = %s ORDER BY number DESC LIMIT %s) "
    "parts GROUP BY status"
)


@dataclass(frozen=True)
class Family:
    """by_status: label, status and count of those that there are. total: of all parts."""

    parent: TaskRow | None
    children: list[Row]
    by_status: list[tuple[str, str, Count]]
    total: Count
    over: int

    @property
    def has_more(self) -> bool:
        return self.total.number > len(self.children)


def family_of(task: TaskRow, project: Project) -> Family:
    """Three statements at most."""
    if task.parent_id is not None:  # tasks nest one level deep
        found = statements.select([is_one_of("public_id", [task.parent_id])], "LIMIT 1")
        return Family(found[0] if found else None, [], [], Count(0, more=False), 0)
    children = statements.select(
        [Condition("parent_id = %s", (task.public_id,))], "ORDER BY number DESC LIMIT %s", SHOWN
    )
    counts = counted(task.public_id) if children else {}
    more = sum(counts.values()) > COUNT_MAX
    return Family(
        parent=None,
        children=[row_of(child, project) for child in children],
        by_status=[(label_of(status), status, Count(counts[status], more)) for status in Status if status in counts],
        total=Count(min(sum(counts.values()), COUNT_MAX), more),
        over=sum(counts.get(status, 0) for status in TERMINAL),
    )


def counted(parent_id: uuid.UUID) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(BY_STATUS, adapted([parent_id, COUNT_MAX + 1]))
        return dict(cursor.fetchall())
