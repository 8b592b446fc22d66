"""Bodies of this dialect. What is sent is read by these; what is shown is only described, `wire` makes it."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from planning.models.custom_field import FieldType
from taskapi.rest.fields import Boolean
from tasks.serializers import truncated
from tasks.statuses import Status

STATUSES = [str(status) for status in Status]
Output = serializers.Serializer[Any]


def user(about: str) -> serializers.IntegerField:
    return serializers.IntegerField(allow_null=True, help_text=about)


def day(about: str = "") -> serializers.DateField:
    return serializers.DateField(allow_null=True, help_text=about)


def moment(about: str, **more: Any) -> serializers.CharField:
    """No OpenAPI date-time: the offset has no colon."""
    return serializers.CharField(help_text=f"`2022-11-23T16:06:56+0000`. {about}", **more)


@extend_schema_serializer(component_name="GoodDayTask")
class TaskInput(serializers.Serializer[Any]):
    """A task as it is sent: `billable` is read, whatever else a task shows is let pass and changes nothing."""

    billable = Boolean(
        error_messages={
            "required": "The billable field is required.",
            "null": "The billable field must be true or false.",
            "invalid": "The billable field must be true or false.",
        },
        help_text="Whether its time is billed.",
    )


class GoodDayLink(serializers.Serializer[Any]):
    href = serializers.CharField()
    rel = serializers.CharField()
    type = serializers.CharField(help_text="The method.")


class GoodDayTimeReport(serializers.Serializer[Any]):
    """Somebody's time on a day."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    date = serializers.DateField()
    time = serializers.IntegerField(help_text="Minutes. A correction may take some away.")
    billable = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)


class GoodDayCustomField(serializers.Serializer[Any]):
    """A field that the organization has, with the task's value."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=FieldType.values)
    value = serializers.JSONField(allow_null=True, help_text="By the type; null where the task has none.")


class GoodDayStatus(serializers.Serializer[Any]):
    """A workflow status of the project."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    order = serializers.IntegerField()
    is_done = serializers.BooleanField()


# `from` is a word of Python's own: the field gets its name from a dictionary.
GoodDayStatusChange = type(
    "GoodDayStatusChange",
    (serializers.Serializer,),
    {
        "__doc__": "One change of the task's lifecycle status.",
        "from": serializers.ChoiceField(choices=STATUSES),
        "to": serializers.ChoiceField(choices=STATUSES),
        "changed_at": moment(""),
        "changed_by_employee_id": user("The member, or who made the key; null where the server did it itself."),
    },
)


class GoodDayExtraCost(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    amount = serializers.CharField(help_text="Decimal, as text: `12.50`.")
    currency = serializers.CharField(help_text="ISO 4217.")
    date = serializers.DateField()


class GoodDayActivityReport(serializers.Serializer[Any]):
    """All time reports of a user on a day."""

    date = serializers.DateField()
    user_id = serializers.IntegerField()
    time = serializers.IntegerField(help_text="Minutes.")
    billable_time = serializers.IntegerField(help_text="Those of them that are billable.")
    report_ids = serializers.ListField(child=serializers.IntegerField())


class GoodDayTask(serializers.Serializer[Any]):
    """A task. The fields after `_links` are there where `?embed=` asks for them."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    project_id = serializers.IntegerField()
    goodday_id = serializers.CharField(allow_null=True)
    parent_id = serializers.IntegerField(allow_null=True)
    status_id = serializers.IntegerField(help_text="A workflow status of the project.")
    description = serializers.CharField(allow_null=True)
    created_by_employee_id = user("Who made it: the id of a user.")
    assigned_to_employee_id = user("Who was assigned first.")
    action_required_by_employee_id = user("Who has to act.")
    start_date = day()
    end_date = day()
    deadline_date = day()
    billable = serializers.BooleanField()
    priority = serializers.IntegerField()
    estimate = serializers.IntegerField(allow_null=True, help_text="Minutes.")
    progress = serializers.IntegerField(
        allow_null=True, help_text="Percent, not clipped; the mean of its children where it has none of its own."
    )
    closed_at = moment("When it came to its end.", allow_null=True)
    goodday_created_at = moment("In the offset that it came with.", allow_null=True)
    created_at = moment("In UTC.")
    updated_at = moment("In UTC. When the task or its plan was last changed.")
    _links = GoodDayLink(many=True)
    time_reports = GoodDayTimeReport(many=True, required=False, help_text="The oldest first.")
    custom_fields = GoodDayCustomField(many=True, required=False)
    status = GoodDayStatus(required=False)
    status_history = GoodDayStatusChange(many=True, required=False, help_text="The oldest first.")
    extra_cost = GoodDayExtraCost(many=True, required=False, help_text="The oldest first.")
    report_ids = serializers.ListField(child=serializers.IntegerField(), required=False)
    activity_reports = GoodDayActivityReport(many=True, required=False, help_text="The earliest day first.")
    last_activity_report = GoodDayActivityReport(required=False, allow_null=True)
    time_reports_truncated = truncated("time_reports")
    report_ids_truncated = truncated("report_ids")
    activity_reports_truncated = truncated("activity_reports")
    status_history_truncated = truncated("status_history")
    extra_cost_truncated = truncated("extra_cost")


class GoodDayTasks(serializers.Serializer[Any]):
    items = GoodDayTask(many=True)
    total = serializers.IntegerField(required=False, help_text="Of all pages; where `page` or `per_page` is given.")


class GoodDayWorkTime(serializers.Serializer[Any]):
    user_id = serializers.IntegerField()
    time = serializers.IntegerField(help_text="Minutes.")


class GoodDayWorkTimes(serializers.Serializer[Any]):
    items = GoodDayWorkTime(many=True, help_text="One for each user.")
    reported_time = serializers.IntegerField(help_text="All of them: minutes.")


class GoodDayUserWorkTimes(serializers.Serializer[Any]):
    work_times = GoodDayWorkTimes()
