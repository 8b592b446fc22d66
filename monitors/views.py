"""Monitors: `/api/{org}/{project}/monitors`. Read with the scope `read:tasks`, written with `admin`."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from monitors import documentation
from monitors.changes import change_monitor, create_monitor, delete_monitor
from monitors.models import Monitor
from monitors.serializers import MonitorSerializer
from projects.access import project_for
from projects.models import Project
from projects.resource_views import ResourceViewSet
from projects.scopes import Scope


@documentation.monitors
class MonitorViewSet(ResourceViewSet):
    queryset = Monitor.objects.none()
    serializer_class = MonitorSerializer
    lookup_url_kwarg = "id"
    scopes = {"list": Scope.READ_TASKS, "retrieve": Scope.READ_TASKS}

    @property
    def project(self) -> Project:
        return project_for(self.principal, self.kwargs["org"], self.kwargs["project"])

    def get_queryset(self) -> QuerySet[Monitor]:
        return Monitor.objects.filter(project=self.project)

    def make(self, fields: Mapping[str, Any]) -> Monitor:
        return create_monitor(self.project, fields, now=timezone.now())

    def change(self, row: Monitor, fields: Mapping[str, Any]) -> Monitor:
        return change_monitor(row, fields, now=timezone.now())

    def perform_destroy(self, instance: Monitor) -> None:
        delete_monitor(instance)
