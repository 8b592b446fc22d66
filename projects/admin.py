"""The operator's pages for tenants, people and keys: `/admin/`. What has rules goes through the verbs here, too."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from projects import keyring
from projects.deleting import delete_organization, delete_project
from projects.issuing import revoke_key
from projects.locks import locked_organization
from projects.members import keep_an_owner
from projects.models import ApiKey, Membership, Organization, Project, Team, User
from projects.principals import Principal
from projects.scopes import Role

# What a user may do here. For superusers to give: with one of these, staff could become superuser, or as good as that.
PRIVILEGES = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])


class ChangedUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """A user is deactivated, not deleted: that may be an organization's last owner.

    Only superusers change what other staff may do, or their passwords and addresses: whoever sets one of these can sign
    in as them.
    """

    form = ChangedUserForm
    add_form = NewUserForm
    list_display = ("email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email",)
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("May", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if is_superuser(request) else (*self.readonly_fields, *PRIVILEGES)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_other_staff = obj is not None and obj.pk != request.user.pk and (obj.is_staff or obj.is_superuser)
        return super().has_change_permission(request, obj) and (is_superuser(request) or not is_other_staff)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """For superusers alone: staff could give further permissions to a group of their own."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)


def is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)


class OfOrganization(admin.ModelAdmin):
    """Rows that belong to an organization: each is added under its lock, so that it is not deleted at the same time."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            locked_organization(obj.organization)
        super().save_model(request, obj, form, change)
        transaction.on_commit(keyring.forget)


class TenantAdmin(admin.ModelAdmin):
    """Deletes as the API does, and lists none of the rows that go: there may be millions."""

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        return [f"{row}, with all that it has" for row in objs], {}, set(), []

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(Organization)
class OrganizationAdmin(TenantAdmin):
    fields = ("slug", "name", "created")
    readonly_fields = ("slug", "created")  # a slug is in every key and path
    list_display = ("slug", "name", "created")
    search_fields = ("slug", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        return super().get_queryset(request).filter(deleted=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # it needs an owner: `POST /api/organizations`, or `createapikey --create`

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(keyring.forget)

    def delete_model(self, request: HttpRequest, obj: Organization) -> None:
        delete_organization(obj, by=Principal(organization=obj, user_id=request.user.pk))


@admin.register(Project)
class ProjectAdmin(OfOrganization, TenantAdmin):
    fields = ("organization", "slug", "name", "created")
    list_display = ("slug", "organization", "number", "name", "created")
    list_select_related = ("organization",)
    search_fields = ("slug", "name", "organization__slug")
    autocomplete_fields = ("organization",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("organization", "slug", "created") if obj else ("created",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return super().get_queryset(request).filter(organization__deleted=None)

    def delete_model(self, request: HttpRequest, obj: Project) -> None:
        delete_project(obj)


class MembershipForm(forms.ModelForm):
    def clean(self) -> None:
        super().clean()
        if self.instance.pk and self.cleaned_data.get("role") != Role.OWNER:
            stored = Membership.objects.select_related("organization").get(pk=self.instance.pk)
            keep_an_owner(stored.organization, stored)


@admin.register(Membership)
class MembershipAdmin(OfOrganization):
    form = MembershipForm
    fields = ("organization", "user", "role", "display_name")
    list_display = ("user", "organization", "role", "display_name")
    list_select_related = ("user", "organization")
    list_filter = ("role",)
    search_fields = ("user__email", "organization__slug")
    autocomplete_fields = ("organization", "user")
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("organization", "user") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return (obj is None or obj.role != Role.OWNER) and super().has_delete_permission(request, obj)


class TeamForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "memberships" in self.fields:
            members = self.instance.organization.memberships.select_related("user")
            self.fields["memberships"].queryset = members  # type: ignore[attr-defined]


@admin.register(Team)
class TeamAdmin(OfOrganization):
    """A team is made first and gets its members then, who are of its organization."""

    form = TeamForm
    list_display = ("name", "organization")
    list_select_related = ("organization",)
    search_fields = ("name", "organization__slug")
    autocomplete_fields = ("organization",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("organization", "name", "memberships") if obj else ("organization", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("organization",) if obj else ()


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    """Keys are made by the API or by `createapikey`: the admin would have to show the secret."""

    fields = (
        "name",
        "organization",
        "project",
        "prefix",
        "scopes",
        "creator",
        "created",
        "expires",
        "last_used",
        "revoked",
    )
    readonly_fields = fields[1:]
    list_display = ("name", "prefix", "organization", "project", "last_used", "expires", "revoked")
    list_select_related = ("organization", "project")
    search_fields = ("name", "prefix", "organization__slug", "project__slug")
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return super().get_queryset(request).filter(organization__deleted=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Revoke selected API keys", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: Iterable[ApiKey]) -> None:
        for key in queryset:
            revoke_key(key)
