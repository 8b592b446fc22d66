"""Scheduled-task monitors: when a run is expected, and what was heard of it. Only the verbs of this room write them."""

import datetime
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from monitors.schedules import CRON_MAX
from monitors.states import State
from projects.models import Project

START_GRACE = 60  # seconds
GRACE = 300  # seconds
SECONDS_MAX = 2**31 - 1
STATES = [state.value for state in State]


class MonitorQuerySet(models.QuerySet["Monitor"]):
    def due(self, now: datetime.datetime) -> "MonitorQuerySet":
        """Those that a sweep must look at; what waits to be deleted is left in peace."""
        return self.filter(look_at__lte=now, project__organization__deleted=None).order_by("look_at")


class Monitor(models.Model):
    """Either `interval` or `cron` is set. The id is random: whoever knows it may ping."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="monitors", db_index=False)
    name = models.CharField(max_length=255)
    interval = models.IntegerField(null=True, blank=True)  # seconds
    cron = models.CharField(max_length=CRON_MAX, default="", blank=True)
    timezone = models.CharField(max_length=64, default="UTC")
    # Seconds from due to late. May be over `grace` in the database: read it by `late_after`.
    start_grace = models.IntegerField(default=START_GRACE, db_default=START_GRACE)
    grace = models.IntegerField(default=GRACE)  # seconds from due to down
    max_runtime = models.IntegerField(null=True, blank=True)  # seconds
    enabled = models.BooleanField(default=True)
    status = models.CharField(max_length=8, choices=[(state, state.capitalize()) for state in STATES], default="new")
    # The last run failed: only one that succeeds brings the monitor up, not one that begins.
    failed = models.BooleanField(default=False)
    last_check_in = models.DateTimeField(null=True, blank=True)
    next_due = models.DateTimeField(null=True, blank=True)
    run_started = models.DateTimeField(null=True, blank=True)  # the run that is under way, where it said so
    look_at = models.DateTimeField(null=True, blank=True)  # when a sweep must next look at it
    created = models.DateTimeField()

    objects: ClassVar[models.Manager["Monitor"]] = models.Manager.from_queryset(MonitorQuerySet)()

    class Meta:
        ordering = ("created", "id")
        constraints = (
            models.CheckConstraint(condition=Q(status__in=STATES), name="monitor_status_is_known"),
            models.CheckConstraint(condition=Q(interval=None) ^ Q(cron=""), name="monitor_has_one_schedule"),
        )
        indexes = (
            # The list.
            models.Index(fields=("project", "created"), name="monitors_of_project"),
            # The sweep's look for due monitors.
            models.Index(fields=("look_at",), name="monitor_due", condition=Q(look_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def late_after(self) -> int:
        """Return `start_grace` in seconds, at most the grace."""
        return min(self.start_grace, self.grace)


class MonitorChange(models.Model):
    """A change of a monitor's status, written with it; what must hear of it is told from here (`announced`)."""

    monitor = models.ForeignKey(Monitor, on_delete=models.CASCADE, related_name="changes", db_index=False)
    old = models.CharField(max_length=8)
    new = models.CharField(max_length=8)
    at = models.DateTimeField()
    reason = models.CharField(max_length=255, default="")
    shown = models.TextField()  # the monitor as the API showed it then, JSON
    announced = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)
        indexes = (
            # The history of one, and its end with its monitor.
            models.Index(fields=("monitor", "id"), name="changes_of_monitor"),
            # What is still to be told.
            models.Index(fields=("id",), name="monitor_change_unannounced", condition=Q(announced=False)),
        )

    def __str__(self) -> str:
        return f"{self.old} -> {self.new}"
