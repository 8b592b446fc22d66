"""Paths under `/api/{org}/{project}/`, each with and without its trailing slash."""

from django.urls import re_path

from tasks.action_views import ActionViewSet
from tasks.views import TaskViewSet

urlpatterns = [
    re_path(r"^tasks/?$", TaskViewSet.as_view({"get": "list", "post": "create"}), name="task-list"),
    re_path(
        r"^tasks/(?P<id>(?!events/?$)[^/]+)/?$",
        TaskViewSet.as_view(
            {
                "get": "retrieve",
                "put": "update",
                "patch": "partial_update",
                "post": "partial_update",
                "delete": "cancel",
            }
        ),
        name="task-detail",
    ),
    re_path(
        r"^tasks/(?P<id>[^/]+)/actions/?$",
        ActionViewSet.as_view({"get": "list", "post": "create"}),
        name="action-list",
    ),
    re_path(
        r"^tasks/(?P<id>[^/]+)/actions/(?P<action_id>[^/]+)/?$",
        ActionViewSet.as_view({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "cancel"}),
        name="action-detail",
    ),
]
