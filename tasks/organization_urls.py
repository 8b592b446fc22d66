"""Paths of global actions under `/api/{org}/`, each with and without its trailing slash."""

from django.urls import re_path

from projects.urls import ALL, ID, ONE, ORG
from tasks.global_action_views import GlobalActionViewSet

urlpatterns = [
    re_path(rf"{ORG}/actions/?$", GlobalActionViewSet.as_view(ALL), name="global-action-list"),
    re_path(rf"{ORG}/actions/{ID}/?$", GlobalActionViewSet.as_view(ONE), name="global-action-detail"),
]
