"""Paths of planned work under `/api/{org}/{project}/`, each with and without its trailing slash."""

from typing import Any

from django.urls import re_path

from planning.plan_views import PlanViewSet
from planning.rollup_views import RollUpViewSet
from planning.work_views import ExtraCostViewSet, TimeReportViewSet

ALL: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
PLAN: dict[str, Any] = {"get": "retrieve", "patch": "partial_update"}
ROLLUP: dict[str, Any] = {"get": "retrieve"}
TASK = r"^tasks/(?P<id>[^/]+)"

urlpatterns = [
    re_path(rf"{TASK}/plan/?$", PlanViewSet.as_view(PLAN), name="plan"),
    re_path(rf"{TASK}/time-reports/?$", TimeReportViewSet.as_view(ALL), name="time-report-list"),
    re_path(rf"{TASK}/time-reports/(?P<report_id>[^/]+)/?$", TimeReportViewSet.as_view(ONE), name="time-report-detail"),
    re_path(rf"{TASK}/extra-costs/?$", ExtraCostViewSet.as_view(ALL), name="extra-cost-list"),
    re_path(rf"{TASK}/extra-costs/(?P<cost_id>[^/]+)/?$", ExtraCostViewSet.as_view(ONE), name="extra-cost-detail"),
    re_path(r"^rollup/?$", RollUpViewSet.as_view(ROLLUP), name="rollup"),
]
