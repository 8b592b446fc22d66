"""Monitors at the door of the API: what is taken, by field, and what is shown."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from monitors.changes import schedule_after
from monitors.models import SECONDS_MAX, STATES, Monitor
from monitors.schedules import CRON_MAX, BadSchedule, Schedule, parse
from monitors.wire import monitor_on_wire, ping_url_of
from projects.access import principal_of
from projects.scopes import Scope
from taskapi.rest.fields import Boolean, Integer, Text


class MonitorSerializer(serializers.Serializer[Any]):
    """A schedule by which runs are expected, and what was heard of them."""

    id = serializers.UUIDField(read_only=True, help_text="Whoever knows it may ping.")
    name = Text(max_length=255, help_text="For people to read.")
    interval = Integer(
        min_value=1,
        max_value=SECONDS_MAX,
        required=False,
        allow_null=True,
        help_text="Seconds from what was last heard to the next run. Either this or `cron` is set, the other is null.",
    )
    cron = Text(
        max_length=CRON_MAX,
        required=False,
        allow_null=True,
        help_text="When runs come: minute, hour, day of month, month, day of week.",
    )
    timezone = Text(max_length=64, required=False, help_text="An IANA name that the cron is read in; `UTC` by default.")
    start_grace = Integer(
        min_value=0,
        max_value=SECONDS_MAX,
        required=False,
        help_text=(
            "Seconds from when a run is due until the monitor is `late`. At most `grace`: 60 by default, or the grace "
            "where that is shorter."
        ),
    )
    grace = Integer(
        min_value=0,
        max_value=SECONDS_MAX,
        required=False,
        help_text="Seconds from when a run is due until it counts as missed and the monitor is `down`; 300 by default.",
    )
    max_runtime = Integer(
        min_value=1,
        max_value=SECONDS_MAX,
        required=False,
        allow_null=True,
        help_text=(
            "Seconds that a run may take which said that it began; any by default. Until they have passed, or the "
            "grace where this is null, no further run counts as missed."
        ),
    )
    enabled = Boolean(required=False, help_text="True by default. While it is false, nothing changes the status.")
    status = serializers.ChoiceField(choices=STATES, read_only=True, help_text="`new`: nothing was heard of it yet.")
    last_check_in = serializers.DateTimeField(read_only=True, allow_null=True, help_text="When a run last came.")
    next_due = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text="When the next run is expected. Of a new monitor, when its schedule first comes: it is not late.",
    )
    ping_url = serializers.URLField(
        read_only=True,
        allow_null=True,
        help_text=(
            "Null for callers without the scope `update:tasks`, and left out of messages. "
            "GET, HEAD or POST it when a run is over and went well, without a key. With `/start` appended, a run "
            "begins; with `/fail`, it failed; with `/0` to `/255`, it ended with that exit code."
        ),
    )

    def validate_cron(self, cron: str | None) -> str | None:
        if cron is not None:
            checked(None, cron, "UTC")
        return cron

    def validate_timezone(self, timezone: str) -> str:
        checked(1, "", timezone)
        return timezone

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Names a schedule that is missing or double along with what else is wrong, not only once the rest is right."""
        wrong: dict[str, Any] = {}
        fields: dict[str, Any] = {}
        try:
            fields = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(data, dict) or not isinstance(error.detail, dict):
                raise
            wrong = dict(error.detail)
        try:
            schedule_after(self.instance, data)
        except DjangoValidationError as error:
            wrong = {**serializers.as_serializer_error(error), **wrong}
        if wrong:
            raise serializers.ValidationError(wrong)
        return fields

    def to_representation(self, instance: Monitor) -> dict[str, Any]:
        may_ping = principal_of(self.context["request"]).may(Scope.UPDATE_TASKS)
        return {**monitor_on_wire(instance), "ping_url": ping_url_of(instance) if may_ping else None}


def checked(interval: int | None, cron: str, timezone: str) -> Schedule:
    try:
        return parse(interval, cron, timezone)
    except BadSchedule as error:
        raise serializers.ValidationError(error.text, "invalid") from None
