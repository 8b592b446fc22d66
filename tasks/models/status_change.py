"""The history of a task: one row for each change of its status."""

from django.conf import settings
from django.db import models

from projects.models import ApiKey
from tasks.models.task import Task


class StatusChange(models.Model):
    """From, to, when, and by whom: a key, a person, or where neither is named, the server's own sweep."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="status_changes", db_index=False)
    old = models.CharField(max_length=16)
    new = models.CharField(max_length=16)
    at = models.DateTimeField()
    # Who it was stays, also when he is gone; and nobody asks for the changes of a key: no row pays for an index.
    key = models.ForeignKey(ApiKey, models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("task", "id"), name="history_of_task"),)  # the history of a task, oldest first

    def __str__(self) -> str:
        return f"{self.old} -> {self.new}"
