"""What a task does when it reaches a point: a trigger and the channel that hears of it."""

from django.db import models

from tasks.models.task import Task

ACTIONS_MAX = 50  # that are active at once, of one task


class ActionStatus(models.TextChoices):
    ACTIVE = "active"
    CANCELLED = "cancelled"


class Action(models.Model):
    """Kept as sent; a cancelled one never fires again, and stays to be read."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="actions", db_index=False)
    trigger = models.CharField(max_length=255)
    integration = models.CharField(max_length=50)
    config = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=16, choices=ActionStatus, default=ActionStatus.ACTIVE)
    created = models.DateTimeField()
    updated = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(status__in=ActionStatus.values), name="action_status_is_known"),
        )
        indexes = (models.Index(fields=("task", "id"), name="action_of_task"),)  # the list, and what an update may fire

    def __str__(self) -> str:
        return f"{self.trigger} -> {self.integration}"
