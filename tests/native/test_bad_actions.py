"""Actions that are refused, wherever they are sent: on their own, changed, or along with a task."""

import pytest

from tasks.models import Action, Task
from tests.answers import assert_refused, errors_of

EMAIL = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}
FIVE = ", ".join(f"{name}@example.org" for name in "abcde")


def bad(field, value, *, point="", id):
    return pytest.param({**EMAIL, field: value}, field, point, id=id)


BAD = [
    bad("trigger", "", id="blank trigger"),
    bad("trigger", " ", id="space for a trigger"),
    bad("trigger", ",", id="comma for a trigger"),
    bad("trigger", "1,,2", id="an empty point"),
    bad("trigger", "95%,done", point="done", id="no such status"),
    bad("trigger", "SUCCESS", point="SUCCESS", id="status in capitals"),
    bad("trigger", "success,*/0", point="*/0", id="every 0"),
    bad("trigger", "-5", point="-5", id="below zero"),
    bad("trigger", "1.5", point="1.5", id="fraction"),
    bad("trigger", "9223372036854775808", point="9223372036854775808", id="over int64"),
    bad("trigger", "²", point="²", id="superscript digit"),
    bad("trigger", "9" * 255, point="9" * 255, id="255 digits"),
    bad("trigger", "1," * 128, id="256 characters"),
    bad("trigger", 95, id="trigger is a number"),
    bad("trigger", None, id="trigger is null"),
    bad("trigger", ["success"], id="trigger is a list"),
    bad("integration", "", id="blank channel"),
    bad("integration", "slack", id="unknown channel"),
    bad("integration", "webhook:ops", id="a webhook, which is not there yet"),
    bad("integration", "Email", id="channel in capitals"),
    bad("integration", "e" * 51, id="channel of 51 characters"),
    bad("integration", 5, id="channel is a number"),
    bad("integration", None, id="channel is null"),
    bad("config", None, id="config is null"),
    bad("config", {}, id="config is empty"),
    bad("config", [], id="config is a list"),
    bad("config", "a@example.org", id="config is text"),
    bad("config", {"to": ""}, id="no address"),
    bad("config", {"to": ","}, id="a comma for an address"),
    bad("config", {"to": "a@example.org,"}, id="an empty address"),
    bad("config", {"to": None}, id="null for an address"),
    bad("config", {"to": ["a@example.org"]}, id="a list of addresses"),
    bad("config", {"to": "nobody"}, id="no address at all"),
    bad("config", {"to": "a@example.org, nobody"}, id="one bad address"),
    bad("config", {"to": "a@example.org; b@example.org"}, id="a semicolon"),
    bad("config", {"to": "Ada <a@example.org>"}, id="an address with a name"),
    bad("config", {"to": "a@example.org\nBcc: b@example.org"}, id="a header of its own"),
    bad("config", {"to": f"{FIVE}, f@example.org"}, id="six addresses"),
]


@pytest.mark.parametrize(("sent", "field", "point"), BAD)
def test_an_action_is_refused_by_field(api, make_task, sent, field, point):
    path = f"tasks/{make_task()['id']}/actions"
    response = api.post(path, sent)
    assert_refused(response, field)
    assert point in errors_of(response)[0]["detail"]
    assert api.get(path).json() == []


@pytest.mark.parametrize("verb", ["put", "patch"])
@pytest.mark.parametrize(("sent", "field", "point"), BAD)
def test_a_change_of_an_action_is_refused_by_field(api, make_task, verb, sent, field, point):
    path = f"tasks/{make_task(actions=[EMAIL])['id']}/actions"
    (before,) = api.get(path).json()
    assert_refused(getattr(api, verb)(f"{path}/{before['id']}", sent), field)
    assert api.get(path).json() == [before]


@pytest.mark.parametrize("verb", ["put", "patch", "post"])
@pytest.mark.parametrize(("sent", "field", "point"), BAD)
def test_along_with_a_task_it_is_refused_by_place_and_field(api, make_task, verb, sent, field, point):
    response = api.post("tasks", {"name": "export", "actions": [EMAIL, sent]})
    assert_refused(response, f"actions.1.{field}")
    assert not Task.objects.exists()
    task = make_task()
    response = getattr(api, verb)(f"tasks/{task['id']}", {"name": "export", "value": 1, "actions": [EMAIL, sent]})
    assert_refused(response, f"actions.1.{field}")
    assert point in errors_of(response)[0]["detail"]
    assert api.get(f"tasks/{task['id']}").json() == task
    assert not Action.objects.exists()


@pytest.mark.parametrize("actions", [EMAIL, "email", 5, [EMAIL, 5], [None], [[EMAIL]]], ids=repr)
def test_actions_are_a_list_of_objects(api, project, actions):
    response = api.post("tasks", {"name": "export", "actions": actions})
    assert response.status_code == 400
    assert all(error["attr"].startswith("actions") for error in errors_of(response))
    assert not Task.objects.exists()


def test_every_bad_action_is_named_at_once(api, project):
    actions = [{**EMAIL, "trigger": "done"}, EMAIL, {"trigger": "error"}]
    response = api.post("tasks", {"name": "", "actions": actions})
    assert_refused(response, "name", "actions.0.trigger", "actions.2.integration")


@pytest.mark.parametrize("verb", ["put", "patch", "post"])
@pytest.mark.parametrize("field", ["trigger", "integration"])
def test_along_with_a_change_of_a_task_no_field_may_be_missing(api, make_task, verb, field):
    sent = {name: value for name, value in EMAIL.items() if name != field}
    path = f"tasks/{make_task()['id']}"
    response = getattr(api, verb)(path, {"name": "export", "actions": [sent]})
    assert_refused(response, f"actions.0.{field}")
    assert errors_of(response)[0]["code"] == "required"
    assert not Action.objects.exists()


@pytest.mark.parametrize("addresses", ["a@example.org", FIVE, FIVE.replace(" ", "")], ids=["one", "five", "no space"])
def test_a_mail_has_one_to_five_recipients(api, make_task, addresses):
    path = f"tasks/{make_task()['id']}/actions"
    assert api.post(path, {**EMAIL, "config": {"to": addresses}}).status_code == 201


def test_a_bad_trigger_hides_neither_a_bad_channel_nor_a_bad_config(api):
    bad = [
        {"trigger": "9x", "integration": "sms"},
        {"trigger": "9x", "integration": "email", "config": {"to": "nobody"}},
    ]
    response = api.post("tasks", {"name": "", "actions": bad})
    assert response.status_code == 400
    assert {error["attr"] for error in response.json()["errors"]} == {
        "name",
        "actions.0.trigger",
        "actions.0.integration",
        "actions.1.trigger",
        "actions.1.config",
    }
