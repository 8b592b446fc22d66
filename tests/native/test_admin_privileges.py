"""/admin/: staff with every permission there is do not become superusers, and do not sign in as one."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client, RequestFactory
from django.urls import reverse

from projects.models import User

PASSWORD = "correct horse battery"
NEW_PASSWORD = "another staple entirely"
KINDS = ("change", "delete", "history")  # of pages of one row
PRIVILEGES = {"is_staff": "on", "is_superuser": "on", "groups": "1", "user_permissions": "1"}


@pytest.fixture
def staff(db):
    """May do all that permissions allow."""
    user = User.objects.create_user("staff@server.example", PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


@pytest.fixture
def browser(staff):
    signed_in = Client()
    signed_in.force_login(staff)
    return signed_in


@pytest.fixture
def root(db):
    return User.objects.create_superuser("root@server.example", PASSWORD)


@pytest.fixture
def root_browser(root):
    signed_in = Client()
    signed_in.force_login(root)
    return signed_in


@pytest.fixture
def others(root):
    return {
        "superuser": root,
        "superuser, not staff": User.objects.create_user("quiet@server.example", PASSWORD, is_superuser=True),
        "staff": User.objects.create_user("other@server.example", PASSWORD, is_staff=True),
        "user": User.objects.create_user("user@server.example", PASSWORD),
    }


def page(model, kind, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


def state(user):
    row = User.objects.get(pk=user.pk)
    rights = (set(row.groups.values_list("pk", flat=True)), set(row.user_permissions.values_list("pk", flat=True)))
    return row.email, row.password, row.is_active, row.is_staff, row.is_superuser, *rights


@pytest.fixture
def privileges(db):
    group = Group.objects.create(name="operators")
    permission = Permission.objects.first()
    return {**PRIVILEGES, "groups": group.pk, "user_permissions": permission.pk}


@pytest.mark.parametrize("name", PRIVILEGES)
@pytest.mark.parametrize("whose", ["own", "user"])
def test_staff_give_no_privilege(browser, staff, others, privileges, whose, name):
    user = staff if whose == "own" else others["user"]
    before = state(user)
    sent = {"email": user.email, "is_active": "on", name: privileges[name]}
    assert browser.post(page(User, "change", user.pk), sent).status_code == 302
    assert state(user) == before


@pytest.mark.parametrize("whose", ["superuser", "superuser, not staff", "staff"])
def test_staff_change_no_other_staff(browser, others, privileges, whose):
    user = others[whose]
    before = state(user)
    password = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    for path, sent in (
        (page(User, "change", user.pk), {"email": "staff+x@server.example", **privileges}),
        (page(User, "change", user.pk), {}),
        (reverse("admin:auth_user_password_change", args=[user.pk]), password),
        (
            reverse("admin:auth_user_password_change", args=[user.pk]),
            {"usable_password": "false", "unset-password": ""},
        ),
    ):
        assert browser.post(path, sent).status_code == 403, path
    assert state(user) == before
    assert browser.get(page(User, "change", user.pk)).status_code == 200  # which shows it


def test_staff_set_the_password_of_a_user(browser, others):
    sent = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    user = others["user"]
    assert browser.post(reverse("admin:auth_user_password_change", args=[user.pk]), sent).status_code == 302
    assert Client().login(username=user.email, password=NEW_PASSWORD)
    assert browser.post(page(User, "change", user.pk), {"email": "new@server.example"}).status_code == 302
    assert state(user)[:1] + state(user)[2:3] == ("new@server.example", False)


def test_who_is_added_has_no_privilege(browser, privileges):
    sent = {"email": "new@server.example", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    assert browser.post(page(User, "add"), {**sent, **privileges}).status_code == 302
    assert state(User.objects.get(email="new@server.example"))[3:] == (False, False, set(), set())


def test_staff_do_nothing_with_groups(browser, staff):
    group = Group.objects.create(name="operators")
    staff.groups.add(group)
    sent = {"name": "mine", "permissions": [Permission.objects.first().pk]}
    for path in (page(Group, "changelist"), page(Group, "add"), *(page(Group, kind, group.pk) for kind in KINDS)):
        assert browser.get(path).status_code == 403, path
        assert browser.post(path, {**sent, "post": "yes"}).status_code == 403, path
    assert (Group.objects.get().name, Group.objects.get().permissions.count()) == ("operators", 0)


def test_superusers_give_privileges_and_change_all(root_browser, others, privileges):
    sent = {"email": "raised@server.example", "is_active": "on", **privileges}
    user = others["user"]
    assert root_browser.post(page(User, "change", user.pk), sent).status_code == 302
    assert state(user)[3:] == (True, True, {privileges["groups"]}, {privileges["user_permissions"]})
    password = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    other = others["superuser, not staff"]
    assert root_browser.post(reverse("admin:auth_user_password_change", args=[other.pk]), password).status_code == 302
    assert root_browser.post(page(Group, "add"), {"name": "more"}).status_code == 302


def test_no_form_of_the_admin_lets_staff_choose_permissions(staff, others):
    """Every registered model, for adding and for changing: no field that gives rights."""
    request = RequestFactory().get("/admin/")
    request.user = staff
    found = []
    for model, own in admin.site._registry.items():
        for row in (None, others["user"], staff) if model is User else (None, model()):
            is_open = own.has_change_permission(request, row) if row else own.has_add_permission(request)
            fields = own.get_form(request, row, change=row is not None).base_fields if is_open else {}
            for name, field in fields.items():
                target = getattr(getattr(field, "queryset", None), "model", None)
                if target in {Permission, Group} or name in PRIVILEGES:
                    found.append(f"{model.__name__}.{name}")
    assert found == []
