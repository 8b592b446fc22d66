"""Channels and deliveries at the door of the API: what is taken, by field, and what is shown."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from integrations.channels import check_channel
from integrations.models import DeliveryStatus, Kind
from integrations.models.channel import KIND_MAX, SLUG_MAX, is_slug
from projects.serializers import NAME_MAX
from taskapi.rest.errors import error_details
from taskapi.rest.fields import SETTINGS_BYTES, Boolean, Choice, Settings, Text

KINDS = [str(kind) for kind in Kind]


class ChannelSerializer(serializers.Serializer[Any]):
    """A place that messages of the organization go to."""

    id = serializers.IntegerField(read_only=True)
    kind = Choice(choices=KINDS, help_text="Can't be changed.")
    slug = Text(validators=[is_slug], help_text="Unique among the channels of its kind; can't be changed.")
    integration = serializers.CharField(read_only=True, help_text="What actions call it: `webhook:ops`.")
    name = Text(max_length=NAME_MAX, required=False, help_text="For people to read; the slug unless set.")
    config = Settings(
        help_text=(
            'Where it leads. `webhook`: `{"url"}`. `email`: `{"to"}`, one to five addresses, comma-separated. '
            '`apprise`: `{"url"}`, of which the secret part is never shown again; sent back as shown, it stays. '
            f"At most {SETTINGS_BYTES} bytes of JSON."
        )
    )
    enabled = Boolean(required=False, help_text="Gets messages. A webhook whose answer is a 410 is switched off.")
    created = serializers.DateTimeField(read_only=True)
    updated = serializers.DateTimeField(read_only=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Names what is wrong in `config` along with what else is, not only once the rest is right."""
        wrong: dict[str, Any] = {}
        try:
            fields: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(data, dict) or not isinstance(error.detail, dict):
                raise
            fields, wrong = data, dict(error.detail)
        if "config" in fields and not {"kind", "config"} & wrong.keys():
            try:
                check_channel(self.instance.kind if self.instance else fields["kind"], fields["config"], self.instance)
            except DjangoValidationError as error:
                wrong |= error_details(error)
        if wrong:
            raise serializers.ValidationError(wrong)
        return fields


class ChannelChangeSerializer(ChannelSerializer):
    kind = Text(max_length=KIND_MAX, required=False, help_text="As it is.")  # type: ignore[assignment]
    slug = Text(max_length=SLUG_MAX, required=False, help_text="As it is.")
    config = Settings(required=False, help_text="Replaced as a whole.")


class ChannelWithSecretSerializer(ChannelSerializer):
    """A channel with the secret that it signs with, which was just made."""

    secret = serializers.CharField(
        allow_null=True,
        help_text="Signs the messages, by Standard Webhooks; shown this one time. Null for a kind that signs nothing.",
    )


class TestResultSerializer(serializers.Serializer[Any]):
    """What became of a test message."""

    delivered = serializers.BooleanField()
    status = serializers.IntegerField(allow_null=True, help_text="The HTTP status of the answer, where there was one.")
    response = serializers.CharField(allow_blank=True, help_text="The first 2 kB of the answer.")
    error = serializers.CharField(allow_blank=True, help_text="Why it was not delivered.")
    duration_ms = serializers.IntegerField()


class AttemptSerializer(serializers.Serializer[Any]):
    """One try to send a delivery."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="The HTTP status of the answer, where there was one.")
    duration_ms = serializers.IntegerField()
    response = serializers.CharField(allow_blank=True, help_text="The first 2 kB of the answer.")
    error = serializers.CharField(allow_blank=True, help_text="Why it failed.")


class DeliverySerializer(serializers.Serializer[Any]):
    """A message that is, or was, owed to a channel."""

    id = serializers.UUIDField(help_text="The same over all attempts: `webhook-id`, by which receivers drop repeats.")
    integration = serializers.CharField(help_text="The channel, as the action called it.")
    task = serializers.UUIDField(allow_null=True, help_text="The id of the task that it is about.")
    monitor = serializers.UUIDField(allow_null=True, help_text="The id of the monitor that it is about.")
    project = serializers.CharField(help_text="The slug of their project.")
    point = serializers.CharField(help_text="The point of the trigger that was reached.")
    status = serializers.ChoiceField(
        choices=DeliveryStatus.values, help_text="`pending`: to be tried (again). `failed`: given up."
    )
    attempts = AttemptSerializer(many=True, help_text="Oldest first.")
    next_attempt = serializers.DateTimeField(allow_null=True, help_text="When it is tried next, while it is pending.")
    created = serializers.DateTimeField()
