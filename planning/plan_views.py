"""The plan of a task: `/api/{org}/{project}/tasks/{id}/plan`. Read with `read:tasks`, written with `update:tasks`."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from planning import documentation, plans, rows
from planning.models import Plan
from planning.plan_wire import plans_on_wire
from planning.serializers import PlanInput, PlanOutput
from projects.in_project import InProject
from projects.scopes import Scope
from tasks.dialects import Condition
from tasks.views import public_id_of


@documentation.plan
class PlanViewSet(InProject, GenericViewSet[Plan]):
    queryset = Plan.objects.none()
    serializer_class = PlanOutput
    pagination_class = None
    scopes = {"retrieve": Scope.READ_TASKS, "partial_update": Scope.UPDATE_TASKS}

    def retrieve(self, request: Request, id: str, **path: str) -> Response:
        return self.answer(public_id_of(id))

    def partial_update(self, request: Request, id: str, **path: str) -> Response:
        public_id = public_id_of(id)
        serializer = PlanInput(data=request.data, partial=True, context={"project": self.project})
        serializer.is_valid(raise_exception=True)
        fields: dict[str, Any] = serializer.validated_data
        try:
            plans.update_plan(self.project, public_id, fields, actor=self.principal, now=timezone.now())
        except ValidationError as error:
            raise serializer.whole(error, fields) from None
        return self.answer(public_id)

    def answer(self, public_id: uuid.UUID) -> Response:
        own = [Condition("public_id = %s", (public_id,)), Condition("project_id = %s", (self.project.pk,))]
        found = rows.find(own)
        if found is None:
            raise Http404
        return Response(plans_on_wire([found], self.project)[0])
