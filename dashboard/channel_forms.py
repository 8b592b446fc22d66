"""The forms of integrations: one for each kind, with the fields of its `config`."""

from typing import Any, ClassVar

from django import forms

from integrations.models import Channel, Kind
from integrations.models.channel import SLUG_MAX


class ChannelForm(forms.Form):
    """What can be changed of one; a kind adds the field of its `config`, `config_field`."""

    config_field: ClassVar[str]
    name = forms.CharField(max_length=255, required=False, help_text="For people to read; the slug without one.")

    def config(self) -> dict[str, Any]:
        return {self.config_field: self.cleaned_data[self.config_field]}


class WebhookForm(ChannelForm):
    config_field = "url"
    url = forms.CharField(
        label="URL",
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://hooks.example.org/tasks"}),
        help_text="Each message is a signed POST to this address. It has to be a public one.",
    )


class EmailForm(ChannelForm):
    config_field = "to"
    to = forms.CharField(
        label="E-mail addresses",
        max_length=1500,
        widget=forms.TextInput(attrs={"placeholder": "ops@example.org, boss@example.org", "autocomplete": "off"}),
        help_text="One to five, between commas.",
    )


class AppriseForm(ChannelForm):
    config_field = "url"
    url = forms.CharField(
        label="Apprise URL",
        max_length=2000,
        widget=forms.TextInput(attrs={"placeholder": "slack://…", "autocomplete": "off", "spellcheck": "false"}),
        help_text="Slack, Telegram, Discord and more: slack://…, tgram://… It holds a secret, of which only the "
        "service is shown again.",
    )


FORMS: dict[str, type[ChannelForm]] = {
    Kind.WEBHOOK: WebhookForm,
    Kind.EMAIL: EmailForm,
    Kind.APPRISE: AppriseForm,
}


def new_form(kind: str, sent: Any) -> ChannelForm:
    """The form of a new one, which has a slug as well."""
    form = FORMS[kind](sent)
    form.fields["slug"] = forms.CharField(
        max_length=SLUG_MAX,
        help_text=f"Actions call it {kind}: and this. Lower-case letters, digits, - and _; it never changes.",
        widget=forms.TextInput(attrs={"placeholder": "ops", "autocomplete": "off", "spellcheck": "false"}),
    )
    form.order_fields(["slug", "name", form.config_field])
    return form


def change_form(channel: Channel, sent: Any) -> ChannelForm:
    initial = {"name": channel.name, **channel.config}
    return FORMS[channel.kind](sent, initial=initial)
