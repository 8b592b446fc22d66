"""Paths of this room, each with and without its trailing slash."""

from typing import Any

urlpatterns: list[Any] = []
