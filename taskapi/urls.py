"""The map of the whole server: the first hop from a URL to what it does."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from taskapi import docs, failures, ops
from taskapi.entry import EntryView
from taskapi.rest import errors
from taskapi.sign_in import SignInView, SignOutView

# `/api/v0/` is another dialect's, and no organization.
PROJECT = r"(?P<org>(?!v0/)[^/]+)/(?P<project>[^/]+)"

urlpatterns = [
    # First, for nearly all requests go there. What it hides of the paths below is no project's slug: RESERVED_PROJECTS.
    re_path(rf"^api/{PROJECT}/", include("tasks.urls")),
    re_path(rf"^api/{PROJECT}/", include("events.urls")),
    re_path(rf"^api/{PROJECT}/", include("monitors.urls")),
    re_path(rf"^api/{PROJECT}/", include("planning.urls")),
    re_path(r"^api/v0/", include("compat.goodday.urls")),
    re_path(r"^v2/", include("compat.projectbubble.urls")),
    re_path(r"^$", RedirectView.as_view(pattern_name="entry")),
    path("favicon.ico", RedirectView.as_view(url="/static/taskapi/icon.svg")),
    re_path(r"^api/?$", EntryView.as_view(), name="entry"),
    re_path(r"^api/schema\.(?P<kind>json|yaml)/?$", docs.SchemaView.as_view(), name="schema"),
    re_path(r"^api/docs/?$", docs.SwaggerView.as_view(), name="docs"),
    re_path(r"^api/redoc/?$", docs.RedocView.as_view(), name="redoc"),
    re_path(r"^api/auth/login/?$", SignInView.as_view(), name="login"),
    re_path(r"^api/auth/logout/?$", SignOutView.as_view(), name="logout"),
    re_path(r"^api/", include("projects.urls")),
    re_path(r"^api/", include("integrations.urls")),
    re_path(r"^api/", include("tasks.organization_urls")),
    re_path(r"^api/", include("planning.organization_urls")),
    re_path(r"^api/", errors.UnknownPath.as_view(), name="unknown"),
    re_path(r"^ping/", include("monitors.ping_urls")),
    re_path(r"", include("dashboard.urls")),
    re_path(r"^healthz/?$", ops.healthz),
    re_path(r"^readyz/?$", ops.readyz),
    re_path(r"^metrics/?$", ops.metrics),
    re_path(r"^admin/login/?$", SignInView.as_view()),  # one door for passwords, with one limit
    path("admin/", admin.site.urls),
]
handler400 = failures.bad_request
handler403 = failures.forbidden
handler404 = failures.not_found
handler500 = failures.server_error
