"""Tasks and global actions for the operator, `/admin/`. Tasks are only looked at: `tasks.changes` alone writes them."""

import uuid
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from tasks.global_actions import change_global_action
from tasks.models import Action, GlobalAction, StatusChange, Task

MOST = 10_000  # rows that a list pages through; filters and search find the others


class BoundedPaginator(Paginator):
    """Counts no further than `MOST`: a count of all costs more than the page, the more tasks there are."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        return rows[:MOST].count()


class ReadOnly(admin.ModelAdmin):
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ActionInline(ReadOnlyInline):
    model = Action


class StatusChangeInline(ReadOnlyInline):
    model = StatusChange


@admin.register(Task)
class TaskAdmin(ReadOnly):
    """The public token is left out: who has it has the task's public page."""

    exclude = ("public_token",)
    list_display = ("number", "name", "project", "status", "value", "value_max", "updated")
    list_select_related = ("project",)
    list_filter = ("status",)
    ordering = ("-number",)
    search_fields = ("name__exact", "external_id__exact")
    search_help_text = "The whole id, name or external id of a task."
    inlines = (ActionInline, StatusChangeInline)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Task]", search_term: str
    ) -> tuple["QuerySet[Task]", bool]:
        """Tasks by id through its index, which Django's own search, comparing texts, would not use."""
        try:
            return queryset.filter(public_id=uuid.UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)


@admin.register(Action)
class ActionAdmin(ReadOnly):
    list_display = ("id", "task_id", "trigger", "integration", "status", "created")
    list_filter = ("status",)
    ordering = ("-id",)


@admin.register(StatusChange)
class StatusChangeAdmin(ReadOnly):
    list_display = ("id", "task_id", "old", "new", "at", "key_id", "user_id")
    ordering = ("-id",)


@admin.register(GlobalAction)
class GlobalActionAdmin(admin.ModelAdmin):
    """Switched on and off here; all else of them needs the checks of the API."""

    fields = (
        *("enabled", "organization", "name", "trigger", "integration", "config", "project", "monitor", "name_filter"),
        *("failures_in_row", "notify_recovery", "snooze_until", "created", "updated"),
    )
    readonly_fields = fields[1:]
    list_display = ("id", "name", "organization", "trigger", "integration", "enabled")
    list_select_related = ("organization",)
    list_filter = ("enabled",)
    search_fields = ("name", "organization__slug")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[GlobalAction]":
        return super().get_queryset(request).filter(organization__deleted=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: GlobalAction, form: Any, change: bool) -> None:
        change_global_action(obj.organization, obj.pk, lambda _: {"enabled": obj.enabled}, now=timezone.now())
