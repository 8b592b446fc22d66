"""A task: one monitored unit of work. Only `tasks.changes` writes it."""

import datetime
import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from monitors.models import Monitor
from projects.models import Project
from tasks.statuses import Status

SECONDS_MAX = 2**31 - 1
TEXT_MAX = 255
TAGS_MAX = 100


def make_public_token() -> str:
    """What makes a task's public link unguessable: 128 random bits."""
    return secrets.token_urlsafe(16)


class TaskQuerySet(models.QuerySet["Task"]):
    def due(self, now: datetime.datetime) -> "TaskQuerySet":
        """Those that a sweep must look at; what waits to be deleted is left in peace."""
        return self.filter(wake_at__lte=now, project__organization__deleted=None).order_by("wake_at")


class Task(models.Model):
    """The truth of a task; what the wire derives from it is in `tasks.wire`."""

    number = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)  # `id` on the wire
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    name = models.CharField(max_length=TEXT_MAX)
    status = models.CharField(max_length=16, choices=[(s, s) for s in Status], default=Status.PENDING)
    value = models.BigIntegerField(null=True, blank=True)
    value_max = models.BigIntegerField(default=100)
    data = models.TextField(default="null")  # JSON as sent: nothing looks into it, and jsonb would rewrite numbers
    tags = models.JSONField(default=dict, blank=True)
    queue = models.CharField(max_length=TEXT_MAX, default="", blank=True)
    external_id = models.CharField(max_length=TEXT_MAX, default="", blank=True)
    # Names the parent by its public id, so that the wire needs no join.
    parent = models.ForeignKey(
        "self",
        to_field="public_id",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
        db_index=False,
    )
    # Which monitor the run belongs to stays, also when that is deleted.
    monitor = models.ForeignKey(
        Monitor,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    max_runtime = models.IntegerField(null=True, blank=True)
    stale_timeout = models.IntegerField(null=True, blank=True)
    stall_timeout = models.IntegerField(null=True, blank=True)
    start_time = models.DateTimeField(null=True, blank=True)
    end_time = models.DateTimeField(null=True, blank=True)
    time_to_start = models.DurationField(null=True, blank=True)
    created = models.DateTimeField()
    updated = models.DateTimeField()
    # Where a ping returns a stale task to; "" while it is not stale.
    status_before_stale = models.CharField(max_length=16, default="", blank=True)
    # When a sweep must next look at the task. A ping leaves it alone, the sweep finds the task fresh and moves it on.
    wake_at = models.DateTimeField(null=True, blank=True)
    # `max_runtime_exceeded` was found out of the present run: once is enough.
    is_overrun = models.BooleanField(default=False, db_default=False)
    # Since when `value` has stood still; None where nobody asks (no `stall_timeout`) and once `stalled` was told.
    still_since = models.DateTimeField(null=True, blank=True)
    # Set with the first action and never cleared: an update of a task without one asks for none.
    has_actions = models.BooleanField(default=False)
    public_token = models.CharField(max_length=32, default=make_public_token, editable=False)

    objects: ClassVar[models.Manager["Task"]] = models.Manager.from_queryset(TaskQuerySet)()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(status__in=list(Status)), name="task_status_is_known"),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="task_value_is_not_negative"),
            models.CheckConstraint(condition=Q(value_max__gte=0), name="task_value_max_is_not_negative"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("public_id")), name="task_is_no_parent_of_itself"
            ),
        )
        # Conditions are written as IS NOT NULL: SQLite does not take NOT (… IS NULL) for the same, and reads it all.
        indexes = (
            # The list, newest first, by any cursor.
            models.Index(fields=("project", "-number"), name="task_list"),
            # The list by status, by name, by queue, by external id.
            models.Index(fields=("project", "status", "-number"), name="task_list_by_status"),
            models.Index(fields=("project", "name", "-number"), name="task_list_by_name"),
            models.Index(fields=("project", "queue", "-number"), name="task_list_by_queue", condition=~Q(queue="")),
            models.Index(
                fields=("project", "external_id", "-number"),
                name="task_list_by_external_id",
                condition=~Q(external_id=""),
            ),
            # `?parent=`, `?embed=children`, and whether a task has children when it is given a parent.
            models.Index(fields=("parent", "-number"), name="task_children", condition=Q(parent__isnull=False)),
            # `?monitor=`
            models.Index(
                fields=("project", "monitor", "-number"),
                name="task_list_by_monitor",
                condition=Q(monitor__isnull=False),
            ),
            # The sweep's look for due tasks.
            models.Index(fields=("wake_at",), name="task_due", condition=Q(wake_at__isnull=False)),
            # What is still to be counted: `tasks.ends`.
            models.Index(fields=("end_time",), name="task_ended", condition=Q(end_time__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.public_id})"
