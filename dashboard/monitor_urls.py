"""Monitors, which all members see, and deliveries."""

from django.urls import re_path

from dashboard.views import deliveries, monitors

urlpatterns = [
    re_path(r"^a/(?P<org>[^/]+)/monitors/?$", monitors.monitor_list, name="monitors"),
    re_path(r"^a/(?P<org>[^/]+)/monitors/new/?$", monitors.monitor_new, name="monitor-new"),
    re_path(r"^a/(?P<org>[^/]+)/monitors/(?P<id>[^/]+)/?$", monitors.monitor_page, name="monitor-page"),
    re_path(r"^a/(?P<org>[^/]+)/deliveries/?$", deliveries.delivery_list, name="deliveries"),
    re_path(r"^a/(?P<org>[^/]+)/deliveries/(?P<id>[^/]+)/?$", deliveries.delivery_page, name="delivery-page"),
]
