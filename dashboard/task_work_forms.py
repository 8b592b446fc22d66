"""The forms of time and money spent on a task: a new report or cost, or a change of one.

What they take is checked by the serializers of the API, so that both refuse the same. Of a change, only what the person
changed is sent on.
"""

import datetime
from typing import Any

from django import forms
from rest_framework.serializers import Serializer

from dashboard.change_form import ChangeForm
from dashboard.task_fields import checked, day, on_wire
from dashboard.work_time import HOW, WorkTimeField
from planning.amounts import money
from planning.models import ExtraCost, TimeReport
from planning.work_serializers import NOTE_MAX, ExtraCostInput, TimeReportInput
from projects.models import Membership, Project


class WorkForm(ChangeForm):
    """Valid, `work_fields` is what the verb takes: of a new row all, of another what is changed."""

    serializer: type[Serializer[Any]]

    def __init__(self, project: Project, sent: Any = None, *, initial: dict[str, Any], is_new: bool) -> None:
        super().__init__(sent, initial=initial)
        self.project = project
        self.is_new = is_new

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        names = [name for name in cleaned if self.is_new or name in self.changed_data]
        body = {name: on_wire(cleaned[name]) for name in names}
        own = self.serializer(data=body, partial=True, context={"project": self.project})
        self.work_fields = checked(self, own, {})
        return cleaned


class ReportForm(WorkForm):
    serializer = TimeReportInput

    user = forms.TypedChoiceField(label="Who", coerce=int)
    date = day("Day", required=True)
    minutes = WorkTimeField(label="Time", help_text=HOW)
    billable = forms.BooleanField(label="Billable", required=False)
    note = forms.CharField(
        required=False,
        strip=False,
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(project, *args, **kwargs)
        members = Membership.objects.filter(organization=project.organization_id).select_related("user")
        people = {member.user_id: member.name for member in members.order_by("user__email")}
        own = self.initial["user"]
        choices = list(people.items()) if own in people else [(own, "somebody who has left"), *people.items()]
        self.fields["user"].choices = choices  # type: ignore[attr-defined]
        self.auto_id = "report-%s"


class CostForm(WorkForm):
    serializer = ExtraCostInput

    name = forms.CharField(label="What for", max_length=255, strip=False)
    amount = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    currency = forms.CharField(
        max_length=3,
        help_text="Three letters, such as EUR.",
        widget=forms.TextInput(attrs={"class": "short", "autocapitalize": "characters"}),
    )
    date = day("Day", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "cost-%s"

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"]
        return code.upper()


def new_report(project: Project, user_id: int, today: datetime.date, sent: Any = None) -> ReportForm:
    return ReportForm(project, sent, initial={"user": user_id, "date": today, "billable": True}, is_new=True)


def new_cost(project: Project, today: datetime.date, sent: Any = None) -> CostForm:
    return CostForm(project, sent, initial={"date": today}, is_new=True)


def report_form(project: Project, report: TimeReport, sent: Any = None) -> ReportForm:
    names = ("date", "minutes", "billable", "note")
    initial = {"user": report.user_id, **{name: getattr(report, name) for name in names}}
    return ReportForm(project, sent, initial=initial, is_new=False)


def cost_form(project: Project, cost: ExtraCost, sent: Any = None) -> CostForm:
    initial = {"name": cost.name, "amount": money(cost.amount), "currency": cost.currency, "date": cost.date}
    return CostForm(project, sent, initial=initial, is_new=False)
