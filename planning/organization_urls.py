"""Paths of workflow statuses and custom fields under `/api/{org}/`, each with and without its trailing slash."""

from typing import Any

urlpatterns: list[Any] = []
