"""/admin/: the operator's pages."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.models import Channel, Delivery
from monitors.models import Monitor, MonitorChange
from projects.models import ApiKey, Membership, Organization, Project, Team, User
from projects.scopes import Role
from tasks.models import Action, GlobalAction, StatusChange, Task

MODELS = [
    *(User, Organization, Project, Membership, Team, ApiKey, Task, Action, StatusChange),
    *(GlobalAction, Monitor, MonitorChange, Channel, Delivery),
]


@pytest.fixture
def operator(db):
    browser = Client()
    browser.force_login(User.objects.create_superuser("root@server.example", "correct horse battery"))
    return browser


@pytest.fixture
def everything(owner, api, admin, make_task):
    task = make_task(actions=[{"trigger": "success", "integration": "email", "config": {"to": "a@acme.example"}}])
    api.patch(f"tasks/{task['id']}", {"status": "success"})
    admin.post("teams", {"name": "Night shift", "members": [owner.pk]})
    admin.post(
        "actions", {"name": "Tell", "trigger": "error", "integration": "email", "config": {"to": "a@acme.example"}}
    )
    hook = {"kind": "webhook", "slug": "ops", "config": {"url": "https://hooks.acme.example/"}}
    assert admin.post("integrations", hook).status_code == 201
    monitor = admin.post("web/monitors", {"name": "nightly", "interval": 60}).json()
    admin.client.get(f"/ping/{monitor['id']}")


def page(model, kind, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_everything_is_listed_found_and_shown(operator, everything, model):
    assert operator.get(page(model, "changelist")).status_code == 200
    assert operator.get(page(model, "changelist"), {"q": "acme"}).status_code == 200
    assert operator.get(page(model, "change", model.objects.first().pk)).status_code == 200


@pytest.mark.parametrize("model", [Task, Action, StatusChange, MonitorChange], ids=lambda model: model.__name__)
def test_tasks_are_only_looked_at(operator, everything, model):
    row = model.objects.first().pk
    assert operator.get(page(model, "add")).status_code == 403
    assert operator.post(page(model, "change", row), {}).status_code == 403
    assert operator.post(page(model, "delete", row), {"post": "yes"}).status_code == 403


def test_a_task_is_found_by_its_id_or_its_name(operator, api, make_task):
    task, other = make_task("import"), make_task("export")
    for query in (task["id"], "import"):
        text = operator.get(page(Task, "changelist"), {"q": query}).content.decode()
        assert "import" in text
        assert "export" not in text
    assert other["id"] != task["id"]


def test_neither_the_secret_of_a_key_nor_the_public_link_of_a_task_is_shown(operator, everything):
    key, task = ApiKey.objects.first(), Task.objects.get()
    assert "digest" not in operator.get(page(ApiKey, "change", key.pk)).content.decode().lower()
    assert task.public_token not in operator.get(page(Task, "change", task.pk)).content.decode()


def test_keys_are_revoked_and_neither_made_nor_deleted(operator, api):
    row = ApiKey.objects.get()
    assert operator.get(page(ApiKey, "add")).status_code == 403
    assert operator.post(page(ApiKey, "delete", row.pk), {"post": "yes"}).status_code == 403
    operator.post(page(ApiKey, "changelist"), {"action": "revoke", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.revoked is not None


def test_a_user_is_made_and_gets_a_password(operator):
    password = "a long one, for once"
    fields = {"email": "New@Acme.example", "usable_password": "true", "password1": password, "password2": password}
    response = operator.post(page(User, "add"), fields)
    assert response.status_code == 302, response.content.decode()
    user = User.objects.get(email="new@acme.example")
    assert Client().login(username="new@acme.example", password=password)
    fields = {"password1": password * 2, "password2": password * 2, "usable_password": "true"}
    assert operator.post(reverse("admin:auth_user_password_change", args=[user.pk]), fields).status_code == 302
    assert Client().login(username="new@acme.example", password=password * 2)


def test_an_address_is_taken_however_it_is_capitalized(operator, owner):
    response = operator.post(page(User, "add"), {"email": "OLIVIA@acme.example", "usable_password": "false"})
    assert response.status_code == 200
    assert User.objects.filter(email__iexact=owner.email).count() == 1


def test_a_project_is_made_and_deleted_as_the_api_does(operator, organization, admin):
    fields = {"organization": organization.pk, "slug": "keys", "name": "Keys"}
    assert "path of the API" in operator.post(page(Project, "add"), fields).content.decode()
    assert operator.post(page(Project, "add"), {**fields, "slug": "shop"}).status_code == 302
    project = Project.objects.get(slug="shop")
    assert operator.get(page(Project, "delete", project.pk)).status_code == 200
    assert operator.post(page(Project, "delete", project.pk), {"post": "yes"}).status_code == 302
    assert admin.get("projects").json() == []
    assert Project.objects.get().organization.deleted is not None


def test_an_organization_is_deleted_as_the_api_does(operator, organization, everything):
    data = {"action": "delete_selected", "_selected_action": [organization.pk]}
    assert operator.post(page(Organization, "changelist"), data).status_code == 200
    assert operator.post(page(Organization, "changelist"), {**data, "post": "yes"}).status_code == 302
    organization.refresh_from_db()
    assert organization.deleted is not None
    assert Task.objects.exists()


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        pytest.param(Project, {"slug": "new", "name": "New"}, id="project"),
        pytest.param(Team, {"name": "New"}, id="team"),
        pytest.param(Membership, {"role": "owner", "display_name": ""}, id="member"),
    ],
)
def test_nothing_is_added_to_a_deleted_organization(operator, organization, admin, model, fields):
    fields = {**fields, "organization": organization.pk, "user": User.objects.get().pk}
    Organization.objects.filter(pk=organization.pk).update(deleted=timezone.now())
    assert operator.post(page(model, "add"), fields).status_code == 404
    assert not model.objects.exists()
    Organization.objects.filter(pk=organization.pk).update(deleted=None)
    assert operator.post(page(model, "add"), fields).status_code == 302
    assert model.objects.exists()


def test_the_last_owner_stays(operator, organization, owner, join):
    row = owner.memberships.get()
    fields = {"role": "member", "display_name": ""}
    assert "always has an owner" in operator.post(page(Membership, "change", row.pk), fields).content.decode()
    assert operator.post(page(Membership, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert operator.post(page(User, "delete", owner.pk), {"post": "yes"}).status_code == 403
    join(organization, "second@acme.example", Role.OWNER)
    assert operator.post(page(Membership, "change", row.pk), fields).status_code == 302


def test_staff_without_permissions_sees_nothing(organization, owner):
    owner.is_staff = True
    owner.save()
    browser = Client()
    browser.force_login(owner)
    assert browser.get(page(Organization, "changelist")).status_code == 403
    owner.user_permissions.add(Permission.objects.get(codename="view_organization"))
    assert browser.get(page(Organization, "changelist")).status_code == 200
