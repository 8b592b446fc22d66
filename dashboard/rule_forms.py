"""The form of a global action: boxes for the points that are words, a line for those that are numbers."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from monitors.models import Monitor
from projects.models import Project
from tasks.models import GlobalAction
from tasks.name_filter import MAX_LENGTH, compile_filter
from tasks.rules import Rule
from tasks.statuses import Status
from tasks.triggers import Event, Kind, MonitorEvent, TriggerError, parse

FAILURES_MAX = 1000
TRIGGER_MAX = 255
STATUS_WORDS = {
    Status.ERROR: "fails",
    Status.STALE: "goes silent (stale)",
    Status.CANCELLED: "is cancelled",
    Status.SUCCESS: "succeeds",
    Status.PENDING: "is made, or pending again",
    Status.PRE_PROCESSING: "begins: pre-processing",
    Status.PROCESSING: "is processing",
    Status.POST_PROCESSING: "is post-processing",
}
EVENT_WORDS = {Event.MAX_RUNTIME_EXCEEDED: "runs for too long", Event.STALLED: "stands still (stalled)"}
MONITOR_WORDS = {
    MonitorEvent.LATE: "is late",
    MonitorEvent.DOWN: "is down",
    MonitorEvent.UP: "is up again",
}
ABOUT = ("statuses", "events", "monitor_events", "progress")  # the fields that make a trigger
# What a preview looks at, for which the rest need not be right.
PREVIEWED = (*ABOUT, "trigger", "project", "monitor", "name_filter", "failures_in_row", "notify_recovery")


def boxes(label: str, words: dict[Any, str]) -> forms.MultipleChoiceField:
    choices = [(str(word), text) for word, text in words.items()]
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


class RuleForm(forms.Form):
    """What is sent for the verbs of global actions is `fields_of`."""

    name = forms.CharField(max_length=255, help_text="What it is for.")
    enabled = forms.BooleanField(required=False, initial=True, label="It is switched on")
    integration = forms.ChoiceField(label="Send to")
    to = forms.CharField(
        label="E-mail addresses",
        required=False,
        max_length=1500,
        widget=forms.TextInput(attrs={"placeholder": "ops@example.org", "autocomplete": "off"}),
        help_text="For mails: one to five, between commas.",
    )
    statuses = boxes("A task", STATUS_WORDS)
    events = boxes("Or it", EVENT_WORDS)
    monitor_events = boxes("Or a monitor", MONITOR_WORDS)
    progress = forms.CharField(
        label="Or its progress reaches",
        required=False,
        max_length=TRIGGER_MAX,
        widget=forms.TextInput(attrs={"placeholder": "95%, */25%", "autocomplete": "off", "spellcheck": "false"}),
        help_text="A value (250), a percentage (95%), every n-th of them (*/30, */25%); several between commas.",
    )
    project = forms.ChoiceField(required=False)
    monitor = forms.ChoiceField(required=False)
    name_filter = forms.CharField(
        label="Names that match",
        required=False,
        max_length=MAX_LENGTH,
        strip=False,
        widget=forms.TextInput(
            attrs={"placeholder": r"^account\.export", "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text="A regular expression (RE2), found anywhere in the name.",
    )
    failures_in_row = forms.IntegerField(
        label="Only from the n-th in a row",
        min_value=1,
        max_value=FAILURES_MAX,
        initial=1,
        help_text="Of ends of tasks of one name: 3 tells of the third failure in a row, once.",
    )
    notify_recovery = forms.BooleanField(required=False, label="One more message when that name succeeds again")
    snooze_until = forms.DateTimeField(
        label="Silent until",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="In UTC. Nothing is sent before, and nothing afterwards for what happened before.",
    )

    def __init__(
        self,
        projects: Sequence[Project],
        monitors: Sequence[Monitor],
        integrations: Sequence[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        named = {project.pk: project.name for project in projects}
        self.monitors = {str(monitor.pk): monitor for monitor in monitors}
        self.fields["integration"].choices = list(integrations)  # type: ignore[attr-defined]
        self.fields["project"].choices = [  # type: ignore[attr-defined]
            ("", "All projects"),
            *((project.slug, project.name) for project in projects),
        ]
        self.fields["monitor"].choices = [  # type: ignore[attr-defined]
            ("", "Any, or none"),
            *((str(monitor.pk), f"{monitor.name} ({named[monitor.project_id]})") for monitor in monitors),
        ]

    def clean_name_filter(self) -> str:
        text: str = self.cleaned_data["name_filter"]
        try:
            compile_filter(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        words = [word for name in ABOUT[:-1] for word in cleaned.get(name, ())]
        trigger = ",".join([*words, *filter(None, [cleaned.get("progress", "").strip()])])
        if not trigger:
            self.add_error("statuses", "Choose at least one point, here or below.")
            return cleaned
        try:
            parse(trigger, is_global=True)
        except TriggerError as error:
            self.add_error("progress", str(error))
        if len(trigger) > TRIGGER_MAX:
            self.add_error("progress", f"All points together have at most {TRIGGER_MAX} characters.")
        cleaned["trigger"] = trigger
        return cleaned

    def fields_of(self, cleaned: dict[str, Any], stored: GlobalAction | None) -> dict[str, Any]:
        """As the verbs of global actions take them: what a program wrote otherwise, meaning the same, stays."""
        names = ("name", "enabled", "integration", "name_filter", "failures_in_row", "notify_recovery", "snooze_until")
        fields = {name: cleaned[name] for name in names}
        fields |= {"project": cleaned["project"] or None, "monitor": cleaned["monitor"] or None}
        fields["trigger"] = cleaned["trigger"]
        if stored is not None and points_of(stored.trigger) == points_of(cleaned["trigger"]):
            fields["trigger"] = stored.trigger
        if stored is not None and "snooze_until" not in self.changed_data:
            del fields["snooze_until"]  # which has seconds that the form does not show
        before = stored.config if stored is not None and isinstance(stored.config, dict) else {}
        kept = {name: value for name, value in before.items() if name != "to"}
        fields["config"] = {**kept, "to": cleaned["to"]} if cleaned["to"] else kept
        is_kept = stored is not None and (fields["integration"], fields["config"]) == (stored.integration, before)
        if is_kept:  # also where there is no such channel any more
            del fields["integration"], fields["config"]
        return fields

    def rule(self, organization_id: int, projects: Sequence[Project]) -> Rule:
        """What is typed, as the engine has it. Call it where none of `PREVIEWED` is wrong."""
        cleaned = self.cleaned_data
        project = next((one for one in projects if one.slug == cleaned["project"]), None)
        return Rule(
            id=0,
            organization_id=organization_id,
            integration="",
            config={},
            points=parse(cleaned["trigger"], is_global=True),
            project_id=project.pk if project else None,
            monitor_id=uuid.UUID(cleaned["monitor"]) if cleaned["monitor"] else None,
            name_filter=cleaned["name_filter"],
            failures_in_row=cleaned["failures_in_row"],
            notify_recovery=cleaned["notify_recovery"],
            snooze_until=None,
        )


def points_of(trigger: str) -> set[str]:
    return {point.text for point in parse(trigger, is_global=True)}


def initial_of(rule: GlobalAction, now: datetime.datetime) -> dict[str, Any]:
    points = parse(rule.trigger, is_global=True)
    words = [point.text for point in points if point.kind in (Kind.STATUS, Kind.EVENT)]
    config = rule.config if isinstance(rule.config, dict) else {}
    names = ("name", "enabled", "integration", "name_filter", "failures_in_row", "notify_recovery")
    return {
        **{name: getattr(rule, name) for name in names},
        "to": config.get("to", "") if isinstance(config.get("to"), str) else "",
        "statuses": [word for word in words if word in list(Status)],
        "events": [word for word in words if word in list(Event)],
        "monitor_events": [word for word in words if word in list(MonitorEvent)],
        "progress": ", ".join(point.text for point in points if point.kind not in (Kind.STATUS, Kind.EVENT)),
        "project": rule.project.slug if rule.project else "",
        "monitor": str(rule.monitor_id) if rule.monitor_id else "",
        "snooze_until": rule.snooze_until if rule.snooze_until and rule.snooze_until > now else None,
    }
