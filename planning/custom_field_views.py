"""Custom fields: `/api/{org}/custom-fields`. Read with the scope `read:tasks`.

Written with `admin`, and not by a key of one project: they are of all plans of the organization.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from planning import organization_documentation
from planning.custom_fields import change_field, create_field, delete_field
from planning.models import CustomField
from planning.organization_serializers import CustomFieldSerializer
from projects.resource_views import EVERY_ACTION, ResourceViewSet
from projects.scopes import Scope


@organization_documentation.custom_fields
class CustomFieldViewSet(ResourceViewSet):
    queryset = CustomField.objects.none()
    serializer_class = CustomFieldSerializer
    lookup_url_kwarg = "id"
    scopes = {"list": Scope.READ_TASKS, "retrieve": Scope.READ_TASKS}
    governed = EVERY_ACTION - {"list", "retrieve"}

    def get_queryset(self) -> QuerySet[CustomField]:
        return CustomField.objects.filter(organization=self.organization).order_by("pk")

    def make(self, fields: Mapping[str, Any]) -> CustomField:
        return create_field(self.organization, fields, now=timezone.now())

    def change(self, row: CustomField, fields: Mapping[str, Any]) -> CustomField:
        return change_field(row, fields)

    def perform_destroy(self, instance: CustomField) -> None:
        delete_field(instance)
