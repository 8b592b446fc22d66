"""An organization with something of everything, each named so that a trace of it can be told from all else."""

import pytest

from projects.models import Team, User
from projects.scopes import Scope
from tests.client import Api
from tests.routes import MARK


@pytest.fixture
def owner(organization):
    user = User.objects.create_user(f"{MARK}@acme.example")
    organization.memberships.create(user=user, role="owner", display_name=MARK)
    return user


@pytest.fixture
def populated(organization, project, owner, make_key):
    """The organization `acme`, with one at least of everything that a path can name; returns its owner's key."""
    organization.name = project.name = MARK
    organization.save()
    project.save()
    make_key(project, name=MARK)
    Team.objects.create(organization=organization, name=MARK).memberships.add(organization.memberships.get())
    api = Api(make_key(organization, Scope.ADMIN, creator=owner, name=MARK))
    email = {"trigger": "success", "integration": "email", "config": {"to": f"{MARK}@example.org"}}
    sent = {"name": MARK, "tags": {MARK: MARK}, "data": MARK, "actions": [email]}
    task = api.post("/api/acme/web/tasks", sent).json()
    child = {"name": MARK, "parent": task["id"], "actions": [email], "status": "processing"}
    assert api.post("/api/acme/web/tasks", child).status_code == 201
    assert api.patch(f"/api/acme/web/tasks/{task['id']}", {"status": "error"}).status_code == 200
    hook = {"kind": "webhook", "slug": MARK, "name": MARK, "config": {"url": f"https://{MARK}.example/"}}
    assert api.post("/api/acme/integrations", hook).status_code == 201
    rule = {**email, "name": MARK, "project": "web", "name_filter": MARK}
    assert api.post("/api/acme/actions", rule).status_code == 201
    assert api.post("/api/acme/web/monitors", {"name": MARK, "interval": 60}).status_code == 201
    assert api.patch(f"/api/acme/web/tasks/{task['id']}", {"status": "success"}).status_code == 200  # owes a mail
    plan_everything(api, owner)
    return api


def plan_everything(api, owner):
    """Each task with a plan, a time report and an extra cost; and what plans refer to."""
    field = api.post("/api/acme/custom-fields", {"name": MARK, "type": "text"}).json()
    assert api.get("/api/acme/workflow-statuses").json()  # which every project has once somebody asks
    for task in api.get("/api/acme/web/tasks").json()["results"]:
        path = f"/api/acme/web/tasks/{task['id']}"
        people = {"creator": owner.pk, "responsible": owner.pk, "assignees": [owner.pk]}
        plan = {**people, "description": MARK, "custom_fields": {str(field["id"]): MARK}}
        assert api.patch(f"{path}/plan", plan).status_code == 200
        report = {"user": owner.pk, "date": "2026-02-03", "minutes": 5, "note": MARK}
        assert api.post(f"{path}/time-reports", report).status_code == 201
        cost = {"name": MARK, "amount": "1", "currency": "EUR", "date": "2026-02-03"}
        assert api.post(f"{path}/extra-costs", cost).status_code == 201
