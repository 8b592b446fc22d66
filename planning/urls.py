"""Paths of planned work under `/api/{org}/{project}/`, each with and without its trailing slash."""

from typing import Any

urlpatterns: list[Any] = []
