"""Global actions at the door of the API: what is taken, by field, and what is shown."""

import json
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema_serializer
from orjson import Fragment
from rest_framework import serializers

from projects.models.organization import SLUG_MAX
from taskapi.rest.errors import error_details
from taskapi.rest.fields import UUID, Boolean, Integer, Moment, Settings, Text
from tasks.global_actions import settled
from tasks.name_filter import MAX_LENGTH, compile_filter
from tasks.serializers import CONFIG_HELP
from tasks.triggers import TriggerError, parse

NAME_MAX = 255
FAILURES_MAX = 1000


@extend_schema_serializer(component_name="GlobalAction")
class GlobalActionInput(serializers.Serializer[Any]):
    """A global action as it is sent. Fields left out keep their value, or on create take their default.

    The context has the `organization`. Validated, `project` and `monitor` are rows.
    """

    name = Text(max_length=NAME_MAX, help_text="What it is for.")
    enabled = Boolean(required=False, help_text="True by default.")
    integration = Text(max_length=50, help_text="The channel that hears of it: `email`, `webhook:ops`.")
    config = Settings(required=False, help_text=CONFIG_HELP)
    trigger = Text(
        max_length=255,
        help_text="Comma-separated points: those of a task's action, `monitor_late`, `monitor_down`, `monitor_up`.",
    )
    project = Text(
        max_length=SLUG_MAX,
        required=False,
        allow_null=True,
        help_text="The slug of the one project that it is for; null: all.",
    )
    monitor = UUID(required=False, allow_null=True, help_text="The id of the one monitor that it is for; null: any.")
    name_filter = Text(
        max_length=MAX_LENGTH,
        allow_blank=True,
        allow_null=True,
        required=False,
        help_text="A regular expression (RE2), found anywhere in the name; empty, as null: every name.",
    )
    failures_in_row = Integer(
        min_value=1,
        max_value=FAILURES_MAX,
        required=False,
        help_text="At which end in a row, of one task name, its points of statuses fire; 1 by default.",
    )
    notify_recovery = Boolean(
        required=False, help_text="One more message when that name succeeds again; false by default."
    )
    snooze_until = Moment(required=False, allow_null=True, help_text="It stays silent until then.")

    def validate_trigger(self, trigger: str) -> str:
        try:
            parse(trigger, is_global=True)
        except TriggerError as error:
            raise serializers.ValidationError(str(error), "invalid_point") from None
        return trigger

    def validate_name_filter(self, text: str | None) -> str:
        try:
            compile_filter(text or "")
        except ValueError as error:
            raise serializers.ValidationError(str(error), "invalid_filter") from None
        return text or ""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Names what does not go together along with what else is wrong, not only once the rest is right."""
        wrong: dict[str, Any] = {}
        try:
            fields: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(data, dict) or not isinstance(error.detail, dict):
                raise
            wrong = dict(error.detail)
            fields = {name: data[name] for name in self.fields.keys() & data.keys() - wrong.keys()}
        try:
            fields = settled(self.context["organization"], fields, self.instance, wrong=wrong)
        except DjangoValidationError as error:
            wrong = {**error_details(error), **wrong}
        if wrong:
            raise serializers.ValidationError(wrong)
        return fields


class Config(serializers.JSONField):
    def to_representation(self, value: Any) -> Any:
        # Not by orjson: a float beyond 64 bits comes back from PostgreSQL as an integer, which it can't write.
        return Fragment(json.dumps(value))


@extend_schema_serializer(component_name="GlobalAction")
class GlobalActionOutput(serializers.Serializer[Any]):
    """A global action as it is shown."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    enabled = serializers.BooleanField()
    integration = serializers.CharField()
    config = Config(help_text="As it was sent.")
    trigger = serializers.CharField(help_text="As it was sent.")
    project = serializers.CharField(source="project.slug", allow_null=True, help_text="Its slug.")
    monitor = serializers.UUIDField(source="monitor_id", allow_null=True, help_text="Its id.")
    name_filter = serializers.CharField(allow_blank=True)
    failures_in_row = serializers.IntegerField()
    notify_recovery = serializers.BooleanField()
    snooze_until = serializers.DateTimeField(allow_null=True)
    created = serializers.DateTimeField()
    updated = serializers.DateTimeField()
