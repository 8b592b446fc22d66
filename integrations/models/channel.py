"""A channel: a configured place that messages of an organization go to."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from projects.models import Organization

KIND_MAX = 16
SLUG_MAX = 42  # `webhook:` and a slug fit the 50 characters that an action has for its integration
is_slug = RegexValidator(
    rf"\A[a-z0-9][a-z0-9_-]{{0,{SLUG_MAX - 1}}}\Z",
    f"Use lower-case letters, digits, hyphens and underscores, {SLUG_MAX} at most, beginning with a letter or digit.",
)


class Kind(models.TextChoices):
    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


class ChannelQuerySet(models.QuerySet["Channel"]):
    def named(self, organization_id: int, integration: str) -> "ChannelQuerySet":
        """The channel that the wire calls `webhook:ops`; none for the built-in `email`."""
        kind, _, slug = integration.partition(":")
        return self.filter(organization=organization_id, kind=kind, slug=slug)


class Channel(models.Model):
    """`config` is what everyone may see of it; what must stay secret is in `sealed` (`integrations.sealing`)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="channels", db_index=False)
    kind = models.CharField(max_length=KIND_MAX, choices=Kind)
    slug = models.CharField(max_length=SLUG_MAX, validators=[is_slug])
    name = models.CharField(max_length=255)
    config = models.JSONField(default=dict, blank=True)
    # Encrypted: the signing secret of a webhook, the whole URL of an Apprise service.
    sealed = models.TextField(default="", blank=True, editable=False)
    # The secret before the last rotation, which signs as well until then: receivers change theirs meanwhile.
    sealed_before = models.TextField(default="", blank=True, editable=False)
    overlap_until = models.DateTimeField(null=True, blank=True, editable=False)
    enabled = models.BooleanField(default=True)
    created = models.DateTimeField()
    updated = models.DateTimeField()

    objects: ClassVar[models.Manager["Channel"]] = models.Manager.from_queryset(ChannelQuerySet)()

    class Meta:
        ordering = ("id",)
        constraints = (
            # Serves the look-up by the name on the wire, and the list.
            models.UniqueConstraint(fields=("organization", "kind", "slug"), name="one_channel_of_a_slug"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="channel_kind_is_known"),
        )

    def __str__(self) -> str:
        return self.integration

    @property
    def integration(self) -> str:
        """What actions call it."""
        return f"{self.kind}:{self.slug}"
