"""The pages for people. Under `/a/{org}/` those of an organization's members, under `/account/` those of one person."""

from django.urls import include, path

urlpatterns = [
    path("", include("dashboard.task_urls")),
    path("", include("dashboard.overview_urls")),
    path("", include("dashboard.setup_urls")),
    path("", include("dashboard.monitor_urls")),
    path("", include("dashboard.account_urls")),
    path("", include("dashboard.people_urls")),
]
