"""Tasks: `/api/{org}/{project}/tasks`. Follows "API Endpoints" of Task Badger's documentation."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from monitors import checkins
from projects.in_project import InProject
from projects.models import Project
from projects.scopes import Scope
from taskapi.rest.pages import KeysetPagination
from taskapi.rest.parsing import StrictJSONParser
from taskapi.rest.rendering import answer
from tasks import changes, documentation, statements
from tasks.embeds import asked_for, fitting, task_with
from tasks.filters import selected
from tasks.models import Task
from tasks.row import TaskRow
from tasks.serializers import TaskInput, TaskOutput, TaskPatch

MONITOR_HEADER = "X-TASKBADGER-MONITOR"
WARNING_HEADER = "X-Taskapi-Warning"
DATA_NOT_STORED = "data over 1 MB was not stored"


class TaskParser(StrictJSONParser):
    kept = ("data",)


PARSERS = [TaskParser()]


def public_id_of(text: str) -> uuid.UUID:
    """The id in a path; raises `Http404` for what can't be one."""
    public_id = statements.public_id_of(text)
    if public_id is None:
        raise Http404
    return public_id


@documentation.tasks
class TaskViewSet(InProject, GenericViewSet[Task]):
    queryset = Task.objects.none()
    serializer_class = TaskOutput
    pagination_class = KeysetPagination
    leaves_data_out = False  # the body's `data` is too long to be stored
    scopes = {
        "list": Scope.ACCESS_TASKS,
        "retrieve": Scope.READ_TASKS,
        "create": Scope.CREATE_TASKS,
        "update": Scope.UPDATE_TASKS,
        "partial_update": Scope.UPDATE_TASKS,
        "cancel": Scope.CANCEL_TASKS,
    }

    def get_parsers(self) -> Any:
        return PARSERS

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # Before anything is written; and most requests ask for nothing.
        self.embeds = asked_for(request.query_params) if request._request.META.get("QUERY_STRING") else []
        if self.embeds and not self.principal.may(Scope.READ_TASKS):
            raise PermissionDenied("What is embedded needs the scope read:tasks.")

    def list(self, request: Request, **path: str) -> HttpResponseBase:
        pages = KeysetPagination()
        tasks = selected(self.project, request.query_params)
        return pages.answer(pages.page_of(tasks, request, lambda found: fitting(found, self.project, self.embeds)))

    def retrieve(self, request: Request, id: str, **path: str) -> HttpResponseBase:
        task = statements.find(self.project.pk, public_id_of(id))
        if task is None:
            raise Http404
        return self.answer(task)

    def create(self, request: Request, **path: str) -> HttpResponseBase:
        monitor_id = monitor_of(request, self.project)
        fields = self.checked(TaskInput)
        task = changes.create_task(self.project, fields, monitor_id=monitor_id, now=timezone.now())
        return self.answer(task, status.HTTP_201_CREATED)

    def update(self, request: Request, id: str, **path: str) -> HttpResponseBase:
        return self.change(id, TaskInput, merge_tags=False)

    def partial_update(self, request: Request, id: str, **path: str) -> HttpResponseBase:
        return self.change(id, TaskPatch, merge_tags=True)

    def cancel(self, request: Request, id: str, **path: str) -> HttpResponseBase:
        changes.cancel_task(self.project, public_id_of(id), actor=self.principal, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def change(self, id: str, serializer_class: type[TaskInput], *, merge_tags: bool) -> HttpResponseBase:
        fields = self.checked(serializer_class)
        now = timezone.now()
        task = changes.update_task(
            self.project, public_id_of(id), fields, merge_tags=merge_tags, actor=self.principal, now=now
        )
        return self.answer(task)

    def checked(self, serializer_class: type[TaskInput]) -> dict[str, Any]:
        """The fields that the body sends; raises `ValidationError` (400) that names each bad one."""
        context = {"organization_id": self.project.organization_id}
        serializer = serializer_class(data=self.request.data, partial=serializer_class is TaskPatch, context=context)
        serializer.is_valid(raise_exception=True)
        fields: dict[str, Any] = serializer.validated_data
        self.leaves_data_out = "data" in self.request.data and "data" not in fields
        return fields

    def answer(self, task: TaskRow, status_code: int = status.HTTP_200_OK) -> HttpResponseBase:
        headers = {WARNING_HEADER: DATA_NOT_STORED} if self.leaves_data_out else None
        return answer(self.request, task_with(task, self.project, self.embeds), status_code, headers)


def monitor_of(request: Request, project: Project) -> uuid.UUID | None:
    """The monitor that a new task checks in with; raises `ValidationError` on the header for one that is unknown."""
    text = request._request.META.get("HTTP_X_TASKBADGER_MONITOR")
    if not text:
        return None
    monitor_id = statements.public_id_of(text)
    if monitor_id is None or checkins.find(project.pk, monitor_id) is None:
        raise ValidationError({MONITOR_HEADER: ValidationError(f"There is no monitor “{text}”.", "unknown")})
    return monitor_id
