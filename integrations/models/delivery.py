"""The outbox: one row for each message that is owed to one channel, and the log of the attempts to send it.

Only `integrations.outbox` and `integrations.delivering` write it.
"""

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from integrations.models.channel import Channel
from integrations.models.shared_body import SharedBody
from projects.models import Organization, Project


class DeliveryStatus(models.TextChoices):
    PENDING = "pending"  # to be sent when `due_at` has come; while a worker sends it, that is when its lease ends
    DELIVERED = "delivered"
    FAILED = "failed"  # given up; sent again only when somebody asks for it


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime.datetime) -> "DeliveryQuerySet":
        """Those that a worker may send now, the longest due first."""
        return self.filter(status=DeliveryStatus.PENDING, due_at__lte=now).order_by("due_at")


class Delivery(models.Model):
    """A message as it was when its point was reached. What it is about is named by id: it may be deleted meanwhile."""

    number = models.BigAutoField(primary_key=True)
    # `id` on the wire, `webhook-id` and Message-ID: the same over all attempts, so that receivers can drop repeats.
    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    # None for the built-in `email`. A channel that is deleted leaves its number here, which leads nowhere then:
    # `integration` still says which it was. So deleting one costs the same whatever was sent, and one that is deleted
    # this very moment does not fail the change that a message tells of. Load it by `select_related`, which finds None.
    channel = models.ForeignKey(
        Channel, models.DO_NOTHING, null=True, related_name="deliveries", db_constraint=False, db_index=False
    )
    integration = models.CharField(max_length=50)
    config = models.JSONField(default=dict)  # the action's own: who gets the mail
    task_id = models.UUIDField(null=True)
    monitor_id = models.UUIDField(null=True)
    point = models.CharField(max_length=255)
    # The message, JSON, as a webhook gets it; but for what `shared_body` holds of it, where deliveries share that.
    body = models.TextField()
    # No constraint: to check it, a migration would have to read the whole table while nothing can be written.
    shared_body = models.ForeignKey(
        SharedBody, models.DO_NOTHING, null=True, related_name="deliveries", db_constraint=False, db_index=False
    )
    rule_id = models.BigIntegerField(null=True)  # the global action that fired
    status = models.CharField(max_length=16, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    due_at = models.DateTimeField()
    # Counted when an attempt begins. It is the fencing token as well: whoever lost his lease changes nothing.
    attempt_count = models.IntegerField(default=0)
    # Attempts of earlier rounds, before somebody asked to deliver it again: the back-off begins anew.
    attempts_before = models.IntegerField(default=0)
    created = models.DateTimeField()
    finished = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Delivery"]] = models.Manager.from_queryset(DeliveryQuerySet)()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (
            models.CheckConstraint(condition=Q(status__in=DeliveryStatus.values), name="delivery_status_is_known"),
        )
        indexes = (
            # What a worker takes next (`integrations.lanes`): whom something is due for; in which lanes of an
            # organization, each of which may be long: those of its channels, and that of the mail without any.
            models.Index(
                fields=("organization", "due_at"), name="delivery_due_of_organization", condition=Q(status="pending")
            ),
            models.Index(
                fields=("organization", "channel", "due_at"),
                name="delivery_due_in_lane",
                condition=Q(status="pending", channel__isnull=False),
            ),
            models.Index(
                fields=("organization", "due_at"),
                name="delivery_due_in_mail_lane",
                condition=Q(status="pending", channel=None),
            ),
            # The list, newest first; by project; by status; by channel; and those of a task or a monitor.
            models.Index(fields=("organization", "-number"), name="delivery_list"),
            models.Index(fields=("project", "-number"), name="delivery_list_by_project"),
            models.Index(fields=("organization", "status", "-number"), name="delivery_list_by_status"),
            models.Index(fields=("organization", "integration", "-number"), name="delivery_list_by_integration"),
            models.Index(fields=("task_id", "-number"), name="delivery_of_task", condition=Q(task_id__isnull=False)),
            models.Index(
                fields=("monitor_id", "-number"), name="delivery_of_monitor", condition=Q(monitor_id__isnull=False)
            ),
            # The page of a global action.
            models.Index(fields=("rule_id", "-number"), name="delivery_of_rule", condition=Q(rule_id__isnull=False)),
            # Whether a shared body has any delivery left.
            models.Index(
                fields=("shared_body",), name="delivery_of_shared_body", condition=Q(shared_body__isnull=False)
            ),
            # The sweep of those that are kept long enough.
            models.Index(fields=("finished",), name="delivery_finished", condition=Q(finished__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.point} -> {self.integration}"


class Attempt(models.Model):
    """One try to send a delivery: what the other side said, or why nothing could be heard of it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    at = models.DateTimeField()
    status = models.IntegerField(null=True)  # the answer's HTTP status; None: there was none
    duration_ms = models.IntegerField()
    response = models.TextField(default="")  # the first 2 kB of the answer
    error = models.TextField(default="")

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("delivery", "id"), name="attempts_of_delivery"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.status or self.error}"
