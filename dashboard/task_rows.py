"""A task as a row of a list: what is shown of it, and what may be done with it."""

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from projects.models import Project
from tasks.row import TaskRow
from tasks.statuses import RUNNING, TERMINAL, Status

TAGS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A task with its project, None where it is not shown. tags: the first few."""

    task: TaskRow
    project: Project | None
    tags: Sequence[tuple[str, str]] = ()
    more_tags: int = 0

    @property
    def percent(self) -> int | None:
        return self.task.progress().percent

    @property
    def bar(self) -> int:
        """How far the bar goes, 0..100; a task may be further than its end."""
        return min(self.percent or 0, 100)

    @property
    def is_over(self) -> bool:
        return self.task.status in TERMINAL

    @property
    def is_running(self) -> bool:
        return self.task.status in RUNNING

    @property
    def elapsed(self) -> datetime.timedelta | None:
        """Since when a run goes on."""
        start = self.task.start_time
        return max(timezone.now() - start, datetime.timedelta(0)) if start and self.is_running else None

    @property
    def duration(self) -> datetime.timedelta | None:
        return duration_of(self.task)


def rows_of(tasks: Iterable[TaskRow], projects: Iterable[Project]) -> list[Row]:
    by_number = {project.pk: project for project in projects}
    return [row_of(task, by_number[task.project_id]) for task in tasks]


def row_of(task: TaskRow, project: Project) -> Row:
    tags: Mapping[str, str] = json.loads(task.tags)
    pairs = list(tags.items())
    return Row(task, project, pairs[:TAGS_SHOWN], max(len(pairs) - TAGS_SHOWN, 0))


def duration_of(task: TaskRow) -> datetime.timedelta | None:
    """How long the run took that is over; None for one that goes on, or whose clocks tell nothing."""
    if task.start_time is None or task.end_time is None or task.status not in TERMINAL:
        return None
    taken = task.end_time - task.start_time
    return taken if taken >= datetime.timedelta(0) else None


def label_of(status: str) -> str:
    return status.replace("_", " ")


STATUS_LABELS = {str(status): label_of(status) for status in Status}
