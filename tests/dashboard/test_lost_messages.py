"""A message to a channel that is disabled or gone is a failed delivery, in the API and on pages of task and rule."""

import pytest
from django.utils import timezone

from integrations.channels import create_channel
from integrations.delivering import deliver_due
from integrations.models import Delivery, SharedBody
from monitors.models import MonitorChange
from tasks.lifecycle import announce_monitors

OFF, MISSING = "The channel is switched off.", "There is no such channel."
WEBHOOK = {"kind": "webhook", "slug": "ops", "config": {"url": "https://hooks.example.org/"}}


@pytest.fixture
def channel(organization):
    return create_channel(organization, WEBHOOK, timezone.now())[0]


@pytest.fixture
def rule(admin, channel):
    body = {"name": "Failures", "trigger": "error,monitor_down", "integration": "webhook:ops"}
    response = admin.post("actions", body)
    assert response.status_code == 201, response.content
    return response.json()["id"]


def lose(admin, channel, how):
    if how == "disabled":
        assert admin.patch(f"integrations/{channel.pk}", {"enabled": False}).status_code == 200
        return OFF
    assert admin.delete(f"integrations/{channel.pk}").status_code == 204
    return MISSING


def read(browser, path):
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_a_rule_that_fires_into_it_leaves_a_failed_delivery(
    api, admin, make_task, rule, channel, admin_browser, how, caplog
):
    reason = lose(admin, channel, how)
    task = make_task()
    assert api.patch(f"tasks/{task['id']}", {"status": "error"}).status_code == 200
    (shown,) = admin.get("deliveries").json()["results"]
    assert (shown["task"], shown["status"], shown["integration"]) == (task["id"], "failed", "webhook:ops")
    assert [attempt["error"] for attempt in shown["attempts"]] == [reason]
    assert shown["next_attempt"] is None
    assert deliver_due() == 0
    for path in (f"/a/acme/actions/{rule}/", f"/a/acme/tasks/{task['id']}/", f"/a/acme/deliveries/{shown['id']}/"):
        text = read(admin_browser, path)
        assert reason in text
        assert shown["id"] in text
    assert reason in read(admin_browser, "/a/acme/deliveries/")


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_so_does_an_action_of_a_task(api, admin, make_task, channel, admin_browser, how):
    task = make_task(actions=[{"trigger": "50%", "integration": "webhook:ops"}])
    reason = lose(admin, channel, how)
    api.patch(f"tasks/{task['id']}", {"value": 50})
    (shown,) = admin.get(f"deliveries?task={task['id']}&status=failed").json()["results"]
    assert [attempt["error"] for attempt in shown["attempts"]] == [reason]
    assert reason in read(admin_browser, f"/a/acme/tasks/{task['id']}/")


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_so_does_a_monitor_that_is_down(admin, rule, channel, make_monitor, admin_browser, how):
    reason, monitor, now = lose(admin, channel, how), make_monitor(), timezone.now()
    MonitorChange.objects.create(monitor=monitor, old="up", new="down", at=now, shown='{"name": "backup"}')
    announce_monitors(now, 10)
    (shown,) = admin.get(f"deliveries?monitor={monitor.pk}").json()["results"]
    assert (shown["status"], shown["attempts"][0]["error"]) == ("failed", reason)
    assert reason in read(admin_browser, f"/a/acme/actions/{rule}/")


def test_once_the_channel_is_back_it_can_be_sent(api, admin, make_task, rule, channel):
    lose(admin, channel, "disabled")
    api.patch(f"tasks/{make_task()['id']}", {"status": "error"})
    admin.patch(f"integrations/{channel.pk}", {"enabled": True})
    (shown,) = admin.get("deliveries").json()["results"]
    again = admin.post(f"deliveries/{shown['id']}/redeliver").json()
    assert (again["status"], len(again["attempts"])) == ("pending", 1)


def test_a_rule_shows_its_own_deliveries_alone(api, admin, make_task, rule, channel, admin_browser, stranger):
    other = admin.post("actions", {"name": "Ends", "trigger": "success", "integration": "webhook:ops"}).json()["id"]
    assert "has sent nothing yet" in read(admin_browser, f"/a/acme/actions/{rule}/")
    api.patch(f"tasks/{make_task()['id']}", {"status": "error"})
    delivery = Delivery.objects.get()
    assert str(delivery.public_id) in read(admin_browser, f"/a/acme/actions/{rule}/")
    assert str(delivery.public_id) not in read(admin_browser, f"/a/acme/actions/{other}/")
    Delivery.objects.update(organization=stranger.organization, project=stranger)
    assert str(delivery.public_id) not in read(admin_browser, f"/a/acme/actions/{rule}/")


def test_one_change_stores_the_task_once_and_each_delivery_shows_all_of_it(api, admin, make_task, admin_browser):
    email = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}
    task = make_task(actions=[email] * 50, data={"trace": "x" * 1000})
    api.patch(f"tasks/{task['id']}", {"status": "success"})
    assert (SharedBody.objects.count(), Delivery.objects.count()) == (1, 50)
    assert len(set(Delivery.objects.values_list("shared_body", flat=True))) == 1
    assert max(map(len, Delivery.objects.values_list("body", flat=True))) < 300
    text = read(admin_browser, f"/a/acme/deliveries/{Delivery.objects.last().public_id}/")
    assert "x" * 1000 in text
    assert "action_type" in text
