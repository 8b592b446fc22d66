"""What a project comes to: `/api/{org}/{project}/rollup`. Read with the scope `read:tasks`."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from planning import documentation
from planning.models import Plan
from planning.rollups import rollup_of_project
from planning.serializers import ProjectRollUp
from projects.in_project import InProject
from projects.scopes import Scope


@documentation.rollup
class RollUpViewSet(InProject, GenericViewSet[Plan]):
    queryset = Plan.objects.none()
    serializer_class = ProjectRollUp
    pagination_class = None
    scopes = {"retrieve": Scope.READ_TASKS}

    def retrieve(self, request: Request, **path: str) -> Response:
        return Response(rollup_of_project(self.project))
