"""Workflow statuses and custom fields on their pages."""

import pytest
from django.test import Client
from django.utils import timezone

from planning.custom_fields import create_field
from planning.models import CustomField, WorkflowStatus
from planning.workflow import create_status, workflow_of
from projects.models import User
from projects.scopes import Role
from tests.browsers import browser_of

STATUSES = "/a/acme/workflow-statuses/"
CUSTOM = "/a/acme/custom-fields/"


@pytest.fixture
def review(project):
    return create_status(project, {"name": "In review", "status": "processing"})


@pytest.fixture
def customer(organization):
    fields = {"name": "Customer", "type": "choice", "choices": ["Big", "Small"]}
    return create_field(organization, fields, now=timezone.now())


def test_setting_up_leads_to_both(admin_browser):
    page = admin_browser.get("/a/acme/setup/").content.decode()
    assert 'href="/a/acme/workflow-statuses"' in page
    assert 'href="/a/acme/custom-fields"' in page


# -- Workflow statuses -----------------------------------------------------------------------------------------------


def test_each_project_has_some(admin_browser, project, other_project):
    create_status(other_project, {"name": "Elsewhere", "status": "pending"})
    page = admin_browser.get(STATUSES, {"project": "web"}).content.decode()
    assert "In progress" in page
    assert "Elsewhere" not in page
    assert "Elsewhere" in admin_browser.get(STATUSES, {"project": "billing"}).content.decode()
    assert "Elsewhere" in admin_browser.get(STATUSES).content.decode()  # Billing comes first


def test_one_is_made(admin_browser, project):
    fields = {"name": "In review", "status": "processing", "order": "", "is_done": ""}
    response = admin_browser.post(f"{STATUSES}?project=web", fields, follow=True)
    assert "“In review” is made." in response.content.decode()
    row = WorkflowStatus.objects.get(name="In review")
    assert (row.project, row.status, row.is_done, row.order) == (project, "processing", False, 9)
    admin_browser.post(STATUSES, {"name": "Shipped", "status": "post_processing", "order": "3", "is_done": "yes"})
    row = WorkflowStatus.objects.get(name="Shipped")
    assert (row.order, row.is_done) == (3, True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"name": ""}, "This field is required", id="no name"),
        pytest.param({"name": "In review"}, "has a workflow status", id="taken"),
        pytest.param({"status": "asleep"}, "is not one of the available", id="no status"),
        pytest.param({"order": "99999999999"}, "less than or equal", id="too far"),
    ],
)
def test_what_is_wrong_is_said(admin_browser, review, fields, said):
    response = admin_browser.post(STATUSES, {"name": "kept-name", "status": "pending", **fields})
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "name" in fields or "kept-name" in page


def test_one_is_changed_and_deleted(admin_browser, review):
    path = f"{STATUSES}{review.pk}/"
    fields = {"name": "Reviewed", "status": "success", "order": "2", "is_done": "no"}
    assert admin_browser.post(path, fields).status_code == 302
    review.refresh_from_db()
    assert (review.name, review.status, review.order, review.is_done) == ("Reviewed", "success", 2, False)
    assert admin_browser.post(path, {"delete": "1"}).status_code == 302
    assert not WorkflowStatus.objects.filter(pk=review.pk).exists()


def test_the_last_of_a_status_stays(admin_browser, project):
    row = workflow_of([project.pk]).firsts[project.pk, "error"]
    for sent in ({"delete": "1"}, {"name": row.name, "status": "success", "order": "1", "is_done": "no"}):
        response = admin_browser.post(f"{STATUSES}{row.pk}/", sent)
        assert response.status_code == 422
        assert "It is the last workflow status" in response.content.decode()
    assert WorkflowStatus.objects.filter(pk=row.pk, status="error").exists()


def test_an_organization_without_projects(stranger):
    stranger.organization.projects.all().delete()
    browser = browser_of(stranger.organization, Role.OWNER)
    assert "They belong to a project." in browser.get("/a/globex/workflow-statuses/").content.decode()
    assert browser.post("/a/globex/workflow-statuses/", {"name": "a", "status": "error"}).status_code == 200


# -- Custom fields ---------------------------------------------------------------------------------------------------


def test_a_field_is_made(admin_browser):
    assert "No custom field yet." in admin_browser.get(CUSTOM).content.decode()
    fields = {"name": "Customer", "type": "choice", "choices": " Big \r\n\r\nSmall"}
    response = admin_browser.post(CUSTOM, fields, follow=True)
    assert "Plans have a field “Customer” now." in response.content.decode()
    row = CustomField.objects.get()
    assert (row.name, row.type, row.choices) == ("Customer", "choice", ["Big", "Small"])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"name": ""}, "This field is required", id="no name"),
        pytest.param({"name": "Customer"}, "has a custom field", id="taken"),
        pytest.param({"type": "sound"}, "is not one of the available", id="no type"),
        pytest.param({"choices": ""}, "has one choice at least", id="no choices"),
        pytest.param({"choices": "a\na"}, "may be named once", id="twice"),
        pytest.param({"choices": "x" * 256}, "at most 255", id="long choice"),
        pytest.param({"choices": "\n".join(map(str, range(201)))}, "At most 200 choices", id="many"),
        pytest.param({"type": "text"}, "has none", id="choices of a text"),
    ],
)
def test_what_is_wrong_with_a_field_is_said(admin_browser, customer, fields, said):
    response = admin_browser.post(CUSTOM, {"name": "kept-name", "type": "choice", "choices": "a\nb", **fields})
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "name" in fields or "kept-name" in page
    assert CustomField.objects.count() == 1


def test_a_field_is_changed_and_deleted(admin_browser, customer):
    path = f"{CUSTOM}{customer.pk}/"
    assert "Big\nSmall" in admin_browser.get(path).content.decode()
    assert admin_browser.post(path, {"name": "Client", "choices": "Big\nTiny"}).status_code == 302
    customer.refresh_from_db()
    assert (customer.name, customer.choices) == ("Client", ["Big", "Tiny"])
    assert admin_browser.post(path, {"name": "Client", "choices": ""}).status_code == 422
    assert admin_browser.post(path, {"delete": "1"}).status_code == 302
    assert not CustomField.objects.exists()


def test_a_field_without_choices_has_only_a_name(admin_browser, organization):
    row = create_field(organization, {"name": "Note", "type": "text"}, now=timezone.now())
    path = f"{CUSTOM}{row.pk}/"
    assert "choices" not in admin_browser.get(path).content.decode()
    assert admin_browser.post(path, {"name": "Remark"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.choices) == ("Remark", [])


# -- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_both_are_for_administrators(organization, review, customer, role):
    browser = browser_of(organization, role)
    for path in (STATUSES, CUSTOM, f"{STATUSES}{review.pk}/", f"{CUSTOM}{customer.pk}/"):
        assert browser.get(path).status_code == 403
        assert browser.post(path, {"delete": "1"}).status_code == 403


def test_strangers_find_nothing(admin_browser, stranger):
    status = create_status(stranger, {"name": "theirs", "status": "error"})
    fields = {"name": "theirs", "type": "text"}
    field = create_field(stranger.organization, fields, now=timezone.now())
    for path in (STATUSES, CUSTOM):
        assert "theirs" not in admin_browser.get(path).content.decode()
    for path in (f"{STATUSES}{status.pk}/", f"{CUSTOM}{field.pk}/", "/a/globex/custom-fields/", f"{STATUSES}0/"):
        assert admin_browser.get(path).status_code == 404, path
        assert admin_browser.post(path, {"delete": "1"}).status_code == 404, path
    assert WorkflowStatus.objects.filter(pk=status.pk).exists()
    assert CustomField.objects.filter(pk=field.pk).exists()


def test_names_are_only_text(admin_browser, review, customer):
    name = '<img src=x onerror=alert(1)>"onx='
    WorkflowStatus.objects.filter(pk=review.pk).update(name=name)
    CustomField.objects.filter(pk=customer.pk).update(name=name, choices=[name])
    for path in (STATUSES, CUSTOM, f"{STATUSES}{review.pk}/", f"{CUSTOM}{customer.pk}/"):
        page = admin_browser.get(path).content.decode()
        assert "<img" not in page
        assert '"onx=' not in page


def test_forms_without_their_token_are_refused(admin_browser, review, customer):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.get())
    for path in (STATUSES, CUSTOM, f"{STATUSES}{review.pk}/", f"{CUSTOM}{customer.pk}/"):
        assert careful.post(path, {"delete": "1"}).status_code == 403
