"""Plans and roll-ups at the door of the API: what is taken, by field, and what is shown."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from planning.custom_fields import FIELDS_MAX, checked_values
from planning.fields import CustomValue, Day, Id, MomentWithOffset, Money, MoneyShown, NamingAll
from planning.models import Activity, Recurrence, WorkflowStatus
from planning.models.plan import DESCRIPTION_MAX, NOTES_MAX
from planning.people import memberships_of, teams_of
from projects.capacity import ROWS_MAX
from projects.models import Project
from taskapi.rest.errors import error_details
from taskapi.rest.fields import INT64_MAX, Boolean, Choice, Integer, Items, Moment, Names, Text

INT32_MAX = 2**31 - 1
ACTIVITIES = [str(value) for value in Activity.values]
RECURRENCES = ["", *map(str, Recurrence.values)]
PEOPLE = ("creator", "responsible", "action_required")
Checks = Mapping[str, Callable[[Any], Any]]


def day(about: str) -> Day:
    return Day(required=False, allow_null=True, help_text=about)


def person(about: str) -> Id:
    return Id(required=False, allow_null=True, help_text=f"{about} A member's user id.")


def ids(about: str) -> Items:
    return Items(child=Id(), max_length=ROWS_MAX, required=False, help_text=about)


def yes_or_no(about: str) -> Boolean:
    return Boolean(required=False, help_text=about)


@extend_schema_serializer(component_name="Plan")
class PlanInput(NamingAll):
    """What is to change of a plan. Fields left out keep their value. The context has the `project`."""

    description = Text(max_length=DESCRIPTION_MAX, required=False, allow_blank=True, help_text="What is to be done.")
    color = Text(required=False, allow_blank=True, max_length=32, help_text="`#ff8800`, or a name.")
    notes = Text(max_length=NOTES_MAX, required=False, allow_blank=True)
    start_date = day("When the work is to begin.")
    end_date = day("When the work is to end.")
    due_date = day("When it is due.")
    deadline_date = day("When it must be done at the latest.")
    date_completed = Moment(
        required=False, allow_null=True, help_text="Null: when the task ended, once it has succeeded."
    )
    ongoing = yes_or_no("It has no end that one could plan.")
    activity = Choice(choices=ACTIVITIES, required=False)
    important = yes_or_no("It stands out.")
    archived = yes_or_no("It is put away: ProjectBubble's lists leave it out unless asked.")
    task_order = Integer(
        min_value=-INT64_MAX,
        max_value=INT64_MAX,
        required=False,
        allow_null=True,
        help_text="Its place among others. Null: the second in which the task was created, as Unix counts them.",
    )
    priority = Integer(min_value=-INT32_MAX, max_value=INT32_MAX, required=False, help_text="5 by default.")
    estimated_minutes = Integer(
        min_value=0, max_value=INT32_MAX, required=False, allow_null=True, help_text="How long it may take."
    )
    estimated_cost = Money(required=False, help_text="How much it may cost.")
    hourly_rate = Money(required=False, help_text="What an hour of it costs.")
    fixed_price = yes_or_no("Its price is `price`, whatever time it takes.")
    price = Money(required=False, help_text="Its price, where that is fixed.")
    billable = yes_or_no("It is to be paid for.")
    billed = yes_or_no("The bill was written.")
    notifications = yes_or_no("People want to hear of it.")
    recurrence = Choice(
        choices=RECURRENCES,
        required=False,
        help_text="Daily, weekly, monthly, quarterly, semi-yearly, yearly; empty: never. "
        "Once it succeeds, the next occurrence is made as a new task.",
    )
    creator = person("Who made it.")
    responsible = person("Who answers for it.")
    action_required = person("Who must do something now.")
    assignees = ids("Who is to do it, by user id; replaces those that there are.")
    teams = ids("The teams that are to do it, by id; replaces those that there are.")
    workflow_status = Id(
        required=False,
        allow_null=True,
        help_text="One of the project's workflow statuses. The task gets the status that it stands for.",
    )
    custom_fields = Names(
        child=CustomValue(allow_null=True),
        max_length=FIELDS_MAX,
        required=False,
        help_text="Values by the id of their definition, laid over those that there are; null removes.",
    )
    goodday_id = Text(required=False, allow_blank=True, max_length=255, help_text="Its id in GoodDay.")
    goodday_created_at = MomentWithOffset(
        required=False, allow_null=True, help_text="When it was made there; the offset is kept."
    )

    def unknown(self, fields: dict[str, Any]) -> dict[str, Any]:
        project: Project = self.context["project"]
        organization_id = project.organization_id
        checks: Checks = {
            **{name: partial(member_of, organization_id, name) for name in PEOPLE},
            "assignees": lambda sent: memberships_of(organization_id, "assignees", sent),
            "teams": lambda sent: teams_of(organization_id, "teams", sent),
            "workflow_status": lambda sent: status_of(project, sent),
            "custom_fields": lambda sent: checked_values(organization_id, sent, "{}"),
        }
        return refusals({name: checks[name] for name in checks if fields.get(name) is not None}, fields)


def refusals(checks: Checks, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What verbs would refuse of the fields, by name: each check is given its field as it was sent."""
    wrong: dict[str, Any] = {}
    for name, check in checks.items():
        try:
            check(fields[name])
        except DjangoValidationError as error:
            wrong.update(error_details(error))
    return wrong


def member_of(organization_id: int, field: str, user_id: int) -> None:
    memberships_of(organization_id, field, [user_id])


def status_of(project: Project, status_id: int) -> None:
    if not WorkflowStatus.objects.filter(project=project, pk=status_id).exists():
        text = f"The project has no workflow status {status_id}."
        raise DjangoValidationError({"workflow_status": DjangoValidationError(text, "does_not_exist")})


@extend_schema_serializer(component_name="Plan")
class PlanOutput(serializers.Serializer[Any]):
    """What is meant with a task. Of a task that was never planned, the defaults."""

    task = serializers.UUIDField(help_text="The id of its task.")
    description = serializers.CharField(allow_blank=True)
    color = serializers.CharField(allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    start_date = serializers.DateField(allow_null=True)
    end_date = serializers.DateField(allow_null=True)
    due_date = serializers.DateField(allow_null=True)
    deadline_date = serializers.DateField(allow_null=True)
    date_completed = serializers.DateTimeField(
        allow_null=True, help_text="As it was set, else when the task succeeded."
    )
    ongoing = serializers.BooleanField()
    activity = serializers.ChoiceField(choices=ACTIVITIES)
    important = serializers.BooleanField()
    archived = serializers.BooleanField()
    task_order = serializers.IntegerField(help_text="As it was set, else the second in which the task was created.")
    priority = serializers.IntegerField()
    estimated_minutes = serializers.IntegerField(allow_null=True)
    estimated_cost = MoneyShown()
    hourly_rate = MoneyShown()
    fixed_price = serializers.BooleanField()
    price = MoneyShown()
    billable = serializers.BooleanField()
    billed = serializers.BooleanField()
    notifications = serializers.BooleanField()
    recurrence = serializers.ChoiceField(choices=RECURRENCES)
    creator = serializers.IntegerField(allow_null=True, help_text="A user id.")
    responsible = serializers.IntegerField(allow_null=True, help_text="A member's user id.")
    action_required = serializers.IntegerField(allow_null=True, help_text="A member's user id.")
    assignees = serializers.ListField(child=serializers.IntegerField(), help_text="User ids, in the order of naming.")
    teams = serializers.ListField(child=serializers.IntegerField())
    workflow_status = serializers.IntegerField(
        help_text="The one that was chosen while it stands for the task's status, else the first that does."
    )
    custom_fields = serializers.DictField(help_text="The value of each that the organization has, or null, by its id.")
    goodday_id = serializers.CharField(allow_blank=True)
    goodday_created_at = serializers.DateTimeField(allow_null=True, help_text="With the offset that it came with.")
    updated = serializers.DateTimeField(help_text="When the task or its plan was last changed.")
    deleted = serializers.DateTimeField(
        allow_null=True, help_text="When it was deleted through the ProjectBubble API: the other two know it no more."
    )


class CurrencySum(serializers.Serializer[Any]):
    currency = serializers.CharField()
    amount = MoneyShown()


class PersonSum(serializers.Serializer[Any]):
    user = serializers.IntegerField()
    minutes = serializers.IntegerField()
    billable_minutes = serializers.IntegerField()


class ProjectRollUp(serializers.Serializer[Any]):
    """What all time and money comes to."""

    tracked_minutes = serializers.IntegerField(help_text="By all time reports.")
    billable_minutes = serializers.IntegerField(help_text="By those that are billable.")
    estimated_minutes = serializers.IntegerField(help_text="By all plans.")
    cost = MoneyShown(help_text="The tracked time, each task's at its own hourly rate.")
    price = MoneyShown(
        help_text="Of each task that is billable, its fixed price, or its billable time at its hourly rate."
    )
    extra_costs = CurrencySum(many=True, help_text="By currency.")
    people = PersonSum(many=True, help_text="By who has reported time.")


class RollUp(ProjectRollUp):
    """What all time and money of a task and its children comes to."""

    percent = serializers.IntegerField(
        allow_null=True, help_text="The task's own progress, or where it has no value, that of its children."
    )
