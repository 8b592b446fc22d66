"""`/api/`: where a person or a program begins."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.access import organizations_of, principal_of
from projects.models import Project
from projects.principals import Principal
from taskapi.rest.browsable import BrowsableAPIRenderer, person_of
from taskapi.rest.rendering import JSONRenderer

SERVER = "https://tasks.example.org"
EXAMPLE = {
    "name": "taskapi",
    "version": "1.0.0",
    "docs": f"{SERVER}/api/docs/",
    "redoc": f"{SERVER}/api/redoc/",
    "schema": f"{SERVER}/api/schema.json",
    "sign_in": f"{SERVER}/api/auth/login/",
    "organizations": [
        {
            "slug": "acme",
            "name": "Acme",
            "url": f"{SERVER}/api/organizations/acme",
            "projects": [
                {
                    "slug": "web",
                    "name": "Web",
                    "url": f"{SERVER}/api/acme/projects/web",
                    "tasks": f"{SERVER}/api/acme/web/tasks",
                }
            ],
        }
    ],
}


class EntryProject(serializers.Serializer[Any]):
    """A project within the caller's reach."""

    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField()
    tasks = serializers.URLField(help_text="Where its tasks are.")


class EntryOrganization(serializers.Serializer[Any]):
    """An organization within the caller's reach."""

    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField()
    projects = EntryProject(many=True)


class Entry(serializers.Serializer[Any]):
    """Where one can go from here."""

    name = serializers.CharField()
    version = serializers.CharField()
    docs = serializers.URLField(help_text="Every operation, to be tried out in a browser.")
    redoc = serializers.URLField(help_text="The same to read.")
    schema = serializers.URLField(help_text="The OpenAPI document.")
    sign_in = serializers.URLField()
    organizations = EntryOrganization(many=True, help_text="Those within the caller's reach; none without credentials.")


class EntryPage(BrowsableAPIRenderer):
    """The entry as a page of its own; what goes wrong there looks as it does elsewhere."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        if renderer_context and renderer_context["response"].status_code == 200 and "organizations" in data:
            self.template = "taskapi/entry.html"
        return super().render(data, accepted_media_type, renderer_context)

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        if self.template == BrowsableAPIRenderer.template:
            return super().get_context(data, accepted_media_type, renderer_context)
        request = renderer_context["request"]
        projects = [project for organization in data["organizations"] for project in organization["projects"]]
        return {
            **data,
            "request": request,
            "person": person_of(request),
            "base_url": settings.BASE_URL,
            "tasks": projects[0]["tasks"] if projects else "",
        }


class EntryView(APIView):
    """Public. With credentials it shows where they reach."""

    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer, EntryPage)

    @extend_schema(
        operation_id="entry_get",
        tags=["Server"],
        summary="Begin here",
        description="Where everything is. With a key, also the organizations and projects that it reaches.",
        responses={200: OpenApiResponse(Entry, "Links.", [OpenApiExample("answer", EXAMPLE, response_only=True)])},
    )
    def get(self, request: Request) -> Response:
        return Response(
            {
                "name": settings.SPECTACULAR_SETTINGS["TITLE"],
                "version": settings.SPECTACULAR_SETTINGS["VERSION"],
                "docs": address("docs"),
                "redoc": address("redoc"),
                "schema": address("schema", kind="json"),
                "sign_in": address("login"),
                "organizations": within_reach(principal_of(request)) if request.auth else [],
            }
        )


def address(name: str, **values: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, kwargs=values)}"


def within_reach(principal: Principal) -> list[dict[str, Any]]:
    """The caller's organizations and their projects, in two queries."""
    organizations: dict[int, dict[str, Any]] = {
        organization.pk: {
            "slug": organization.slug,
            "name": organization.name,
            "url": address("organization-detail", org=organization.slug),
            "projects": [],
        }
        for organization in organizations_of(principal)
    }
    projects = Project.objects.filter(organization__in=organizations)
    for project in projects.filter(pk=principal.only_project.pk) if principal.only_project else projects:
        shown = organizations[project.organization_id]
        place = {"org": shown["slug"], "project": project.slug}
        shown["projects"].append(
            {
                "slug": project.slug,
                "name": project.name,
                "url": address("project-detail", **place),
                "tasks": address("task-list", **place),
            }
        )
    return list(organizations.values())
