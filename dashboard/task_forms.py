"""The form of a task and its plan, changed by hand.

What it takes is checked by the serializers of the API, so that both refuse the same.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from dashboard.change_form import ChangeForm
from dashboard.task_custom_fields import field_of, name_of, sent_of, shown_in_form, values_of
from dashboard.task_fields import JSONText, Lines, checked, day, on_wire
from dashboard.task_rows import STATUS_LABELS, label_of
from dashboard.work_time import HOW, WorkTimeField
from planning.custom_fields import definitions_of
from planning.models import CustomField, WorkflowStatus
from planning.models.plan import DESCRIPTION_MAX, NOTES_MAX
from planning.plan_wire import plans_on_wire
from planning.rows import Planned
from planning.serializers import PlanInput
from planning.workflow import DEFAULT_NAMES
from projects.models import Membership, Project, Team
from taskapi.rest.json_tokens import indented
from tasks.serializers import TaskInput

DATA_MAX = 100_000  # characters of data that are edited on a page
DATA = "data_text"  # a form has a `data` of its own
TASK_FIELDS = ("name", "status", "value", "value_max", "tags", DATA)
WORK_FIELDS = ("description", "workflow_status", "priority", "important", "responsible", "assignees", "teams", "notes")
TIME_FIELDS = ("start_date", "end_date", "due_date", "deadline_date", "recurrence", "estimated_minutes")
MONEY_FIELDS = ("billable", "hourly_rate", "fixed_price", "price", "billed")
PLAN_FIELDS = (*WORK_FIELDS, *TIME_FIELDS, *MONEY_FIELDS)
RECURRENCES = (
    *(("", "never"), ("D", "every day"), ("W", "every week"), ("M", "every month")),
    *(("Q", "every three months"), ("S", "every six months"), ("Y", "every year")),
)


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def yes_or_no(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


def money_text(label: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.CharField(label=label, max_length=40, widget=widget)


def several(label: str) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(label=label, coerce=int, widget=forms.CheckboxSelectMultiple, required=False)


def one_of(label: str, **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, **{"required": False, **more})


@dataclass(frozen=True)
class Around:
    """What the form offers to choose from. people, teams: names by the ids that the API knows them by.

    workflow: of a project that has names of its own for where work is, else none.
    """

    people: Mapping[int, str]
    teams: Mapping[int, str]
    workflow: Mapping[int, WorkflowStatus]
    definitions: list[CustomField]


def around(project: Project) -> Around:
    """Four statements."""
    members = Membership.objects.filter(organization=project.organization_id).select_related("user")
    teams = Team.objects.filter(organization=project.organization_id).order_by("name")
    statuses = {row.pk: row for row in WorkflowStatus.objects.filter(project=project).order_by("order", "pk")}
    is_own = any(row.name != DEFAULT_NAMES[row.status] for row in statuses.values())
    return Around(
        people={member.user_id: member.name for member in members.order_by("user__email")},
        teams=dict(teams.values_list("pk", "name")),
        workflow=statuses if is_own else {},
        definitions=definitions_of(project.organization_id),
    )


class TaskForm(ChangeForm):
    """A task and its plan.

    Valid, `task_fields` and `plan_fields` are what the verb takes, and `status_asked_for` is the status that the task
    should get by them ("": none).
    """

    name = forms.CharField(max_length=255, strip=False)
    status = forms.ChoiceField(choices=list(STATUS_LABELS.items()))
    value = forms.IntegerField(help_text="How far it is; empty for unknown.", required=False)
    value_max = forms.IntegerField(label="Value at the end")
    tags = Lines(help_text="One on each line, as name: value.", required=False)
    data_text = JSONText(label="Data", help_text="Any JSON; empty for none.", required=False)

    description = forms.CharField(max_length=DESCRIPTION_MAX, strip=False, widget=text_area(4), required=False)
    workflow_status = one_of("Workflow status", required=True)
    priority = forms.IntegerField(help_text="5 is usual.")
    important = yes_or_no("Important: it stands out")
    responsible = one_of("Responsible")
    assignees = several("Assigned to")
    teams = several("Teams")
    notes = forms.CharField(max_length=NOTES_MAX, strip=False, widget=text_area(3), required=False)

    start_date = day("To begin on")
    end_date = day("To end on")
    due_date = day("Due on")
    deadline_date = day("At the latest on")
    recurrence = forms.ChoiceField(
        label="Repeat",
        choices=RECURRENCES,
        help_text="The next one is made once this one has succeeded.",
        required=False,
    )
    estimated_minutes = WorkTimeField(label="Estimate", help_text=HOW, required=False)

    billable = yes_or_no("Billable")
    hourly_rate = money_text("Hourly rate")
    fixed_price = yes_or_no("At a fixed price, whatever time it takes")
    price = money_text("Fixed price")
    billed = yes_or_no("The bill is written")

    def __init__(self, project: Project, planned: Planned, sent: Any = None) -> None:
        self.project, self.around = project, around(project)
        self.values = values_of(planned.plan.custom_fields)
        super().__init__(sent, initial=self.initial_of(planned))
        self.offer("responsible", {"": "nobody", **self.around.people})
        self.offer("assignees", self.around.people)
        self.offer("teams", self.around.teams)
        names = {pk: f"{row.name} ({label_of(row.status)})" for pk, row in self.around.workflow.items()}
        self.offer("workflow_status", names)
        if DATA not in self.initial and not self.was_shown(DATA):
            del self.fields[DATA]
        for definition in self.around.definitions:
            value = self.values.get(str(definition.pk))
            self.fields[name_of(definition)] = field_of(definition, value, self.around.people)

    def offer(self, name: str, choices: Mapping[Any, str]) -> None:
        """Where there is nothing to choose from, there is no field."""
        self.fields[name].choices = [(str(key), label) for key, label in choices.items()]  # type: ignore[attr-defined]
        if not choices:
            del self.fields[name]

    def initial_of(self, planned: Planned) -> dict[str, Any]:
        """What the form shows at first."""
        task, plan = planned.task, plans_on_wire([planned], self.project)[0]
        shown = {
            **{name: getattr(task, name) for name in ("name", "status", "value", "value_max")},
            "tags": tags_as_text(json.loads(task.tags)),
            **{name: plan[name] for name in PLAN_FIELDS},
            **{name: [str(number) for number in plan[name]] for name in ("assignees", "teams")},
        }
        for definition in self.around.definitions:
            shown[name_of(definition)] = shown_in_form(definition, self.values.get(str(definition.pk)))
        if len(task.data) <= DATA_MAX:
            shown[DATA] = "" if task.data == "null" else editable(task.data)
        return shown

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        context = {"organization_id": self.project.organization_id, "project": self.project}
        body = self.changed_among(PLAN_FIELDS)
        if custom := self.custom_changed():
            body["custom_fields"] = custom
        own = TaskInput(data=self.changed_among(TASK_FIELDS), partial=True, context=context)
        planned = PlanInput(data=body, partial=True, context=context)
        self.task_fields = checked(self, own, {"data": DATA})
        self.plan_fields = checked(self, planned, self.names)
        chosen = self.around.workflow.get(body.get("workflow_status") or 0)
        self.status_asked_for = chosen.status if chosen else self.task_fields.get("status", "")
        if chosen and self.task_fields.get("status", chosen.status) != chosen.status:
            text = f"This stands for “{label_of(chosen.status)}”, and another status is chosen too."
            self.add_error("workflow_status", text)
        return cleaned

    @property
    def names(self) -> dict[str, str]:
        """The form's field for one of the API's, where they differ."""
        return {f"custom_fields.{row.pk}": name_of(row) for row in self.around.definitions}

    def changed_among(self, names: tuple[str, ...]) -> dict[str, Any]:
        """What the person changed, as the API would be sent it."""
        changed = [name for name in names if name in self.changed_data and name in self.cleaned_data]
        return {"data" if name == DATA else name: on_wire(self.cleaned_data[name]) for name in changed}

    def custom_changed(self) -> dict[str, Any]:
        changed = {name: value for name, value in self.cleaned_data.items() if name in self.changed_data}
        own = {str(row.pk): (row, name_of(row)) for row in self.around.definitions}
        return {number: sent_of(row, changed[name]) for number, (row, name) in own.items() if name in changed}

    @property
    def parts(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Id, heading and fields of each card that has any."""
        custom = tuple(name_of(row) for row in self.around.definitions)
        cards = (
            *(("task", "Task", TASK_FIELDS), ("work", "Work", WORK_FIELDS), ("time", "Dates and time", TIME_FIELDS)),
            *(("money", "Money", MONEY_FIELDS), ("custom", "Custom fields", custom)),
        )
        known = [(slug, heading, [self[name] for name in own if name in self.fields]) for slug, heading, own in cards]
        return [card for card in known if card[2]]


def editable(data: str) -> str:
    """Indented, unless that makes it too long to be sent back twice (a form holds what it showed at first as well)."""
    return indented(data, (), 2 * DATA_MAX) or data


def tags_as_text(tags: Mapping[str, str]) -> str:
    """In lines, unless one of them could not be read back from those."""
    parts = [part for tag in tags.items() for part in tag]
    is_plain = all(part == part.strip() and len(part.splitlines()) == 1 for part in parts)
    if is_plain and not any(":" in name or name.startswith("{") for name in tags):
        return "\n".join(f"{name}: {tag}" for name, tag in tags.items())
    return json.dumps(tags, indent=2, ensure_ascii=False)
