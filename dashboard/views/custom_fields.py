"""Custom fields: what an organization adds to the plans of its tasks, made, changed and deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dashboard.forms import carried_out
from dashboard.visits import Visit, page
from planning.custom_fields import WITH_CHOICES, change_field, create_field, definitions_of, delete_field
from planning.models import CustomField
from planning.models.custom_field import CHOICES_MAX, FieldType
from projects.scopes import Scope

CHOICE_MAX = 255  # characters
TYPES_IN_WORDS = {
    FieldType.TEXT: "Text",
    FieldType.NUMBER: "A number",
    FieldType.DATE: "A date",
    FieldType.BOOLEAN: "Yes or no",
    FieldType.CHOICE: "One of some choices",
    FieldType.MULTI_CHOICE: "Any of some choices",
    FieldType.PERSON: "A member",
    FieldType.CURRENCY: "An amount of money",
}


class Choices(forms.CharField):
    """One on each line; cleaned, a list."""

    widget = forms.Textarea(attrs={"rows": 5})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > CHOICES_MAX:
            raise forms.ValidationError(f"At most {CHOICES_MAX} choices.")
        if len(set(lines)) < len(lines):
            raise forms.ValidationError("Each choice may be named once.")
        if any(len(line) > CHOICE_MAX for line in lines):
            raise forms.ValidationError(f"A choice has at most {CHOICE_MAX} characters.")
        return lines


class FieldForm(forms.Form):
    name = forms.CharField(max_length=255)
    choices = Choices(required=False, help_text="Of a field with choices: one on each line.")


class NewFieldForm(FieldForm):
    type = forms.ChoiceField(
        choices=[(str(value), words) for value, words in TYPES_IN_WORDS.items()], help_text="It never changes."
    )
    field_order = ["name", "type", "choices"]


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def custom_field_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/custom-fields/`"""
    sent = visit.request.POST if visit.request.method == "POST" else None
    form = NewFieldForm(sent)
    if sent is not None and carried_out(
        form, lambda fields: create_field(visit.organization, fields, now=timezone.now())
    ):
        messages.success(visit.request, f"Plans have a field “{form.cleaned_data['name']}” now.")
        return to_list(visit)
    rows = [{"field": row, "type": TYPES_IN_WORDS[FieldType(row.type)]} for row in definitions_of(visit.organization)]
    context = {"title": "Custom fields", "rows": rows, "form": form}
    return visit.render("dashboard/custom_fields.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def custom_field_page(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/custom-fields/{id}/`"""
    row = get_object_or_404(CustomField.objects.filter(organization=visit.organization), pk=int(id))
    row.organization = visit.organization
    sent = visit.request.POST if visit.request.method == "POST" else None
    if sent is not None and "delete" in sent:
        delete_field(row)
        messages.success(visit.request, f"The field “{row.name}” is deleted.")
        return to_list(visit)
    form = FieldForm(sent, initial={"name": row.name, "choices": row.choices})
    if row.type not in WITH_CHOICES:
        del form.fields["choices"]
    if sent is not None and carried_out(form, lambda fields: change_field(row, fields)):
        messages.success(visit.request, f"The field “{form.cleaned_data['name']}” is changed.")
        return to_list(visit)
    context = {"title": row.name, "field_row": row, "type": TYPES_IN_WORDS[FieldType(row.type)], "form": form}
    return visit.render("dashboard/custom_field.html", context, status=422 if form.errors else 200)


def to_list(visit: Visit) -> HttpResponse:
    return HttpResponseRedirect(reverse("custom-fields", kwargs={"org": visit.organization.slug}))
