"""The actions of a task: `/api/{org}/{project}/tasks/{id}/actions`.

Read with the scope `read:tasks`, written with `update:tasks`.
"""

from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from projects.in_project import InProject
from projects.scopes import Scope
from tasks import action_changes, documentation
from tasks.embeds import ALONE, newest_of
from tasks.models import Action, Task
from tasks.serializers import ActionInput, ActionOutput
from tasks.views import public_id_of
from tasks.wire import action_on_wire


@documentation.actions
class ActionViewSet(InProject, GenericViewSet[Action]):
    queryset = Action.objects.none()
    serializer_class = ActionOutput
    pagination_class = None
    scopes = {
        "list": Scope.READ_TASKS,
        "retrieve": Scope.READ_TASKS,
        "create": Scope.UPDATE_TASKS,
        "update": Scope.UPDATE_TASKS,
        "partial_update": Scope.UPDATE_TASKS,
        "cancel": Scope.UPDATE_TASKS,
    }

    def list(self, request: Request, id: str, **path: str) -> Response:
        task = Task.objects.filter(project=self.project, public_id=public_id_of(id)).only("number").first()
        if task is None:
            raise Http404
        found = newest_of(Action.objects.all(), [task.number], ALONE).rows[task.number]
        return Response([self.shown(action) for action in found])

    def retrieve(self, request: Request, id: str, action_id: str, **path: str) -> Response:
        found = Action.objects.filter(
            task__project=self.project, task__public_id=public_id_of(id), pk=number_of(action_id)
        )
        action = found.first()
        if action is None:
            raise Http404
        return Response(self.shown(action))

    def create(self, request: Request, id: str, **path: str) -> Response:
        public_id = public_id_of(id)
        fields = self.checked(partial=False)
        action = action_changes.add_action(self.project, public_id, fields, now=timezone.now())
        return Response(self.shown(action), status=status.HTTP_201_CREATED)

    def update(self, request: Request, id: str, action_id: str, **path: str) -> Response:
        return self.change(id, action_id, partial=False)

    def partial_update(self, request: Request, id: str, action_id: str, **path: str) -> Response:
        return self.change(id, action_id, partial=True)

    def cancel(self, request: Request, id: str, action_id: str, **path: str) -> Response:
        action_changes.cancel_action(self.project, public_id_of(id), number_of(action_id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def change(self, id: str, action_id: str, *, partial: bool) -> Response:
        _ = self.request.data  # read now: a slow body must not be waited for while the task is locked

        def check(stored: Action) -> dict[str, Any]:
            return self.checked(partial=partial, stored=stored)

        action = action_changes.update_action(
            self.project, public_id_of(id), number_of(action_id), check, now=timezone.now()
        )
        return Response(self.shown(action))

    def checked(self, *, partial: bool, stored: Action | None = None) -> dict[str, Any]:
        context = {"organization_id": self.project.organization_id}
        serializer = ActionInput(stored, data=self.request.data, partial=partial, context=context)
        serializer.is_valid(raise_exception=True)
        fields: dict[str, Any] = serializer.validated_data
        return fields

    def shown(self, action: Action) -> dict[str, Any]:
        return action_on_wire(action, public_id_of(self.kwargs["id"]))


def number_of(text: str) -> int:
    """The number in a path; raises `Http404` for what can't be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404
    return int(text)
