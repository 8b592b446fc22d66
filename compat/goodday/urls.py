"""Paths under `/api/v0/`, each with and without its trailing slash."""

from typing import Any

from django.urls import re_path

from compat.goodday.views import TaskViewSet, UnknownPath

ALL: dict[str, Any] = {"get": "list"}
ONE: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "partial_update"}
WORK_TIMES: dict[str, Any] = {"get": "user_work_times"}
TASK = "tasks/(?P<task_id>[0-9]{1,30})"

urlpatterns = [
    re_path(r"^tasks/?$", TaskViewSet.as_view(ALL), name="goodday-task-list"),
    re_path(rf"^{TASK}/?$", TaskViewSet.as_view(ONE), name="goodday-task-detail"),
    re_path(rf"^{TASK}/user-work-times/?$", TaskViewSet.as_view(WORK_TIMES), name="goodday-user-work-times"),
    re_path(r"", UnknownPath.as_view(), name="goodday-unknown"),
]
