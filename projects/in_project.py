"""What the views under `/api/{org}/{project}/` have in common."""

from rest_framework.views import APIView

from projects.access import principal_of, project_for
from projects.models import Project
from projects.principals import Principal


class InProject(APIView):
    """A view under `/api/{org}/{project}/`: who asks, and for which project (`Http404` where it is out of reach)."""

    @property
    def principal(self) -> Principal:
        return principal_of(self.request)

    @property
    def project(self) -> Project:
        return project_for(self.principal, self.kwargs["org"], self.kwargs["project"])
