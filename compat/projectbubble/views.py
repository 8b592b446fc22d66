"""Tasks: `/v2/tasks`. Follows "Tasks List API" of ProjectBubble's documentation."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from compat.projectbubble import changes, documentation, errors
from compat.projectbubble.authentication import DomainAuthentication, HasScope, require
from compat.projectbubble.body import parameters_in
from compat.projectbubble.filters import asked_for, refuse_parameters
from compat.projectbubble.inputs import finishing
from compat.projectbubble.page import on_wire
from compat.projectbubble.reach import task_of, within
from planning import rows
from planning.rows import Planned
from projects.access import principal_of
from projects.principals import Principal
from projects.scopes import Scope
from taskapi.rest.rendering import JSONRenderer, answer


class OnlyJSON(BaseContentNegotiation):
    """Whatever is asked for and however a body is labelled."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return next(iter(parsers), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class ProjectBubbleView(APIView):
    """What all paths under `/v2/` have in common. scopes: of each action, those of which one is needed."""

    authentication_classes: Sequence[Any] = (DomainAuthentication,)
    permission_classes: Sequence[Any] = (HasScope,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyJSON
    scopes: ClassVar[Mapping[str, tuple[Scope, ...]]] = {}
    schema: Any = documentation.Schema()

    @property
    def principal(self) -> Principal:
        return principal_of(self.request)

    def get_exception_handler(self) -> Any:
        return errors.handle


@documentation.tasks
class TaskViewSet(ProjectBubbleView, ViewSet):
    scopes = {
        "list": (Scope.ACCESS_TASKS,),
        "retrieve": (Scope.READ_TASKS,),
        "create": (Scope.CREATE_TASKS,),
        "create_or_finish": (Scope.CREATE_TASKS, Scope.UPDATE_TASKS),
        "update": (Scope.UPDATE_TASKS,),
        "destroy": (Scope.CANCEL_TASKS,),
    }

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action != "list":
            refuse_parameters(request.query_params)

    def list(self, request: Request) -> HttpResponseBase:
        asked = asked_for(request.query_params)
        conditions = [*within(self.principal), *asked.conditions]
        found = rows.select(conditions, asked.order, asked.limit, asked.offset)
        # A page that is not full is the last: what comes before it is known.
        is_last = len(found) < asked.limit and bool(found or asked.offset == 0)
        total = asked.offset + len(found) if is_last else rows.count(conditions)
        paging = {"offset": asked.offset, "limit": asked.limit, "total_records": total}
        return answer(request, {"paging": paging, "data": on_wire(found, self.principal)})

    def retrieve(self, request: Request, id: str) -> HttpResponseBase:
        return self.answer(task_of(self.principal, id))

    def create(self, request: Request) -> HttpResponseBase:
        return self.make(None, parameters_in(request._request))

    def create_or_finish(self, request: Request, id: str) -> HttpResponseBase:
        """The document's examples complete and resume a task by POST; by any other body, the id is a project's."""
        sent = parameters_in(request._request)
        is_completed = finishing(sent)
        if is_completed is None:
            return self.make(id, sent)
        require(self.principal, Scope.UPDATE_TASKS)
        return self.change(id, sent)

    def update(self, request: Request, id: str) -> HttpResponseBase:
        return self.change(id, parameters_in(request._request))

    def destroy(self, request: Request, id: str) -> HttpResponseBase:
        changes.delete(self.principal, task_of(self.principal, id), timezone.now())
        return answer(request, [])

    def make(self, project_id: str | None, sent: Mapping[str, Any]) -> HttpResponseBase:
        require(self.principal, Scope.CREATE_TASKS)
        number = changes.create(self.principal, project_id, sent, timezone.now())
        return self.answer(task_of(self.principal, number), status.HTTP_201_CREATED)

    def change(self, id: str, sent: Mapping[str, Any]) -> HttpResponseBase:
        planned = task_of(self.principal, id)
        changes.change(self.principal, planned, sent, timezone.now())
        return self.answer(task_of(self.principal, planned.task.number))

    def answer(self, planned: Planned, status_code: int = status.HTTP_200_OK) -> HttpResponseBase:
        (shown,) = on_wire([planned], self.principal)
        return answer(self.request, {"data": shown}, status_code)


class UnknownPath(ProjectBubbleView):
    """The last pattern under /v2/: no such thing, for every caller and method."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound
