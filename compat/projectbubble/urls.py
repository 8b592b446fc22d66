"""Paths under `/v2/`, each with and without its trailing slash."""

from typing import Any

from django.urls import re_path

from compat.projectbubble.views import TaskViewSet, UnknownPath

ALL: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"get": "retrieve", "post": "create_or_finish", "put": "update", "delete": "destroy"}

urlpatterns = [
    re_path(r"^tasks/?$", TaskViewSet.as_view(ALL), name="projectbubble-task-list"),
    re_path(r"^tasks/(?P<id>[^/]+)/?$", TaskViewSet.as_view(ONE), name="projectbubble-task-detail"),
    re_path(r"", UnknownPath.as_view(), name="projectbubble-unknown"),
]
