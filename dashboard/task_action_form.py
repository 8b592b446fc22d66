"""The form of one more action of a task."""

from typing import Any

from django import forms

from dashboard.task_fields import checked
from projects.models import Organization
from tasks.serializers import ActionInput


class ActionForm(forms.Form):
    """Valid, `action_fields` is what the verb takes."""

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
