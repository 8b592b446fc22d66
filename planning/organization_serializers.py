"""Workflow statuses and custom fields at the door of the API."""

from typing import Any

from rest_framework import serializers

from planning.custom_fields import WITH_CHOICES
from planning.fields import NamingAll
from planning.models import CustomField, WorkflowStatus
from planning.models.custom_field import CHOICE_MAX, CHOICES_MAX, FieldType
from planning.wire import custom_field_on_wire, workflow_status_on_wire
from projects.access import principal_of, projects_of
from projects.models import Project
from projects.models.organization import SLUG_MAX
from taskapi.rest.fields import Boolean, Choice, Integer, Items, Text
from tasks.statuses import Status

INT32_MAX = 2**31 - 1


class WorkflowStatusSerializer(serializers.Serializer[Any]):
    """A project's own name for where work is. Validated, `project` is a row. The context has the `view`."""

    id = serializers.IntegerField(read_only=True)
    project = Text(max_length=SLUG_MAX, help_text="The slug of its project; can't be changed.")
    name = Text(max_length=255, help_text="Unique in the project.")
    order = Integer(
        min_value=-INT32_MAX, max_value=INT32_MAX, required=False, help_text="Its place on the board; the last one."
    )
    is_done = Boolean(required=False, help_text="Work in it is over; by default where it is for `status`.")
    status = Choice(choices=[str(status) for status in Status], help_text="The task's status that it stands for.")

    def validate_project(self, slug: str) -> Project:
        view = self.context["view"]
        project = projects_of(principal_of(view.request), view.kwargs["org"]).filter(slug=slug).first()
        if project is None:
            raise serializers.ValidationError(f"There is no project “{slug}”.", "does_not_exist")
        if self.instance is not None and project.pk != self.instance.project_id:
            raise serializers.ValidationError("The project can't be changed.", "fixed")
        return project

    def to_representation(self, instance: WorkflowStatus) -> dict[str, Any]:
        return workflow_status_on_wire(instance)


class WorkflowStatusChangeSerializer(WorkflowStatusSerializer):
    project = Text(max_length=SLUG_MAX, required=False, help_text="As it is.")


class CustomFieldSerializer(NamingAll):
    """A field that plans of the organization have."""

    id = serializers.IntegerField(read_only=True)
    name = Text(max_length=255, help_text="Unique in the organization.")
    type = Choice(choices=[str(value) for value in FieldType.values], help_text="Can't be changed.")
    choices = Items(
        child=Text(max_length=CHOICE_MAX),
        max_length=CHOICES_MAX,
        required=False,
        help_text="Of a `choice` or `multi-choice`: what its values may be. Values that there are stay.",
    )

    def validate_choices(self, choices: list[str]) -> list[str]:
        if len(set(choices)) < len(choices):
            raise serializers.ValidationError("Each choice may be named once.", "repeated")
        return choices

    def unknown(self, fields: dict[str, Any]) -> dict[str, Any]:
        kind = fields.get("type", getattr(self.instance, "type", None))
        if kind is not None and kind not in WITH_CHOICES and fields.get("choices"):
            return {"choices": [serializers.ErrorDetail(f"A field of type “{kind}” has none.", "invalid")]}
        return {}

    def to_representation(self, instance: CustomField) -> dict[str, Any]:
        return custom_field_on_wire(instance)
