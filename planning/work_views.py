"""Time and money spent on a task: `/api/{org}/{project}/tasks/{id}/time-reports`, `.../extra-costs`.

Read with the scope `read:tasks`, written with `update:tasks`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from planning import work, work_documentation
from planning.models import ExtraCost, TimeReport
from planning.wire import cost_on_wire, report_on_wire
from planning.work_serializers import ExtraCostInput, ExtraCostOutput, TimeReportInput, TimeReportOutput
from projects.in_project import InProject
from projects.scopes import Scope
from tasks.action_views import number_of
from tasks.embeds import ALONE, newest_of
from tasks.models import Task
from tasks.views import public_id_of


class OfTask(InProject, GenericViewSet[Any]):
    """Rows of a task. A subclass hands on to the verbs in `add`, `change` and `remove`, and shows a row in `shown`.

    id_name: what the path calls the row's id.
    """

    pagination_class = None
    model: ClassVar[type[Model]]
    input_class: ClassVar[type[BaseSerializer[Any]]]
    id_name: ClassVar[str]
    scopes = {
        "list": Scope.READ_TASKS,
        "retrieve": Scope.READ_TASKS,
        "create": Scope.UPDATE_TASKS,
        "update": Scope.UPDATE_TASKS,
        "partial_update": Scope.UPDATE_TASKS,
        "destroy": Scope.UPDATE_TASKS,
    }

    def add(self, task_number: int, fields: Mapping[str, Any]) -> Any:
        """The new row, of a body that was checked."""
        raise NotImplementedError

    def change(self, row: Any, fields: Mapping[str, Any]) -> Any:
        """The row as it is after PUT or PATCH."""
        raise NotImplementedError

    def remove(self, row: Any) -> None:
        raise NotImplementedError

    def shown(self, row: Any, task_id: Any) -> dict[str, Any]:
        raise NotImplementedError

    def list(self, request: Request, id: str, **path: str) -> Response:
        number = self.task_number(id)
        found = newest_of(self.rows, [number], ALONE).rows[number]
        return Response([self.shown(row, public_id_of(id)) for row in found])

    def retrieve(self, request: Request, **path: str) -> Response:
        return self.answer(self.row())

    def create(self, request: Request, id: str, **path: str) -> Response:
        number = self.task_number(id)
        return self.answer(self.add(number, self.checked()), status.HTTP_201_CREATED)

    def update(self, request: Request, **path: str) -> Response:
        return self.answer(self.change(self.row(), self.checked()))

    def partial_update(self, request: Request, **path: str) -> Response:
        return self.answer(self.change(self.row(), self.checked(partial=True)))

    def destroy(self, request: Request, **path: str) -> Response:
        self.remove(self.row())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @property
    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.all()
        return rows

    def task_number(self, id: str) -> int:
        """Raises `Http404` for a task that is not in the project."""
        tasks = Task.objects.filter(project=self.project, public_id=public_id_of(id))
        number = tasks.values_list("number", flat=True).first()
        if number is None:
            raise Http404
        return number

    def row(self) -> Any:
        """The row that the path names; raises `Http404`."""
        row_id = number_of(self.kwargs[self.id_name])
        task_id = public_id_of(self.kwargs["id"])
        row = self.rows.filter(pk=row_id, task__project=self.project, task__public_id=task_id).first()
        if row is None:
            raise Http404
        return row

    def checked(self, *, partial: bool = False) -> dict[str, Any]:
        serializer = self.input_class(data=self.request.data, partial=partial, context={"project": self.project})
        serializer.is_valid(raise_exception=True)
        fields: dict[str, Any] = serializer.validated_data
        return fields

    def answer(self, row: Any, status_code: int = status.HTTP_200_OK) -> Response:
        return Response(self.shown(row, public_id_of(self.kwargs["id"])), status=status_code)


@work_documentation.time_reports
class TimeReportViewSet(OfTask):
    queryset = TimeReport.objects.none()
    model = TimeReport
    serializer_class = TimeReportOutput
    input_class = TimeReportInput
    id_name = "report_id"

    def add(self, task_number: int, fields: Mapping[str, Any]) -> TimeReport:
        fields = {"billable": True, "note": "", **fields}
        return work.add_report(task_number, fields, organization_id=self.project.organization_id, now=timezone.now())

    def change(self, row: TimeReport, fields: Mapping[str, Any]) -> TimeReport:
        return work.change_report(row, fields, organization_id=self.project.organization_id)

    def remove(self, row: TimeReport) -> None:
        work.delete_report(row)

    def shown(self, row: TimeReport, task_id: Any) -> dict[str, Any]:
        return report_on_wire(row, task_id)


@work_documentation.extra_costs
class ExtraCostViewSet(OfTask):
    queryset = ExtraCost.objects.none()
    model = ExtraCost
    serializer_class = ExtraCostOutput
    input_class = ExtraCostInput
    id_name = "cost_id"

    def add(self, task_number: int, fields: Mapping[str, Any]) -> ExtraCost:
        return work.add_cost(task_number, fields, now=timezone.now())

    def change(self, row: ExtraCost, fields: Mapping[str, Any]) -> ExtraCost:
        return work.change_cost(row, fields)

    def remove(self, row: ExtraCost) -> None:
        work.delete_cost(row)

    def shown(self, row: ExtraCost, task_id: Any) -> dict[str, Any]:
        return cost_on_wire(row, task_id)
