"""Every request that the OpenAPI document shows is sent to the server, and works as it stands."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from planning.models import CustomField
from projects.models import Membership, Organization, Project, User
from projects.scopes import Role
from tests.client import UNSET
from tests.openapi import examples_of, operations, parameters_of, success_of

OTHER_PROJECT = 35  # by which the document's examples go
HOOK = {"kind": "webhook", "slug": "spare", "name": "Spare", "config": {"url": "https://hooks.example.org/"}}


def requests() -> Any:
    """Each body that is shown; and an operation without a body, by itself and with each query that has an example."""
    for operation_id, (_, _, operation) in operations().items():
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        for name, body in examples_of(content).items():
            yield pytest.param(operation_id, [""], body, id=f"{operation_id}-{name}")
        if not content:
            yield pytest.param(operation_id, ["", *queries(operation)], UNSET, id=operation_id)


def queries(operation: Any) -> Any:
    for name, parameter in parameters_of(operation, "query").items():
        for example in parameter["schema"].get("examples", []):
            value = ",".join(map(str, example)) if parameter.get("explode") is False else example
            yield f"?{urlencode({name: value}, doseq=True)}"


@pytest.fixture
def ids(project, admin):
    """What the examples speak of, by the word of its collection."""
    for number, role in ((12, Role.MEMBER), (15, Role.OWNER)):
        user = User.objects.create(pk=number, email=f"{number}@example.org")
        Membership.objects.create(organization=project.organization, user=user, role=role)
    other = {"organization": project.organization, "slug": "first", "name": "My first project"}
    Project.objects.get_or_create(pk=OTHER_PROJECT, defaults=other)  # unless `project` got that number by chance
    task = admin.post("web/tasks", {"name": "export"}).json()["id"]
    action = {"trigger": "success", "integration": "email", "config": {"to": "ops@example.org"}}
    return {
        "tasks": task,
        "actions": admin.post(f"web/tasks/{task}/actions", action).json()["id"],
        "members": 12,
        "teams": admin.post("teams", {"name": "Day shift", "members": []}).json()["id"],
        "global_actions": admin.post("actions", {**action, "name": "Failures"}).json()["id"],
        "integrations": admin.post("integrations", HOOK).json()["id"],
        "monitors": admin.post("web/monitors", {"name": "nightly", "interval": 60}).json()["id"],
        "deliveries": delivery_of(admin, task),
        "keys": admin.post("keys", {"name": "spare"}).json()["id"],
        **planned_ids(project, admin, task),
    }


def planned_ids(project: Any, admin: Any, task: str) -> dict[str, Any]:
    field = {"pk": 3, "name": "Cost centre", "type": "text", "created": timezone.now()}
    CustomField.objects.create(organization=project.organization, **field)
    review = {"project": "web", "name": "Review", "status": "post_processing"}
    report = {"user": 12, "date": "2026-02-03", "minutes": 5}
    cost = {"name": "Ticket", "amount": "1", "currency": "EUR", "date": "2026-02-03"}
    return {
        "custom-fields": 3,
        "workflow-statuses": admin.post("workflow-statuses", review).json()["id"],
        "time-reports": admin.post(f"web/tasks/{task}/time-reports", report).json()["id"],
        "extra-costs": admin.post(f"web/tasks/{task}/extra-costs", cost).json()["id"],
    }


def delivery_of(admin: Any, task: str) -> str:
    """Of a mail that the task owes once it has succeeded."""
    action = {"trigger": "success", "integration": "email", "config": {"to": "ops@example.org"}}
    assert admin.patch(f"web/tasks/{task}", {"status": "success", "actions": [action]}).status_code == 200
    return admin.get("deliveries").json()["results"][0]["id"]


def path_in_a_dialect(template: str, admin: Any, ids: dict[str, Any], body: Any) -> str:
    """By numbers; ProjectBubble's POST is to a task where it ends or begins that anew, else to a project."""
    number = admin.get(f"web/tasks/{ids['tasks']}").json()["number"]
    if template.startswith("/v2/") and isinstance(body, dict) and "task_name" in body:
        number = OTHER_PROJECT
    return re.sub(r"{\w+}", str(number), template)


def path_of(template: str, ids: dict[str, Any]) -> str:
    if template == "/api/{org}/actions/{id}":  # else those of a task
        return f"/api/acme/actions/{ids['global_actions']}"
    named = re.sub(
        r"([\w-]+)/{(id|action_id|report_id|cost_id)}", lambda match: f"{match[1]}/{ids[match[1]]}", template
    )
    return named.format(org="acme", project="web")


@pytest.mark.parametrize(("operation_id", "asked", "body"), list(requests()))
def test_an_example_works(admin, ids, operation_id, asked, body):
    template, method, operation = operations()[operation_id]
    # These two show how to make what the world of this test has already.
    if operation_id == "organization_create":
        Organization.objects.update(slug="elsewhere")
    if operation_id == "project_create":
        Project.objects.all().delete()
    is_dialect = template.startswith(("/v2/", "/api/v0/"))
    path = path_in_a_dialect(template, admin, ids, body) if is_dialect else path_of(template, ids)
    expected = success_of(operation)[0]
    if operation_id == "projectbubble_task_post" and "task_name" not in body:
        expected = 200  # a task is ended, or begun anew
    for query in asked:
        response = admin.request(method.upper(), path + query, body)  # which checks the answer as well
        assert response.status_code == expected, (query, response.getvalue())
