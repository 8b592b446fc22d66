"""API keys: `/api/{org}/keys`. All of it needs the scope `admin`; a project's key sees and makes no others."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from projects import documentation
from projects.capacity import ROWS_MAX
from projects.issuing import change_key, issue_key, revoke_key
from projects.models import ApiKey
from projects.resource_views import ResourceViewSet
from projects.serializers import ApiKeySerializer


@documentation.keys
class ApiKeyViewSet(ResourceViewSet):
    queryset = ApiKey.objects.none()
    serializer_class = ApiKeySerializer
    lookup_url_kwarg = "id"

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of a list: those that are not revoked, and with them the latest of those that are, `ROWS_MAX` in all."""
        if self.action != "list":
            return queryset
        newest = queryset.order_by(F("revoked").desc(nulls_first=True), "-id").values("pk")[:ROWS_MAX]
        return queryset.filter(pk__in=newest)

    def get_queryset(self) -> QuerySet[ApiKey]:
        keys = self.organization.api_keys.select_related("project")
        only = self.principal.only_project
        return keys.filter(project=only) if only is not None else keys

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        key, text = issue_key(self.organization, serializer.validated_data, by=self.principal)
        return Response({**self.get_serializer(key).data, "key": text}, status=status.HTTP_201_CREATED)

    def change(self, row: ApiKey, fields: Mapping[str, Any]) -> ApiKey:
        return change_key(row, fields, by=self.principal)

    def perform_destroy(self, instance: ApiKey) -> None:
        revoke_key(instance)
