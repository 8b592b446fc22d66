"""Tasks by a `ModelViewSet`."""

import json
from typing import Any

from django.urls import include, path
from django.utils import timezone
from rest_framework.pagination import PageNumberPagination
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import JSONField, ModelSerializer
from rest_framework.viewsets import ModelViewSet

from tasks.models import Task


class JsonText(JSONField):
    """The column is text."""

    def to_internal_value(self, data: Any) -> str:
        return json.dumps(super().to_internal_value(data))

    def to_representation(self, value: str) -> Any:
        return json.loads(value)


class TaskSerializer(ModelSerializer):
    data = JsonText(required=False)

    class Meta:
        model = Task
        fields = "__all__"
        read_only_fields = ("project", "created", "updated")


class Pages(PageNumberPagination):
    page_size_query_param = "page_size"


class TaskViewSet(ModelViewSet):
    serializer_class = TaskSerializer
    pagination_class = Pages
    lookup_field = "public_id"

    def get_queryset(self) -> Any:
        reach = {"project__slug": self.kwargs["project"], "project__organization__slug": self.kwargs["org"]}
        return Task.objects.filter(**reach).order_by("-number")

    def perform_create(self, serializer: Any) -> None:
        now = timezone.now()
        serializer.save(project=self.request.auth.project, created=now, updated=now, start_time=now)

    def perform_update(self, serializer: Any) -> None:
        serializer.save(updated=timezone.now())


router = SimpleRouter(trailing_slash=False)
router.register("tasks", TaskViewSet, basename="task")
urlpatterns = [path("api/<org>/<project>/", include(router.urls))]
