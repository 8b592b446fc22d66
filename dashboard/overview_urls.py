"""Where people begin, and how it goes."""

from typing import Any

from django.urls import re_path

from dashboard.views import overview

urlpatterns: list[Any] = [
    re_path(r"^a/?$", overview.home, name="home"),
    re_path(r"^a/(?P<org>[^/]+)/?$", overview.overview, name="overview"),
]
