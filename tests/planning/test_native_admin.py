"""/admin/: planned work is looked at, and written by nobody there."""

import pytest
from django.test import Client
from django.urls import reverse

from planning.models import CustomField, ExtraCost, Plan, TimeReport, WorkflowStatus
from projects.models import User

MODELS = [Plan, TimeReport, ExtraCost, WorkflowStatus, CustomField]


@pytest.fixture
def operator(db):
    browser = Client()
    browser.force_login(User.objects.create_superuser("root@server.example", "correct horse battery"))
    return browser


@pytest.fixture
def everything(api, admin, organization, make_task):
    ada = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=ada)
    path = f"tasks/{make_task()['id']}"
    assert api.patch(f"{path}/plan", {"assignees": [ada.pk], "responsible": ada.pk}).status_code == 200
    day = {"date": "2026-02-03"}
    assert api.post(f"{path}/time-reports", {**day, "user": ada.pk, "minutes": 5}).status_code == 201
    cost = {**day, "name": "x", "amount": "1", "currency": "EUR"}
    assert api.post(f"{path}/extra-costs", cost).status_code == 201
    assert admin.post("custom-fields", {"name": "x", "type": "text"}).status_code == 201
    assert admin.get("workflow-statuses").json()


def page(model, kind, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_everything_is_listed_found_and_shown(operator, everything, model):
    assert operator.get(page(model, "changelist")).status_code == 200
    assert operator.get(page(model, "changelist"), {"q": "acme"}).status_code == 200
    assert operator.get(page(model, "change", model.objects.first().pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_everything_is_only_looked_at(operator, everything, model):
    row = model.objects.first().pk
    assert operator.get(page(model, "add")).status_code == 403
    assert operator.post(page(model, "change", row), {}).status_code == 403
    assert operator.post(page(model, "delete", row), {"post": "yes"}).status_code == 403
