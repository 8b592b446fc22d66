"""What is meant with a task: one plan at most for each, made when the first of it is written.

Only `planning.plans` and what it is told by (`completion`, `occurrences`) write it. No column has the name of one of
`tasks_task`: `planning.rows` reads both in one statement.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from planning.models.workflow import WorkflowStatus
from projects.models import Membership, Team, User
from tasks.models import Task

# What SQLite keeps exactly: it has no decimals, and its floats hold fifteen digits.
MONEY: Mapping[str, Any] = {"max_digits": 15, "decimal_places": 4}
ZERO = Decimal(0)
DEFAULT_PRIORITY = 5
# Characters, in every API.
DESCRIPTION_MAX = 65_536
NOTES_MAX = 500_000


class Activity(models.TextChoices):
    INACTIVE = "inactive"
    ACTIVE = "active"
    AMBER = "amber"


class Recurrence(models.TextChoices):
    DAILY = "D"
    WEEKLY = "W"
    MONTHLY = "M"
    QUARTERLY = "Q"
    SEMI_YEARLY = "S"
    YEARLY = "Y"


class Plan(models.Model):
    """One-to-one with a task, which has none until it is planned: monitored jobs pay nothing for it."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, primary_key=True, related_name="plan")
    description = models.TextField(default="", blank=True)
    color = models.CharField(max_length=32, default="", blank=True)
    notes = models.TextField(default="", blank=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    deadline_date = models.DateField(null=True, blank=True)
    # Set by hand; without it, a task that has succeeded was completed when it ended.
    date_completed = models.DateTimeField(null=True, blank=True)
    ongoing = models.BooleanField(default=False)
    activity = models.CharField(max_length=8, choices=Activity, default=Activity.ACTIVE)
    important = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)
    task_order = models.BigIntegerField(null=True, blank=True)  # without it, the second in which the task was made
    priority = models.IntegerField(default=DEFAULT_PRIORITY)
    estimated_minutes = models.IntegerField(null=True, blank=True)
    estimated_cost = models.DecimalField(default=ZERO, **MONEY)
    hourly_rate = models.DecimalField(default=ZERO, **MONEY)
    fixed_price = models.BooleanField(default=False)
    price = models.DecimalField(default=ZERO, **MONEY)
    billable = models.BooleanField(default=True)
    billed = models.BooleanField(default=False)
    notifications = models.BooleanField(default=True)
    recurrence = models.CharField(max_length=1, choices=Recurrence, default="", blank=True)
    creator = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    responsible = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    action_required = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    # Counts while it stands for the status that the task has.
    workflow_status = models.ForeignKey(WorkflowStatus, models.SET_NULL, null=True, blank=True, related_name="+")
    custom_fields = models.TextField(default="{}")  # JSON: values by the id of their definition, in its order
    goodday_id = models.CharField(max_length=255, default="", blank=True)
    goodday_created_at = models.DateTimeField(null=True, blank=True)
    goodday_created_offset = models.SmallIntegerField(default=0)  # minutes from UTC, to show it as it came
    plan_updated = models.DateTimeField()
    # The integer-keyed dialects know such a task no more.
    deleted = models.DateTimeField(null=True, blank=True)
    # Which occurrence came before. Unique: of each, there is one next.
    predecessor = models.OneToOneField(
        Task, models.SET_NULL, null=True, blank=True, related_name="next_plan", editable=False
    )
    has_successor = models.BooleanField(default=False, editable=False)
    # The day of the month that each date first had, by the field's name: the 31st comes back after a February.
    month_days = models.JSONField(default=dict, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(activity__in=Activity.values), name="plan_activity_is_known"),
            models.CheckConstraint(
                condition=Q(recurrence__in=["", *Recurrence.values]), name="plan_recurrence_is_known"
            ),
            models.CheckConstraint(
                condition=Q(estimated_minutes=None) | Q(estimated_minutes__gte=0), name="plan_estimate_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(estimated_cost__gte=0, hourly_rate__gte=0, price__gte=0), name="plan_money_is_not_negative"
            ),
        )
        indexes = (
            # The sweep's look for recurring tasks that may have succeeded.
            models.Index(fields=("task",), name="plan_recurs", condition=~Q(recurrence="") & Q(has_successor=False)),
            # `?goodday_id=`
            models.Index(fields=("goodday_id",), name="plan_of_goodday_id", condition=~Q(goodday_id="")),
        )

    def __str__(self) -> str:
        return f"plan of task {self.task_id}"


class PlanAssignee(models.Model):
    """Who is to do it; the order of their ids is the order in which they were named."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="assignees", db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("plan", "membership"), name="one_assignment_of_a_member"),)

    def __str__(self) -> str:
        return f"{self.membership_id} on {self.plan_id}"


class PlanTeam(models.Model):
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="teams", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("plan", "team"), name="one_assignment_of_a_team"),)

    def __str__(self) -> str:
        return f"{self.team_id} on {self.plan_id}"
