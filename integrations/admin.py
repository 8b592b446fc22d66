"""The operator's pages for channels and deliveries: `/admin/`. No secret is shown; all goes through the verbs here."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from integrations.channels import change_channel, delete_channel
from integrations.models import Attempt, Channel, Delivery
from integrations.outbox import redeliver
from projects.read_only_admin import ReadOnly, ReadOnlyInline
from taskapi.rest.params import public_id_of


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):
    """Channels are made by the API, which shows their secret once; here they are renamed, switched off and deleted."""

    fields = ("organization", "kind", "slug", "name", "enabled", "config", "overlap_until", "created", "updated")
    readonly_fields = ("organization", "kind", "slug", "config", "overlap_until", "created", "updated")
    list_display = ("integration", "organization", "name", "enabled", "updated")
    list_select_related = ("organization",)
    list_filter = ("kind", "enabled")
    search_fields = ("slug", "name", "organization__slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        return super().get_queryset(request).filter(organization__deleted=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Channel, form: Any, change: bool) -> None:
        change_channel(obj, {"name": obj.name, "enabled": obj.enabled}, timezone.now())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        return [f"{channel}, but for what was sent by it" for channel in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Channel) -> None:
        delete_channel(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        for channel in queryset:
            delete_channel(channel)


class AttemptInline(ReadOnlyInline):
    model = Attempt


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = ("public_id", "organization", "integration", "point", "status", "attempt_count", "due_at", "created")
    list_select_related = ("organization",)
    list_filter = ("status",)
    ordering = ("-number",)
    search_fields = ("integration__exact", "point__exact")
    search_help_text = "The whole id, channel or point of a delivery, or the id of its task or monitor."
    inlines = (AttemptInline,)
    actions = ("deliver_again",)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Delivery]", search_term: str
    ) -> tuple["QuerySet[Delivery]", bool]:
        """By ids through their indexes, which Django's own search, comparing texts, would not use."""
        if public_id := public_id_of(search_term.strip()):
            found = [queryset.filter(**{name: public_id}) for name in ("public_id", "task_id", "monitor_id")]
            return found[0] | found[1] | found[2], False
        return super().get_search_results(request, queryset, search_term)

    def has_deliver_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("integrations.change_delivery")

    @admin.action(description="Deliver selected deliveries again", permissions=["deliver_again"])
    def deliver_again(self, request: HttpRequest, queryset: Iterable[Delivery]) -> None:
        now, count = timezone.now(), 0
        for delivery in queryset:
            redeliver(delivery, now)
            count += 1
        messages.success(request, f"{count} due now.")
