"""The map of the whole server: the first hop from a URL to what it does."""

from django.contrib import admin
from django.urls import include, path, re_path

from taskapi import ops
from taskapi.rest import errors

urlpatterns = [
    re_path(r"^api/(?P<org>[^/]+)/(?P<project>[^/]+)/", include("tasks.urls")),
    re_path(r"^api/", include("projects.urls")),
    re_path(r"^api/", errors.UnknownPath.as_view()),
    re_path(r"^healthz/?$", ops.healthz),
    re_path(r"^readyz/?$", ops.readyz),
    re_path(r"^metrics/?$", ops.metrics),
    path("admin/", admin.site.urls),
]
handler400 = errors.bad_request
handler500 = errors.server_error
