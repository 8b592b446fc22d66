"""Paths of tenants, people and keys under `/api/`, each with and without its trailing slash."""

from typing import Any

from django.urls import re_path

from projects.key_views import ApiKeyViewSet
from projects.organization_views import OrganizationViewSet, ProjectViewSet
from projects.people_views import MemberViewSet, TeamViewSet

ALL: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
ORG = r"^(?P<org>[^/]+)"
ID = r"(?P<id>[0-9]{1,18})"  # what fits in 64 bits; any other is no path

urlpatterns = [
    re_path(r"^organizations/?$", OrganizationViewSet.as_view(ALL), name="organization-list"),
    re_path(r"^organizations/(?P<org>[^/]+)/?$", OrganizationViewSet.as_view(ONE), name="organization-detail"),
    # `project`, as in the paths of its tasks: one that the caller doesn't reach is a 404 by the permissions.
    re_path(rf"{ORG}/projects/?$", ProjectViewSet.as_view(ALL), name="project-list"),
    re_path(rf"{ORG}/projects/(?P<project>[^/]+)/?$", ProjectViewSet.as_view(ONE), name="project-detail"),
    re_path(rf"{ORG}/members/?$", MemberViewSet.as_view(ALL), name="member-list"),
    re_path(rf"{ORG}/members/{ID}/?$", MemberViewSet.as_view(ONE), name="member-detail"),
    re_path(rf"{ORG}/teams/?$", TeamViewSet.as_view(ALL), name="team-list"),
    re_path(rf"{ORG}/teams/{ID}/?$", TeamViewSet.as_view(ONE), name="team-detail"),
    re_path(rf"{ORG}/keys/?$", ApiKeyViewSet.as_view(ALL), name="key-list"),
    re_path(rf"{ORG}/keys/{ID}/?$", ApiKeyViewSet.as_view(ONE), name="key-detail"),
]
