"""A rule of an organization: what every matching task or monitor does when it reaches a point."""

from django.core.validators import MinValueValidator
from django.db import models

from monitors.models import Monitor
from projects.models import Organization, Project


class GlobalAction(models.Model):
    """`project`, `monitor` and `name_filter` narrow down what it applies to; all of the organization without them."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="actions", db_index=False)
    name = models.CharField(max_length=255)
    enabled = models.BooleanField(default=True)
    integration = models.CharField(max_length=50)
    config = models.JSONField(default=dict, blank=True)
    trigger = models.CharField(max_length=255)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="actions")
    monitor = models.ForeignKey(Monitor, on_delete=models.CASCADE, null=True, blank=True, related_name="actions")
    name_filter = models.CharField(max_length=255, default="", blank=True)
    failures_in_row = models.IntegerField(default=1, validators=[MinValueValidator(1)])
    notify_recovery = models.BooleanField(default=False)
    snooze_until = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField()
    updated = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(failures_in_row__gte=1), name="failures_in_row_are_counted"),
        )
        indexes = (models.Index(fields=("organization", "id"), name="global_actions_of_organization"),)

    def __str__(self) -> str:
        return self.name


class Streak(models.Model):
    """How many ends in a row, of one task name in one project, matched a rule that counts them."""

    # Without the database's own check: a rule that is deleted this very moment must not fail the end of a task.
    action = models.ForeignKey(
        GlobalAction, on_delete=models.CASCADE, related_name="streaks", db_index=False, db_constraint=False
    )
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="streaks")
    name = models.CharField(max_length=255)
    length = models.IntegerField(default=0)
    alerted = models.BooleanField(default=False)  # a message went out: recovery is worth another

    class Meta:
        constraints = (models.UniqueConstraint(fields=("action", "project", "name"), name="one_streak_of_a_name"),)

    def __str__(self) -> str:
        return f"{self.name}: {self.length}"
