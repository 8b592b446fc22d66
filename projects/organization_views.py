"""Organizations and projects: `/api/organizations`, `/api/{org}/projects`. Reading needs no scope, writing `admin`."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from rest_framework.request import Request

from projects import documentation
from projects.access import organizations_of, projects_of
from projects.capacity import ROWS_MAX
from projects.deleting import delete_organization, delete_project
from projects.members import FOUNDS_NONE, person_behind
from projects.models import Organization, Project
from projects.resource_views import ResourceViewSet
from projects.serializers import (
    OrganizationChangeSerializer,
    OrganizationSerializer,
    ProjectChangeSerializer,
    ProjectSerializer,
)
from projects.tenants import change_organization, change_project, create_organization, create_project


@documentation.organizations
class OrganizationViewSet(ResourceViewSet):
    queryset = Organization.objects.none()
    serializer_class = OrganizationSerializer
    change_serializer_class = OrganizationChangeSerializer
    lookup_field = "slug"
    lookup_url_kwarg = "org"
    # Founding concerns no organization that exists: who may is asked below.
    scopes = {"list": None, "retrieve": None, "create": None}
    governed = frozenset({"update", "partial_update", "destroy"})

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if self.action == "create" and self.principal.key_id is not None and not self.principal.governs_organization:
            raise PermissionDenied(FOUNDS_NONE)

    def get_queryset(self) -> QuerySet[Organization]:
        return organizations_of(self.principal)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset[:ROWS_MAX] if self.action == "list" else queryset  # others may add a person to any number

    def make(self, fields: Mapping[str, Any]) -> Organization:
        owner = person_behind(self.principal)
        if owner is None:
            raise PermissionDenied("Nobody is behind this key who could own the new organization.")
        return create_organization(**fields, owner=owner)

    def change(self, row: Organization, fields: Mapping[str, Any]) -> Organization:
        return change_organization(row, fields)

    def perform_destroy(self, instance: Organization) -> None:
        delete_organization(instance, by=self.principal)


@documentation.projects
class ProjectViewSet(ResourceViewSet):
    queryset = Project.objects.none()
    serializer_class = ProjectSerializer
    change_serializer_class = ProjectChangeSerializer
    lookup_field = "slug"
    lookup_url_kwarg = "project"
    scopes = {"list": None, "retrieve": None}
    governed = frozenset({"create", "destroy"})

    def get_queryset(self) -> QuerySet[Project]:
        return projects_of(self.principal, self.kwargs["org"])

    def make(self, fields: Mapping[str, Any]) -> Project:
        return create_project(self.organization, **fields)

    def change(self, row: Project, fields: Mapping[str, Any]) -> Project:
        return change_project(row, fields)

    def perform_destroy(self, instance: Project) -> None:
        delete_project(instance)
