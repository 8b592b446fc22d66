"""The forms of one task: it and its plan, changed by hand, and one more action.

What they take is checked by the serializers of the API, so that both refuse the same.
"""

import datetime
import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django import forms
from rest_framework.exceptions import APIException
from rest_framework.serializers import Serializer

from dashboard.task_rows import STATUS_LABELS
from planning.rows import Planned
from planning.serializers import PlanInput
from projects.models import Membership, Organization, Project
from taskapi.rest.parsing import StrictJSONParser
from tasks.serializers import ActionInput, TaskInput

DATA_MAX = 100_000  # characters of data that are edited on a page
DATA = "data_text"  # a form has a `data` of its own
TASK_FIELDS = ("name", "status", "value", "value_max", "tags", DATA)
PLAN_FIELDS = (
    *("description", "start_date", "end_date", "due_date", "deadline_date"),
    *("assignees", "estimated_minutes"),
)


class Lines(forms.CharField):
    """Tags: each on a line of its own, `name: value`; or as a JSON object, which takes any name."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if text.startswith("{"):
            return parsed(text)
        tags: dict[str, str] = {}
        for line in filter(None, (line.strip() for line in text.splitlines())):
            name, colon, tag = line.partition(":")
            if not colon or not name.strip() or not tag.strip():
                raise forms.ValidationError(f"“{line[:100]}” is no tag: write one on each line, as name: value.")
            if name.strip() in tags:
                raise forms.ValidationError(f"The tag “{name.strip()[:100]}” is there twice.")
            tags[name.strip()] = tag.strip()
        return tags


class JSONText(forms.CharField):
    """Any JSON, as the API takes it."""

    widget = forms.Textarea(attrs={"rows": 12, "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        return parsed(text) if text else None


def parsed(text: str) -> Any:
    """Raises Django's `ValidationError` for what is no JSON, or none that can be kept."""
    try:
        return StrictJSONParser().parse(BytesIO(text.encode()))
    except APIException as error:
        raise forms.ValidationError(texts_of(error.detail) or ["This is not JSON."]) from None


def day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, show_hidden_initial=True)


class TaskForm(forms.Form):
    """A task and its plan. Only what the person changed is sent on: programs may change the rest meanwhile."""

    name = forms.CharField(max_length=255, strip=False, show_hidden_initial=True)
    status = forms.ChoiceField(choices=list(STATUS_LABELS.items()), show_hidden_initial=True)
    value = forms.IntegerField(required=False, show_hidden_initial=True, help_text="How far it is; empty for unknown.")
    value_max = forms.IntegerField(label="Value at the end", show_hidden_initial=True)
    tags = Lines(required=False, show_hidden_initial=True, help_text="One on each line, as name: value.")
    data_text = JSONText(label="Data", required=False, show_hidden_initial=True, help_text="Any JSON; empty for none.")
    description = forms.CharField(
        required=False, strip=False, show_hidden_initial=True, widget=forms.Textarea(attrs={"rows": 4})
    )
    start_date = day("To begin on")
    end_date = day("To end on")
    due_date = day("Due on")
    deadline_date = day("At the latest on")
    assignees = forms.TypedMultipleChoiceField(
        coerce=int, required=False, show_hidden_initial=True, widget=forms.CheckboxSelectMultiple
    )
    estimated_minutes = forms.IntegerField(label="Estimate in minutes", required=False, show_hidden_initial=True)

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        members = Membership.objects.filter(organization=project.organization_id).select_related("user")
        choices = [(str(member.user_id), member.name) for member in members.order_by("user__email")]
        self.fields["assignees"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["assignees"]
        if DATA not in self.initial:
            del self.fields[DATA]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        context = {"organization_id": self.project.organization_id, "project": self.project}
        own = TaskInput(data=self.changed_among(TASK_FIELDS), partial=True, context=context)
        planned = PlanInput(data=self.changed_among(PLAN_FIELDS), partial=True, context=context)
        self.task_fields = checked(self, own, {"data": DATA})
        self.plan_fields = checked(self, planned, {})
        return cleaned

    def changed_among(self, names: tuple[str, ...]) -> dict[str, Any]:
        """What the person changed, as the API would be sent it."""
        changed = [name for name in names if name in self.changed_data and name in self.cleaned_data]
        return {"data" if name == DATA else name: on_wire(self.cleaned_data[name]) for name in changed}

    @property
    def task_part(self) -> list[forms.BoundField]:
        return [self[name] for name in TASK_FIELDS if name in self.fields]

    @property
    def plan_part(self) -> list[forms.BoundField]:
        return [self[name] for name in PLAN_FIELDS if name in self.fields]


def on_wire(value: Any) -> Any:
    """Forms send the ends of lines as old printers wanted them."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def initial_of(planned: Planned, assignees: list[int]) -> dict[str, Any]:
    """What the form shows at first."""
    task, plan = planned.task, planned.plan
    shown = {
        "name": task.name,
        "status": task.status,
        "value": task.value,
        "value_max": task.value_max,
        "tags": tags_as_text(json.loads(task.tags)),
        **{name: getattr(plan, name) for name in PLAN_FIELDS if name != "assignees"},
        "assignees": [str(user_id) for user_id in assignees],
    }
    if len(task.data) <= DATA_MAX:
        shown[DATA] = "" if task.data == "null" else indented(task.data)
    return shown


def indented(data: str) -> str:
    return json.dumps(json.loads(data), indent=2, ensure_ascii=False)


def tags_as_text(tags: Mapping[str, str]) -> str:
    """In lines, unless one of them could not be read back from those."""
    parts = [part for tag in tags.items() for part in tag]
    is_plain = all(part == part.strip() and len(part.splitlines()) == 1 for part in parts)
    if is_plain and not any(":" in name or name.startswith("{") for name in tags):
        return "\n".join(f"{name}: {tag}" for name, tag in tags.items())
    return json.dumps(tags, indent=2, ensure_ascii=False)


class ActionForm(forms.Form):
    """One more action of a task."""

    trigger = forms.CharField(
        max_length=255, label="When", help_text="Points, separated by commas: 100, 95%, */25%, success, error, stalled."
    )
    integration = forms.ChoiceField(label="Send to")
    to = forms.CharField(
        label="E-mail addresses",
        required=False,
        max_length=1500,
        help_text="For mails: one to five, between commas.",
    )

    def __init__(self, organization: Organization, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.fields["integration"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not {"trigger", "integration"} <= cleaned.keys():
            return cleaned
        to = cleaned.get("to", "")
        body = {
            "trigger": cleaned["trigger"],
            "integration": cleaned["integration"],
            "config": {"to": to} if to else {},
        }
        action = ActionInput(data=body, context={"organization_id": self.organization.pk})
        self.action_fields = checked(self, action, {"config": "to"})
        return cleaned


def checked(form: forms.Form, serializer: Serializer[Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What a serializer of the API makes of its data; what it refuses is added to the form.

    names: the form's field for one of the serializer's, where they differ.
    """
    if serializer.is_valid():
        fields: dict[str, Any] = serializer.validated_data
        return fields
    for field, detail in serializer.errors.items():
        own = names.get(str(field), str(field))
        form.add_error(own if own in form.fields else None, texts_of(detail))
    return {}


def texts_of(detail: Any) -> list[str]:
    """Every sentence in errors of any depth."""
    if isinstance(detail, Mapping):
        return [text for inner in detail.values() for text in texts_of(inner)]
    if isinstance(detail, (list, tuple)):
        return [text for inner in detail for text in texts_of(inner)]
    return [str(detail)]
