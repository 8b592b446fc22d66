"""Monitors for the operator to look at, `/admin/`: only the verbs of this room write them."""

from django.contrib import admin

from monitors.models import Monitor, MonitorChange
from projects.read_only_admin import ReadOnly


@admin.register(Monitor)
class MonitorAdmin(ReadOnly):
    list_display = ("name", "project", "status", "enabled", "interval", "cron", "last_check_in", "next_due")
    list_select_related = ("project",)
    list_filter = ("status", "enabled")
    search_fields = ("name",)


@admin.register(MonitorChange)
class MonitorChangeAdmin(ReadOnly):
    list_display = ("id", "monitor_id", "old", "new", "at", "reason", "announced")
    list_filter = ("new", "announced")
    ordering = ("-id",)
