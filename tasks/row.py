"""A task as a row: what the hot path reads and writes in place of model instances."""

import datetime
import uuid
from typing import NamedTuple

from tasks.statuses import Status
from tasks.triggers import Progress


class TaskRow(NamedTuple):
    """A task as it is, or was, stored. The fields are the columns; `data` and `tags` are JSON text."""

    number: int
    public_id: uuid.UUID
    project_id: int
    name: str
    status: str
    value: int | None
    value_max: int
    data: str
    tags: str
    queue: str
    external_id: str
    parent_id: uuid.UUID | None
    monitor_id: uuid.UUID | None
    max_runtime: int | None
    stale_timeout: int | None
    stall_timeout: int | None
    start_time: datetime.datetime | None
    end_time: datetime.datetime | None
    time_to_start: datetime.timedelta | None
    created: datetime.datetime
    updated: datetime.datetime
    status_before_stale: str
    wake_at: datetime.datetime | None
    is_overrun: bool
    still_since: datetime.datetime | None
    has_actions: bool
    public_token: str

    def progress(self) -> Progress:
        """What triggers compare before and after a change."""
        return Progress(self.status, self.value, self.value_max)


NEW = TaskRow(
    number=0,  # the database gives it
    public_id=uuid.UUID(int=0),
    project_id=0,
    name="",
    status=Status.PENDING.value,
    value=None,
    value_max=100,
    data="null",
    tags="{}",
    queue="",
    external_id="",
    parent_id=None,
    monitor_id=None,
    max_runtime=None,
    stale_timeout=None,
    stall_timeout=None,
    start_time=None,
    end_time=None,
    time_to_start=None,
    created=datetime.datetime.min,
    updated=datetime.datetime.min,
    status_before_stale="",
    wake_at=None,
    is_overrun=False,
    still_since=None,
    has_actions=False,
    public_token="",
)
