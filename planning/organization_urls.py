"""Paths of workflow statuses and custom fields under `/api/{org}/`, each with and without its trailing slash."""

from django.urls import re_path

from planning.custom_field_views import CustomFieldViewSet
from planning.workflow_views import WorkflowStatusViewSet
from projects.urls import ALL, ID, ONE, ORG

urlpatterns = [
    re_path(rf"{ORG}/workflow-statuses/?$", WorkflowStatusViewSet.as_view(ALL), name="workflow-status-list"),
    re_path(rf"{ORG}/workflow-statuses/{ID}/?$", WorkflowStatusViewSet.as_view(ONE), name="workflow-status-detail"),
    re_path(rf"{ORG}/custom-fields/?$", CustomFieldViewSet.as_view(ALL), name="custom-field-list"),
    re_path(rf"{ORG}/custom-fields/{ID}/?$", CustomFieldViewSet.as_view(ONE), name="custom-field-detail"),
]
