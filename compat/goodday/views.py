"""`/api/v0/tasks`, by Bearer keys. Follows the "Tasks API" of the GoodDay-synced v0 documentation."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from compat.goodday import documentation, errors, listing
from compat.goodday.inputs import change_task
from compat.goodday.params import asked_of_list, check_none, embeds_of
from compat.goodday.reach import find, organization_of, reachable, tasks_of
from compat.goodday.schema import AutoSchema
from compat.goodday.serializers import TaskInput
from compat.goodday.wire import setting_of, tasks_on_wire
from planning import rows
from planning.models import TimeReport
from planning.rows import Planned
from projects.access import principal_of
from projects.authentication import KeyAuthentication
from projects.principals import Principal
from projects.scopes import Scope
from taskapi.rest.rendering import JSONRenderer, answer
from tasks.embeds import ALONE


class GoodDayView(APIView):
    """What all views of this dialect have in common: JSON alone, and failures of its own form."""

    renderer_classes = (JSONRenderer,)

    def get_exception_handler(self) -> Any:
        return errors.handle


@documentation.tasks
class TaskViewSet(ViewSetMixin, GoodDayView):
    authentication_classes = (KeyAuthentication,)
    schema = AutoSchema()
    scopes = {
        "list": Scope.ACCESS_TASKS,
        "retrieve": Scope.READ_TASKS,
        "user_work_times": Scope.READ_TASKS,
        "update": Scope.UPDATE_TASKS,
        "partial_update": Scope.UPDATE_TASKS,
    }

    @property
    def principal(self) -> Principal:
        return principal_of(self.request)

    def list(self, request: Request) -> HttpResponseBase:
        asked = asked_of_list(request.query_params)
        self.check_embeds(asked.embeds)
        projects = reachable(self.principal)
        # Before the statement that may sort by workflow statuses: this makes those that are missing.
        setting = setting_of(organization_of(self.principal).pk, projects)
        conditions = [*tasks_of(projects), *asked.conditions]
        page = asked.page
        total = rows.count(conditions) if page else None
        if request.method == "HEAD":
            return HttpResponse(content_type=JSONRenderer.media_type)
        chunks = listing.chunks_of(conditions, asked.order, page and page.limit, page.offset if page else 0)
        return listing.answer(chunks, lambda chunk: tasks_on_wire(chunk, setting, asked.embeds), total)

    def retrieve(self, request: Request, task_id: str) -> HttpResponseBase:
        embeds = self.embeds()
        return self.answer(find(self.principal, int(task_id)), embeds)

    def user_work_times(self, request: Request, task_id: str) -> HttpResponseBase:
        check_none(request.query_params)
        task = find(self.principal, int(task_id)).task
        reports = TimeReport.objects.filter(task=task.number)
        by_user = reports.order_by("user").values("user").annotate(time=Sum("minutes"))
        items = [{"user_id": row["user"], "time": row["time"]} for row in by_user]
        times = {"items": items, "reported_time": sum(item["time"] for item in items)}
        return answer(request, {"work_times": times})

    def update(self, request: Request, task_id: str) -> HttpResponseBase:
        return self.change(task_id, partial=False)

    def partial_update(self, request: Request, task_id: str) -> HttpResponseBase:
        return self.change(task_id, partial=True)

    def change(self, task_id: str, *, partial: bool) -> HttpResponseBase:
        embeds = self.embeds()
        planned = find(self.principal, int(task_id))  # before the body: what does not exist takes none
        serializer = TaskInput(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        changed = change_task(self.principal, planned, serializer.validated_data, timezone.now())
        return self.answer(changed, embeds)

    def embeds(self) -> Sequence[str]:
        embeds = embeds_of(self.request.query_params)
        self.check_embeds(embeds)
        return embeds

    def check_embeds(self, embeds: Sequence[str]) -> None:
        if embeds and not self.principal.may(Scope.READ_TASKS):
            raise PermissionDenied("What is embedded needs the scope read:tasks.")

    def answer(self, planned: Planned, embeds: Sequence[str]) -> HttpResponseBase:
        setting = setting_of(organization_of(self.principal).pk, [planned.task.project_id])
        return answer(self.request, tasks_on_wire([planned], setting, embeds, each=ALONE)[0])


class UnknownPath(GoodDayView):
    """The last pattern under /api/v0/: no such thing, for every caller and method."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound("There is nothing at this path.")
