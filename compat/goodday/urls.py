"""Paths under `/api/v0/`, each with and without its trailing slash."""

from typing import Any

urlpatterns: list[Any] = []
