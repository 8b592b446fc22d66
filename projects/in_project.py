"""What the views under `/api/{org}/{project}/` have in common.

A fleet of workers calls them, so they also spare what REST framework does anew for each request and what always comes
out the same: a fifth of a get's own time went there.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from projects.access import principal_of, project_for
from projects.models import Project
from projects.principals import Principal
from taskapi.rest.headers import stored

# None of these keeps anything of a request: one of each serves all of them, where REST framework makes them anew.
policies: Any = api_settings
PARSERS = [parser() for parser in policies.DEFAULT_PARSER_CLASSES]
AUTHENTICATORS = [authentication() for authentication in policies.DEFAULT_AUTHENTICATION_CLASSES]
PERMISSIONS = [permission() for permission in policies.DEFAULT_PERMISSION_CLASSES]
NEGOTIATOR = policies.DEFAULT_CONTENT_NEGOTIATION_CLASS()

_default_headers: dict[tuple[type[APIView], frozenset[str]], dict[str, str]] = {}  # by view and methods


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

    @property
    def default_response_headers(self) -> dict[str, str]:
        """`Allow` and `Vary`: a path's methods never change."""
        kind = (type(self), frozenset(getattr(self, "action_map", ())))
        if kind not in _default_headers:
            _default_headers[kind] = super().default_response_headers
        return _default_headers[kind].copy()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if type(response) is HttpResponse:
            # The view, its methods, its request and what the parsers were told of it hold each other. Let go of by hand
            # they are gone at once, and the next request is made in the memory of this one, that the processor still
            # has at hand: left to the collector, they cost a fifth of a get. What is yet to be rendered needs them.
            self.request.parser_context.clear()
            vars(self).clear()
        return response

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        asked = super().initialize_request(request, *args, **kwargs)
        vars(asked)["method"] = request.method  # else each look at it fails first, and is then passed on to Django's
        return asked

    def perform_authentication(self, request: Request) -> None:
        """As `request.user` would, which first looks for what can't be there yet, and guards what only it needs."""
        asked: Any = request
        asked._authenticate()

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if type(response) is not HttpResponse or "Vary" in response.headers:
            return super().finalize_response(request, response, *args, **kwargs)
        # Written already, by `taskapi.rest.rendering.answer`, and there is nothing to join `Vary` with.
        headers = stored(response)
        for name, value in self.headers.items():
            headers[name.lower()] = (name, value)
        return response
