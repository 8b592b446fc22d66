"""Workflow statuses: `/api/{org}/workflow-statuses`. Read with the scope `read:tasks`, written with `admin`.

A key of one project sees and writes those of its own project.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from planning import organization_documentation
from planning.models import WorkflowStatus
from planning.organization_serializers import WorkflowStatusChangeSerializer, WorkflowStatusSerializer
from planning.workflow import change_status, create_status, delete_status, workflow_of
from projects.access import projects_of
from projects.resource_views import ResourceViewSet
from projects.scopes import Scope


@organization_documentation.workflow_statuses
class WorkflowStatusViewSet(ResourceViewSet):
    queryset = WorkflowStatus.objects.none()
    serializer_class = WorkflowStatusSerializer
    change_serializer_class = WorkflowStatusChangeSerializer
    lookup_url_kwarg = "id"
    scopes = {"list": Scope.READ_TASKS, "retrieve": Scope.READ_TASKS}

    def get_queryset(self) -> QuerySet[WorkflowStatus]:
        projects = projects_of(self.principal, self.kwargs["org"])
        if self.action == "list":
            workflow_of(projects.values_list("pk", flat=True))  # each project has some
        return WorkflowStatus.objects.filter(project__in=projects).select_related("project")

    def make(self, fields: Mapping[str, Any]) -> WorkflowStatus:
        return create_status(fields["project"], {name: fields[name] for name in fields if name != "project"})

    def change(self, row: WorkflowStatus, fields: Mapping[str, Any]) -> WorkflowStatus:
        return change_status(row, {name: fields[name] for name in fields if name != "project"})

    def perform_destroy(self, instance: WorkflowStatus) -> None:
        delete_status(instance)
