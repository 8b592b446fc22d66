"""API keys: the secret of a project or an organization, kept as a hash."""

import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from projects import keys
from projects.models.organization import Organization, Project
from projects.models.people import User
from projects.scopes import TASK_SCOPES


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def live(self, now: datetime.datetime) -> "ApiKeyQuerySet":
        """Neither revoked nor expired."""
        return self.filter(Q(expires=None) | Q(expires__gt=now), revoked=None)


class ApiKeyManager(models.Manager["ApiKey"]):
    def get_queryset(self) -> ApiKeyQuerySet:
        return ApiKeyQuerySet(self.model, using=self._db)

    def live(self, now: datetime.datetime) -> ApiKeyQuerySet:
        return self.get_queryset().live(now)

    def issue(self, organization: Organization, project: Project | None = None, **fields: Any) -> tuple["ApiKey", str]:
        """A new key, and its text in whole: the only time that it is known."""
        secret = keys.make()
        row = self.create(
            organization=organization,
            project=project,
            digest=keys.digest(secret),
            prefix=secret[: keys.SHOWN],
            **fields,
        )
        return row, keys.encode(organization.slug, project.slug if project else "", secret)


def task_scopes() -> list[str]:
    return sorted(TASK_SCOPES)


class ApiKey(models.Model):
    """Reaches its project alone, or without one, all projects of its organization."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="api_keys")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="api_keys")
    name = models.CharField(max_length=255)
    prefix = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32, unique=True)  # the look-up of every request
    scopes = models.JSONField(default=task_scopes)
    creator = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ApiKeyManager] = ApiKeyManager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
