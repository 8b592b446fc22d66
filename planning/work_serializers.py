"""Time reports and extra costs at the door of the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from planning.fields import Currency, Day, Id, Money, MoneyShown, NamingAll
from planning.people import memberships_of
from planning.serializers import refusals
from taskapi.rest.fields import Boolean, Integer, Text

MINUTES_MAX = 10_000_000
NOTE_MAX = 10_000


@extend_schema_serializer(component_name="TimeReport")
class TimeReportInput(NamingAll):
    """A time report as it is sent. The context has the `project`."""

    user = Id(help_text="Whose time it is: a member's user id.")
    date = Day(help_text="The day on which he worked.")
    minutes = Integer(min_value=1, max_value=MINUTES_MAX)
    billable = Boolean(required=False, help_text="True by default.")
    note = Text(required=False, allow_blank=True, max_length=NOTE_MAX)

    def unknown(self, fields: dict[str, Any]) -> dict[str, Any]:
        organization_id = self.context["project"].organization_id
        checks = {"user": lambda sent: memberships_of(organization_id, "user", [sent])}
        return refusals(checks if "user" in fields else {}, fields)


@extend_schema_serializer(component_name="TimeReport")
class TimeReportOutput(serializers.Serializer[Any]):
    """Somebody's time on a day."""

    id = serializers.IntegerField()
    task = serializers.UUIDField(help_text="The id of its task.")
    user = serializers.IntegerField(help_text="Whose time it is.")
    date = serializers.DateField()
    minutes = serializers.IntegerField(help_text="A correction of the total may take some away.")
    billable = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)
    created = serializers.DateTimeField()


@extend_schema_serializer(component_name="ExtraCost")
class ExtraCostInput(serializers.Serializer[Any]):
    """An extra cost as it is sent."""

    name = Text(max_length=255, help_text="What was paid for.")
    amount = Money(help_text="As text, or as a number.")
    currency = Currency(help_text="ISO 4217: `EUR`.")
    date = Day(help_text="When it was paid.")


@extend_schema_serializer(component_name="ExtraCost")
class ExtraCostOutput(serializers.Serializer[Any]):
    """Money beside time."""

    id = serializers.IntegerField()
    task = serializers.UUIDField(help_text="The id of its task.")
    name = serializers.CharField()
    amount = MoneyShown()
    currency = serializers.CharField()
    date = serializers.DateField()
    created = serializers.DateTimeField()
