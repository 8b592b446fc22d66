"""Paths under `/ping/`, each with and without its trailing slash."""

from django.urls import re_path

from monitors.pinging import ping

urlpatterns = [
    re_path(r"^(?P<id>[^/]+)/?$", ping, name="ping"),
    re_path(r"^(?P<id>[^/]+)/(?P<said>[^/]+)/?$", ping, name="ping-signal"),
]
