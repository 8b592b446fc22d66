"""Planned work as pages for a browser, and the forms on them."""

import html
import json
import re

import pytest

from projects.models import User


@pytest.fixture
def paths(admin, api, organization, make_task):
    """Of one of each, by kind."""
    ada = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=ada)
    field = admin.post("custom-fields", {"name": "x", "type": "number"}).json()["id"]
    task = f"web/tasks/{make_task()['id']}"
    plan = {"price": "12.5", "responsible": ada.pk, "assignees": [ada.pk], "custom_fields": {str(field): 1.5}}
    assert admin.patch(f"{task}/plan", plan).status_code == 200
    report = {"user": ada.pk, "date": "2026-02-03", "minutes": 5}
    cost = {"name": "x", "amount": "1", "currency": "EUR", "date": "2026-02-03"}
    return {
        "plan": f"{task}/plan",
        "report": f"{task}/time-reports/{admin.post(f'{task}/time-reports', report).json()['id']}",
        "cost": f"{task}/extra-costs/{admin.post(f'{task}/extra-costs', cost).json()['id']}",
        "field": f"custom-fields/{field}",
        "status": f"workflow-statuses/{admin.get('workflow-statuses').json()[0]['id']}",
        "rollup": "web/rollup",
    }


def forms_of(response):
    """The JSON that each form begins with, by its methods."""
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.status_code == 200
    found = {}
    for methods, inner in re.findall(r'data-methods="([^"]+)">(.*?)</form>', response.content.decode(), re.DOTALL):
        if body := re.search(r"<textarea[^>]*>(.*?)</textarea>", inner, re.DOTALL):
            found[methods] = json.loads(html.unescape(body[1]))
    return found


@pytest.mark.parametrize("kind", ["plan", "report", "cost", "field", "status", "rollup"])
def test_each_is_a_page_whose_form_sent_as_it_stands_changes_nothing(admin, paths, kind):
    path = paths[kind]
    before = admin.get(path).json()
    for methods, body in forms_of(admin.get(f"{path}?format=api")).items():
        for method in methods.split():
            after = admin.request(method, path, body).json()
            assert {**after, "updated": None} == {**before, "updated": None}


@pytest.mark.parametrize("kind", ["report", "cost", "field", "status"])
def test_each_list_is_a_page(admin, paths, kind):
    path = paths[kind].rpartition("/")[0]
    assert forms_of(admin.get(f"{path}?format=api")).keys() <= {"POST"}
