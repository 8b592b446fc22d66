"""A project's own names for where work is."""

from django.db import models

from projects.models import Project
from tasks.statuses import Status


class WorkflowStatus(models.Model):
    """A column of a team's board, and the lifecycle status that it stands for; several may stand for the same.

    Each lifecycle status has one at least, in every project: `planning.workflow`.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="workflow_statuses", db_index=False)
    name = models.CharField(max_length=255)
    order = models.IntegerField(default=0)
    is_done = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=[(status, status) for status in Status])

    class Meta:
        ordering = ("project", "order", "id")
        constraints = (
            models.UniqueConstraint(fields=("project", "name"), name="one_workflow_status_of_a_name"),
            models.CheckConstraint(condition=models.Q(status__in=list(Status)), name="workflow_status_is_known"),
        )
        # Which one a task without a choice of its own is shown with: the first that stands for its status.
        indexes = (models.Index(fields=("project", "status", "order", "id"), name="workflow_status_in_order"),)

    def __str__(self) -> str:
        return self.name
