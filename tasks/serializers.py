"""Tasks and actions at the door of the API: what is taken, by field, and what is shown.

The serializers are the contract: they feed the OpenAPI document and report every error. `plainly` accepts the common
body without them, many times faster, and must accept exactly what they accept: a property test holds the two together.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from integrations.channels import check_action
from taskapi.rest.fields import INT64_MAX, SETTINGS_BYTES, UUID, Choice, Integer, Items, Moment, Names, Settings, Text
from taskapi.rest.raw_json import RawJSON
from tasks.models.action import ACTIONS_MAX
from tasks.models.task import SECONDS_MAX, TAGS_MAX, TEXT_MAX
from tasks.statuses import Status
from tasks.triggers import TriggerError, parse

STATUS_CHOICES = [str(status) for status in Status]
STATUSES = frozenset(STATUS_CHOICES)
CONFIG_HELP = f'What the channel needs: `{{"to": "a@example.org"}}`. At most {SETTINGS_BYTES} bytes of JSON.'
DATA_BYTES = 1024 * 1024


class Data(serializers.JSONField):
    """Any JSON, as `RawJSON`. Over `DATA_BYTES` it is left out: what else the body says must not fail for it."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is serializers.empty:
            return super().run_validation(data)
        sent = RawJSON.of(data)
        if sent.is_longer_than(DATA_BYTES):
            raise serializers.SkipField
        return sent


class Tags(Names):
    """Names and values, each of 1 to 255 characters; with `null_removes`, a null value stands for "remove it"."""

    def __init__(self, null_removes: bool = False, **kwargs: Any) -> None:
        super().__init__(child=Text(max_length=TEXT_MAX, allow_null=null_removes), max_length=TAGS_MAX, **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        tags: dict[str, Any] = super().to_internal_value(data)
        if any(not 1 <= len(name) <= TEXT_MAX for name in tags):
            raise serializers.ValidationError(f"A tag's name has 1 to {TEXT_MAX} characters.", "invalid_name")
        return tags


@extend_schema_serializer(component_name="Action")
class ActionInput(serializers.Serializer[Any]):
    """An action as it is sent."""

    trigger = Text(
        max_length=255, help_text="Comma-separated points: `250`, `95%`, `*/30`, `*/30%`, a status, an event."
    )
    integration = Text(max_length=50, help_text="The channel that hears of it: `email`, `webhook:ops`.")
    config = Settings(required=False, help_text=CONFIG_HELP)

    def validate_trigger(self, trigger: str) -> str:
        try:
            parse(trigger)
        except TriggerError as error:
            raise serializers.ValidationError(str(error), "invalid_point") from None
        return trigger

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Names a bad channel or `config` along with what else is wrong, not only once the rest is right."""
        wrong = self.missing(data)
        try:
            attrs: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(data, dict) or not isinstance(error.detail, dict):
                raise
            attrs, wrong = data, {**wrong, **error.detail}
        sent = {"integration", "config"} & attrs.keys()
        if (sent or self.instance is None) and not {"integration", "config"} & wrong.keys():
            try:
                self.check_channel(attrs)
            except DjangoValidationError as error:
                wrong |= serializers.as_serializer_error(error)
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs

    def missing(self, data: Any) -> dict[str, Any]:
        """Along with a task an action is new, also where the task is changed in part: then REST framework asks less."""
        if self.parent is None or not isinstance(data, dict):
            return {}
        required = [name for name, field in self.fields.items() if field.required and name not in data]
        return {name: [serializers.ErrorDetail("This field is required.", "required")] for name in required}

    def check_channel(self, attrs: dict[str, Any]) -> None:
        integration, config = (
            attrs.get(name, getattr(self.instance, name, default))
            for name, default in (("integration", ""), ("config", {}))
        )
        check_action(self.context["organization_id"], integration, config)


@extend_schema_serializer(component_name="Action")
class ActionOutput(serializers.Serializer[Any]):
    """An action as it is shown."""

    id = serializers.IntegerField()
    task = serializers.UUIDField(help_text="The id of its task.")
    trigger = serializers.CharField(help_text="As it was sent.")
    integration = serializers.CharField()
    config = serializers.JSONField(help_text="As it was sent.")
    status = serializers.ChoiceField(choices=["active", "cancelled"])
    created = serializers.DateTimeField()
    updated = serializers.DateTimeField()


def seconds(about: str) -> Integer:
    return Integer(min_value=1, max_value=SECONDS_MAX, required=False, allow_null=True, help_text=about)


@extend_schema_serializer(component_name="Task")
class TaskInput(serializers.Serializer[Any]):
    """A task as it is sent. Fields left out keep their value, or on create take their default."""

    name = Text(max_length=TEXT_MAX, help_text="The kind of task, not the instance: `account.export`.")
    status = Choice(choices=STATUS_CHOICES, required=False, help_text="`pending` by default.")
    value = Integer(min_value=0, max_value=INT64_MAX, required=False, allow_null=True, help_text="Progress.")
    value_max = Integer(min_value=0, max_value=INT64_MAX, required=False, help_text="100 by default.")
    data = Data(  # type: ignore[assignment]
        required=False,
        allow_null=True,
        help_text="Any JSON, kept as it is sent; an update replaces it whole. More than 1 MB is not stored.",
    )
    tags = Tags(required=False, help_text="Names and values.")
    queue = Text(max_length=TEXT_MAX, allow_blank=True, required=False, help_text="Where the task came from.")
    external_id = Text(max_length=TEXT_MAX, allow_blank=True, required=False, help_text="Its id there; may repeat.")
    parent = UUID(required=False, allow_null=True, help_text="The task that this one is part of; set once.")  # type: ignore[assignment]
    max_runtime = seconds("Seconds that a run may take.")
    stale_timeout = seconds("Seconds without an update after which the task is stale.")
    stall_timeout = seconds("Seconds of updates without progress after which the task is stalled.")
    start_time = Moment(required=False, allow_null=True, help_text="When the run began.")
    end_time = Moment(required=False, allow_null=True, help_text="When the task came to its end.")
    actions = Items(
        child=ActionInput(),
        max_length=ACTIONS_MAX,
        required=False,
        help_text=f"Added to the actions that the task has, of which {ACTIONS_MAX} may be active.",
    )

    def run_validation(self, data: Any = serializers.empty) -> Any:
        fields = plainly(data, needs_name=not self.partial)
        return super().run_validation(data) if fields is None else fields


@extend_schema_serializer(component_name="Task")
class TaskPatch(TaskInput):
    """A task's changes: no field is required, and tags are merged into those that it has."""

    tags = Tags(required=False, null_removes=True, help_text="Merged into the task's; a null value removes the name.")


class TaskOutput(serializers.Serializer[Any]):
    """A task as it is shown."""

    id = serializers.UUIDField(help_text="Time-ordered and unguessable.")
    number = serializers.IntegerField(help_text="The key of the integer-keyed dialects.")
    organization = serializers.CharField()
    project = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUS_CHOICES)
    value = serializers.IntegerField(allow_null=True)
    value_max = serializers.IntegerField()
    value_percent = serializers.IntegerField(allow_null=True, help_text="100 · value / value_max, not clipped.")
    data = serializers.JSONField(allow_null=True)  # type: ignore[assignment]
    tags = serializers.DictField(child=serializers.CharField())
    queue = serializers.CharField(allow_blank=True)
    external_id = serializers.CharField(allow_blank=True)
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    max_runtime = serializers.IntegerField(allow_null=True)
    stale_timeout = serializers.IntegerField(allow_null=True)
    stall_timeout = serializers.IntegerField(allow_null=True)
    start_time = serializers.DateTimeField(allow_null=True)
    end_time = serializers.DateTimeField(allow_null=True)
    time_to_start = serializers.CharField(allow_null=True, help_text="[D ]HH:MM:SS[.ffffff]")
    created = serializers.DateTimeField()
    updated = serializers.DateTimeField()
    monitor = serializers.UUIDField(allow_null=True)
    url = serializers.URLField(help_text="The task's page for members.")
    public_url = serializers.URLField(
        allow_null=True, help_text="The task's page for whoever has the link; null where it is not shared."
    )


class StatusChangeAuthor(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["key", "member", "sweep"])
    id = serializers.IntegerField(allow_null=True, help_text="Of the key, or of the member's user.")


# `from` is a word of Python's own: the field gets its name from a dictionary.
StatusChangeOutput = type(
    "StatusChange",
    (serializers.Serializer,),
    {
        "__doc__": "One change of a task's status.",
        "from": serializers.ChoiceField(choices=STATUS_CHOICES),
        "to": serializers.ChoiceField(choices=STATUS_CHOICES),
        "at": serializers.DateTimeField(),
        "by": StatusChangeAuthor(),
    },
)


@extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/Task"}})
class Children(serializers.ListField):
    pass


def truncated(name: str) -> serializers.BooleanField:
    """Of an embed: the newest of it are shown, as many as an answer holds."""
    return serializers.BooleanField(required=False, help_text=f"True where it has more `{name}`, older than these.")


@extend_schema_serializer(component_name="Task")
class TaskWithEmbeds(TaskOutput):
    """A task as it is shown; the last ones where `?embed=` asks for them."""

    actions = ActionOutput(many=True, required=False, help_text="Its actions, the cancelled ones too.")
    children = Children(required=False, help_text="The tasks that are part of it, newest first.")
    status_history = StatusChangeOutput(many=True, required=False, help_text="Its changes of status, oldest first.")
    actions_truncated = truncated("actions")
    children_truncated = truncated("children")
    status_history_truncated = truncated("status_history")


def is_text(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= TEXT_MAX


def is_text_or_blank(value: Any) -> bool:
    return type(value) is str and len(value) <= TEXT_MAX


def is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= INT64_MAX


def is_seconds(value: Any) -> bool:
    return value is None or (type(value) is int and 0 < value <= SECONDS_MAX)


def is_data(value: Any) -> bool:
    return type(value) is RawJSON and not value.is_longer_than(DATA_BYTES)


def is_tags(value: Any) -> bool:
    return (
        type(value) is dict
        and len(value) <= TAGS_MAX
        and all(is_text(name) and is_text(text) for name, text in value.items())
    )


PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "name": is_text,
    "status": lambda value: type(value) is str and value in STATUSES,
    "value": lambda value: value is None or is_count(value),
    "value_max": is_count,
    "data": is_data,
    "tags": is_tags,
    "queue": is_text_or_blank,
    "external_id": is_text_or_blank,
    "max_runtime": is_seconds,
    "stale_timeout": is_seconds,
    "stall_timeout": is_seconds,
}
NOT_PLAIN = TaskInput._declared_fields.keys() - PLAIN.keys()


def plainly(data: Any, *, needs_name: bool) -> dict[str, Any] | None:
    """What the serializer makes of a body whose every field is of its plainest form; None: let the serializer see."""
    if type(data) is not dict or (needs_name and "name" not in data):
        return None
    fields = {}
    for name, value in data.items():
        is_plain = PLAIN.get(name)
        if is_plain is None:
            if name in NOT_PLAIN:
                return None
        elif is_plain(value):
            fields[name] = value
        else:
            return None
    return fields
