"""Paths of monitors under `/api/{org}/{project}/`, each with and without its trailing slash."""

from typing import Any

from django.urls import re_path

from monitors.views import MonitorViewSet

ALL: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
ID = r"(?P<id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"

urlpatterns = [
    re_path(r"^monitors/?$", MonitorViewSet.as_view(ALL), name="monitor-list"),
    re_path(rf"^monitors/{ID}/?$", MonitorViewSet.as_view(ONE), name="monitor-detail"),
]
