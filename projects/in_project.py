"""What the views under `/api/{org}/{project}/` have in common."""

from typing import Any

from rest_framework.settings import api_settings
from rest_framework.views import APIView

from projects.access import principal_of, project_for
from projects.models import Project
from projects.principals import Principal

# None of these keeps anything of a request: one of each serves all of them, where REST framework makes them anew.
policies: Any = api_settings
PARSERS = [parser() for parser in policies.DEFAULT_PARSER_CLASSES]
AUTHENTICATORS = [authentication() for authentication in policies.DEFAULT_AUTHENTICATION_CLASSES]
PERMISSIONS = [permission() for permission in policies.DEFAULT_PERMISSION_CLASSES]
NEGOTIATOR = policies.DEFAULT_CONTENT_NEGOTIATION_CLASS()


class InProject(APIView):
    """A view under `/api/{org}/{project}/`: who asks, and for which project (`Http404` where it is out of reach)."""

    @property
    def principal(self) -> Principal:
        return principal_of(self.request)

    @property
    def project(self) -> Project:
        return project_for(self.principal, self.kwargs["org"], self.kwargs["project"])

    def get_parsers(self) -> Any:
        return PARSERS

    def get_authenticators(self) -> Any:
        return AUTHENTICATORS

    def get_permissions(self) -> Any:
        return PERMISSIONS

    def get_content_negotiator(self) -> Any:
        return NEGOTIATOR
