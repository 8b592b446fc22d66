"""Paths under `/v2/`, each with and without its trailing slash."""

from typing import Any

urlpatterns: list[Any] = []
