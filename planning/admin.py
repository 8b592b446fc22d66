"""Planned work for the operator to look at, `/admin/`: only the verbs of this room write it."""

from django.contrib import admin

from planning.models import CustomField, ExtraCost, Plan, TimeReport, WorkflowStatus
from projects.read_only_admin import ReadOnly


@admin.register(Plan)
class PlanAdmin(ReadOnly):
    list_display = (
        "task_id",
        "start_date",
        "due_date",
        "activity",
        "archived",
        "recurrence",
        "plan_updated",
        "deleted",
    )
    list_filter = ("activity", "archived", "recurrence")
    search_fields = ("goodday_id",)
    ordering = ("-pk",)


@admin.register(TimeReport)
class TimeReportAdmin(ReadOnly):
    list_display = ("id", "task_id", "user", "date", "minutes", "billable", "created")
    list_select_related = ("user",)
    list_filter = ("billable",)
    ordering = ("-pk",)


@admin.register(ExtraCost)
class ExtraCostAdmin(ReadOnly):
    list_display = ("id", "task_id", "name", "amount", "currency", "date", "created")
    search_fields = ("name",)
    ordering = ("-pk",)


@admin.register(WorkflowStatus)
class WorkflowStatusAdmin(ReadOnly):
    list_display = ("name", "project", "order", "status", "is_done")
    list_select_related = ("project",)
    list_filter = ("status", "is_done")
    search_fields = ("name", "project__slug")


@admin.register(CustomField)
class CustomFieldAdmin(ReadOnly):
    list_display = ("name", "organization", "type", "created")
    list_select_related = ("organization",)
    list_filter = ("type",)
    search_fields = ("name", "organization__slug")
