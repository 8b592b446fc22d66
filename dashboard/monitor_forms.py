"""The form of a monitor: either an interval or a cron, spans of time as people write them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dashboard.span_field import SpanField
from monitors.models import GRACE, SECONDS_MAX, START_GRACE, Monitor
from monitors.schedules import CRON_MAX, BadSchedule, parse, parse_zone
from projects.models import Project

INTERVAL, CRON = "interval", "cron"


class MonitorForm(forms.Form):
    """What is sent for the verbs of monitors is `fields_of`. Whatever stands in the schedule not meant is not read."""

    use_required_attribute = False  # of interval and cron, a browser can't tell which one is needed
    name = forms.CharField(max_length=255, help_text="Of the job whose runs are expected.")
    kind = forms.ChoiceField(
        label="Runs come",
        choices=[(INTERVAL, "every so often"), (CRON, "at the times of a cron")],
        widget=forms.RadioSelect,
        initial=CRON,
    )
    interval = SpanField(
        label="Every",
        most=SECONDS_MAX,
        help_text="15 minutes, 1 hour 30 minutes, 2 days: counted from when it was last heard of.",
    )
    cron = forms.CharField(
        max_length=CRON_MAX,
        widget=forms.TextInput(attrs={"placeholder": "30 2 * * 1-5", "autocomplete": "off", "spellcheck": "false"}),
        help_text="Five fields, as in a crontab: minute, hour, day of month, month, day of week.",
    )
    timezone = forms.CharField(
        label="Time zone of the cron",
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"list": "zones", "placeholder": "UTC", "autocomplete": "off"}),
        help_text="UTC, Europe/Berlin.",
    )
    start_grace = SpanField(
        label="Late after",
        least=0,
        most=SECONDS_MAX,
        initial=START_GRACE,
        help_text="From when a run is due until the monitor is late. At most the grace.",
    )
    grace = SpanField(
        label="Grace",
        least=0,
        most=SECONDS_MAX,
        initial=GRACE,
        help_text="From when a run is due until the monitor is down.",
    )
    max_runtime = SpanField(
        label="Longest run",
        most=SECONDS_MAX,
        required=False,
        help_text="A run that said that it began, and takes longer, has failed. Empty for any.",
    )

    def clean_timezone(self) -> str:
        zone = self.cleaned_data["timezone"].strip() or "UTC"
        try:
            parse_zone(zone)
        except BadSchedule as error:
            raise ValidationError(error.text) from None
        return zone

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if kind is not None:
            self.errors.pop(CRON if kind == INTERVAL else INTERVAL, None)
        if kind is None or {kind, "timezone"} & self.errors.keys():
            return cleaned
        try:
            parse(*self.schedule(cleaned))
        except BadSchedule as error:
            self.add_error(error.field, error.text)
        return cleaned

    def schedule(self, cleaned: dict[str, Any]) -> tuple[int | None, str, str]:
        if cleaned["kind"] == INTERVAL:
            return cleaned["interval"], "", cleaned["timezone"]
        return None, cleaned["cron"].strip(), cleaned["timezone"]

    def fields_of(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """For the verbs of monitors. Only the one of interval and cron that is meant, whatever stands in the other."""
        interval, cron, timezone = self.schedule(cleaned)
        return {
            "name": cleaned["name"],
            "interval": interval,
            "cron": cron or None,
            "timezone": timezone,
            "start_grace": cleaned["start_grace"],
            "grace": cleaned["grace"],
            "max_runtime": cleaned["max_runtime"],
        }


class NewMonitorForm(MonitorForm):
    project = forms.ChoiceField(help_text="Whose tasks may be its runs; it never changes.")
    field_order = ["name", "project"]

    def __init__(self, projects: Sequence[Project], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].choices = [(one.slug, one.name) for one in projects]  # type: ignore[attr-defined]


def initial_of(monitor: Monitor) -> dict[str, Any]:
    names = ("name", "interval", "cron", "timezone", "grace", "max_runtime")
    kind = CRON if monitor.cron else INTERVAL
    return {"kind": kind, "start_grace": monitor.late_after, **{name: getattr(monitor, name) for name in names}}
