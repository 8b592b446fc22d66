"""What people change on a task's page and by its form."""

import json
import re
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.task_forms import tags_as_text
from integrations.models import Delivery
from tests.browsers import browser_of


@pytest.fixture
def viewer(organization):
    return browser_of(organization, "viewer")


@pytest.fixture
def member(organization):
    return browser_of(organization, "member")


@pytest.fixture
def owner(organization):
    return browser_of(organization, "owner")


@pytest.fixture
def task(make_task):
    return make_task("export", status="processing", value=40, data={"a": 1}, tags={"env": "prod"})


def path(task):
    return urlsplit(task["url"]).path


def do(client, task, word, **fields):
    return client.post(path(task), {"do": word, **fields}, follow=True)


def now_of(api, task):
    return api.get(f"tasks/{task['id']}").json()


# -- Buttons


def test_a_member_cancels_a_task(api, member, task):
    assert "The task is cancelled." in do(member, task, "cancel").content.decode()
    assert now_of(api, task)["status"] == "cancelled"
    assert "over already" in do(member, task, "cancel").content.decode()


@pytest.mark.parametrize("word", ["cancel", "share", "unshare", "cancel-action", "redeliver", "act"])
def test_a_viewer_changes_nothing(api, viewer, task, word):
    assert do(viewer, task, word).status_code == 403
    assert now_of(api, task)["status"] == "processing"
    assert now_of(api, task)["public_url"]


def test_nothing_else_can_be_done(member, task):
    assert do(member, task, "delete").status_code == 400
    assert do(member, task, "").status_code == 400


def test_the_public_link_is_taken_back_and_given_anew(api, member, task):
    first = now_of(api, task)["public_url"]
    assert "taken back" in do(member, task, "unshare").content.decode()
    assert now_of(api, task)["public_url"] is None
    assert Client().get(urlsplit(first).path).status_code == 404
    text = do(member, task, "share").content.decode()
    second = now_of(api, task)["public_url"]
    assert second not in (None, first)
    assert second.rstrip("/") in text


def test_a_form_of_elsewhere_changes_nothing(api, member, task):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member.user)
    assert client.post(path(task), {"do": "cancel"}).status_code == 403
    assert now_of(api, task)["status"] == "processing"


# -- Actions and deliveries


def test_an_action_is_added_and_cancelled(api, member, task):
    sent = {"trigger": "95%", "integration": "email", "to": "ops@acme.example"}
    text = do(member, task, "act", **sent).content.decode()
    assert "The action is armed." in text
    action = api.get(f"tasks/{task['id']}/actions").json()[0]
    assert (action["trigger"], action["config"]) == ("95%", {"to": "ops@acme.example"})
    do(member, task, "cancel-action", action=action["id"])
    assert api.get(f"tasks/{task['id']}/actions").json()[0]["status"] == "cancelled"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"trigger": "soon", "integration": "email", "to": "a@x.org"}, "“soon”"),
        ({"trigger": "95%", "integration": "email", "to": "nobody"}, "nobody"),
        ({"trigger": "95%", "integration": "email"}, "to"),
        ({"trigger": "", "integration": "email"}, "This field is required."),
        ({"trigger": "95%", "integration": "webhook:none"}, "Select a valid choice"),
    ],
)
def test_a_bad_action_is_shown_as_such(api, member, task, sent, told):
    response = do(member, task, "act", **sent)
    assert response.status_code == 422
    assert told in response.content.decode()
    assert api.get(f"tasks/{task['id']}/actions").json() == []


@pytest.mark.parametrize("number", ["", "x", "1" * 30, "999999"])
def test_an_action_that_is_not_there_is_a_404(member, task, number):
    assert do(member, task, "cancel-action", action=number).status_code == 404


@pytest.fixture
def delivery(project, task):
    now = timezone.now()
    return Delivery.objects.create(
        organization=project.organization,
        project=project,
        integration="email",
        task_id=UUID(task["id"]),
        point="95%",
        body="{}",
        status="failed",
        due_at=now,
        created=now,
        finished=now,
    )


def test_an_administrator_delivers_again(owner, task, delivery):
    assert "It is sent again" in do(owner, task, "redeliver", delivery=delivery.public_id).content.decode()
    delivery.refresh_from_db()
    assert delivery.status == "pending"


def test_a_member_does_not_deliver_again(member, task, delivery):
    assert do(member, task, "redeliver", delivery=delivery.public_id).status_code == 403


def test_a_delivery_of_another_task_is_not_there(owner, make_task, delivery):
    other = make_task("other")
    assert do(owner, other, "redeliver", delivery=delivery.public_id).status_code == 404
    assert do(owner, other, "redeliver", delivery="x").status_code == 404


# -- The form


def form_of(client, task):
    """What a browser would send, were nothing changed."""
    text = client.get(path(task) + "edit/").content.decode()
    assert 'name="first_shown"' in text
    shown = client.get(path(task) + "edit/").context["form"]
    sent = {}
    for field in shown:
        value = field.value()
        value = "" if value is None else value
        sent[field.html_name] = sent[field.html_initial_name] = value
    return sent


def edit(client, task, answer=302, **changed):
    response = client.post(path(task) + "edit/", {**form_of(client, task), **changed})
    assert response.status_code == answer, response.content.decode()[:3000]
    return response


def test_a_member_edits_a_task(api, member, task):
    data = '{"b": [1, "é", null]}'
    edit(
        member,
        task,
        name="import",
        status="success",
        value="100",
        value_max="200",
        tags="team: data\nx: y: z",
        data_text=data,
    )
    found = now_of(api, task)
    assert found["name"] == "import"
    assert found["status"] == "success"
    assert (found["value"], found["value_max"]) == (100, 200)
    assert found["tags"] == {"team": "data", "x": "y: z"}
    assert found["data"] == {"b": [1, "é", None]}
    assert found["end_time"]


@pytest.mark.parametrize("status", ["pre_processing", "processing", "post_processing"])
def test_a_cancel_holds_and_the_page_says_so(api, member, task, status):
    api.delete(f"tasks/{task['id']}")
    cancelled = now_of(api, task)
    edit(member, task, status=status, value="55")
    text = member.get(path(task)).content.decode()
    assert "The task stays cancelled" in text
    assert "The task is changed." not in text
    after = now_of(api, task)
    assert (after["status"], after["value"], after["end_time"]) == ("cancelled", 55, cancelled["end_time"])


@pytest.mark.parametrize("status", ["pending", "success", "error", "stale"])
def test_a_cancelled_task_takes_every_other_status(api, member, task, status):
    api.delete(f"tasks/{task['id']}")
    edit(member, task, status=status)
    assert "The task is changed." in member.get(path(task)).content.decode()
    assert now_of(api, task)["status"] == status


def test_what_a_program_reports_meanwhile_stays(api, member, task):
    sent = form_of(member, task)
    api.patch(f"tasks/{task['id']}", {"value": 70, "tags": {"new": "one"}})
    member.post(path(task) + "edit/", {**sent, "name": "renamed"})
    found = now_of(api, task)
    assert (found["name"], found["value"]) == ("renamed", 70)
    assert found["tags"] == {"env": "prod", "new": "one"}


def test_nothing_changed_writes_nothing(api, member, task):
    before = now_of(api, task)["updated"]
    edit(member, task)
    assert now_of(api, task)["updated"] == before


def test_empty_fields_clear(api, member, task):
    edit(member, task, value="", tags="", data_text="")
    found = now_of(api, task)
    assert (found["value"], found["tags"], found["data"]) == (None, {}, None)


def test_a_member_plans_a_task(api, member, viewer, task):
    people = [str(viewer.user.pk), str(member.user.pk)]
    edit(member, task, description="Ask\r\nfirst", due_date="2026-05-01", assignees=people, estimated_minutes="90")
    plan = api.get(f"tasks/{task['id']}/plan").json()
    assert plan["description"] == "Ask\nfirst"
    assert plan["due_date"] == "2026-05-01"
    assert sorted(plan["assignees"]) == sorted(map(int, people))
    assert plan["estimated_minutes"] == 90
    edit(member, task, due_date="", assignees=[])
    plan = api.get(f"tasks/{task['id']}/plan").json()
    assert plan["due_date"] is None
    assert plan["assignees"] == []
    assert plan["description"] == "Ask\nfirst"


@pytest.mark.parametrize(
    ("field", "sent", "told"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 256, "at most 255 characters"),
        ("status", "lost", "Select a valid choice"),
        ("value", "-1", "greater than or equal to 0"),
        ("value", "x", "Enter a whole number."),
        ("value", "9" * 30, "less than or equal to"),
        ("value_max", "", "This field is required."),
        ("tags", "no colon here", "write one on each line, as name: value."),
        ("tags", "a: b\na: c", "is there twice."),
        ("tags", "a: " + "x" * 256, "no more than 255 characters"),
        ("tags", '{"a": 1}', "Not a valid string."),
        ("tags", '{"a": ', "JSON parse error"),
        ("data_text", '{"a": ', "JSON parse error"),
        ("data_text", "NaN", "JSON parse error"),
        ("tags", '{"a": "\\ud800"}', "Lone surrogates are not text."),
        ("data_text", "[" * 5000, "JSON parse error"),
        ("due_date", "31/31", "Enter a valid date."),
        ("estimated_minutes", "-5", "greater than or equal to 0"),
        ("assignees", ["999999"], "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(api, member, task, field, sent, told):
    before = now_of(api, task)
    text = edit(member, task, answer=422, **{field: sent}).content.decode()
    assert told in text
    wrong = re.findall(r'<div class="field wrong">.*?name="([a-z_]+)"', text, re.S)
    assert wrong == [field]
    assert now_of(api, task) == before


def test_what_was_typed_is_kept(member, task):
    text = edit(member, task, answer=422, value="x", data_text='{"<b>": 2}').content.decode()
    assert "&lt;b&gt;" in text
    assert "<b>" not in text


def test_tags_that_no_line_can_hold_are_json(api, member, make_task):
    odd = {"a:b": "c", "x": " y "}
    task = make_task("export", tags=odd)
    assert json.loads(tags_as_text(odd)) == odd
    edit(member, task, name="renamed")
    assert now_of(api, task)["tags"] == odd
    edit(member, task, tags=json.dumps({**odd, "{": "z"}))
    assert now_of(api, task)["tags"] == {**odd, "{": "z"}


def test_data_that_is_too_long_is_left_alone(api, member, make_task):
    task = make_task("export", data=["x" * 100] * 2000)
    assert "data_text" not in form_of(member, task)
    edit(member, task, name="renamed")
    assert now_of(api, task)["data"] == task["data"]


def test_a_viewer_does_not_edit(viewer, task):
    assert viewer.get(path(task) + "edit/").status_code == 403
    assert viewer.post(path(task) + "edit/", {"name": "x"}).status_code == 403
