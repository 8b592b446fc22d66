"""Global actions: `/api/{org}/actions`. All of it needs the scope `admin`, and concerns the whole organization."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from projects.resource_views import EVERY_ACTION, ResourceViewSet
from tasks import global_action_documentation
from tasks.global_action_serializers import GlobalActionInput, GlobalActionOutput
from tasks.global_actions import change_global_action, create_global_action, delete_global_action, global_actions_of
from tasks.models import GlobalAction


@global_action_documentation.global_actions
class GlobalActionViewSet(ResourceViewSet):
    queryset = GlobalAction.objects.none()
    serializer_class = GlobalActionOutput
    lookup_url_kwarg = "id"
    governed = EVERY_ACTION

    def get_queryset(self) -> QuerySet[GlobalAction]:
        return global_actions_of(self.organization)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rule = create_global_action(self.organization, self.checked(), now=timezone.now())
        return Response(GlobalActionOutput(rule).data, status=status.HTTP_201_CREATED)

    def update(self, request: Request, *args: Any, partial: bool = False, **kwargs: Any) -> Response:
        _ = request.data  # read now: a slow body must not be waited for while the organization is locked

        def check(stored: GlobalAction) -> dict[str, Any]:
            return self.checked(stored, partial=partial)

        rule = change_global_action(self.organization, int(self.kwargs["id"]), check, now=timezone.now())
        return Response(GlobalActionOutput(rule).data)

    def perform_destroy(self, instance: GlobalAction) -> None:
        delete_global_action(self.organization, instance.pk)

    def checked(self, stored: GlobalAction | None = None, *, partial: bool = False) -> dict[str, Any]:
        context = {"organization": self.organization}
        serializer = GlobalActionInput(stored, data=self.request.data, partial=partial, context=context)
        serializer.is_valid(raise_exception=True)
        fields: dict[str, Any] = serializer.validated_data
        return fields
