"""What was spent on a task: time and money."""

from django.db import models

from planning.models.plan import MONEY
from projects.models import User
from tasks.models import Task


class TimeReport(models.Model):
    """Somebody's time on a day. A correction of the total may take minutes away."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="time_reports", db_index=False)
    # What somebody has worked stays his, also when he has left the organization.
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    minutes = models.IntegerField()
    billable = models.BooleanField(default=True)
    note = models.TextField(default="", blank=True)
    created = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("task", "id"), name="time_reports_of_task"),)

    def __str__(self) -> str:
        return f"{self.date}: {self.minutes} min"


class ExtraCost(models.Model):
    """Money beside time: a licence, a ticket."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="extra_costs", db_index=False)
    name = models.CharField(max_length=255)
    amount = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)  # ISO 4217
    date = models.DateField()
    created = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("task", "id"), name="extra_costs_of_task"),)

    def __str__(self) -> str:
        return f"{self.name}: {self.amount} {self.currency}"
