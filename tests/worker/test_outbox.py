"""The outbox: messages are written with the change that causes them."""

import json
from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from integrations.models import Attempt, Delivery
from integrations.outbox import enqueue, redeliver
from tests.worker.conftest import NOON, make_channel, message_for

LATER = NOON + timedelta(hours=1)


def statements(messages):
    """What the database is asked to owe them."""
    with CaptureQueriesContext(connection) as asked:
        enqueue(messages, NOON)
    return [query["sql"].split()[0] for query in asked if query["sql"].split()[0] in {"SELECT", "INSERT", "UPDATE"}]


def test_a_message_is_kept_as_it_was(project, channel):
    task_id, data = uuid4(), orjson.Fragment('{"big": 123456789012345678901234567890}')
    enqueue([message_for(project, "webhook:ops", task_id=task_id, data={"task": data}, config={"a": [1]})], NOON)
    delivery = Delivery.objects.get()
    assert json.loads(delivery.body) == {
        "type": "task.triggered",
        "timestamp": "2026-03-01T12:00:00Z",
        "data": {"task": {"big": 123456789012345678901234567890}},
    }
    assert (delivery.organization, delivery.project, delivery.channel) == (project.organization, project, channel)
    assert (delivery.integration, delivery.config, delivery.point) == ("webhook:ops", {"a": [1]}, "success")
    assert (delivery.task_id, delivery.monitor_id) == (task_id, None)
    assert (delivery.status, delivery.due_at, delivery.created) == ("pending", NOON, NOON)
    assert (delivery.attempt_count, delivery.finished) == (0, None)


def test_it_goes_with_the_change_that_is_taken_back(project, channel):
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 - the exception is the test
        enqueue([message_for(project), message_for(project, "webhook:ops"), message_for(project, "webhook:no")], NOON)
        raise RuntimeError
    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()


def test_nothing_to_say_costs_nothing(project):
    assert statements([]) == []


@pytest.mark.parametrize("count", [1, 20])
def test_the_built_in_mail_costs_one_statement_however_many(project, count):
    assert statements([message_for(project)] * count) == ["INSERT"]


@pytest.mark.parametrize("count", [1, 20])
def test_channels_cost_one_look_up_more(project, channel, count):
    make_channel(project.organization, "dev")
    messages = [message_for(project, name) for name in ("webhook:ops", "email", "webhook:dev")]
    assert statements(messages * count) == ["SELECT", "INSERT"]
    assert Delivery.objects.count() == 3 * count


def test_a_channel_that_is_switched_off_gets_nothing(project):
    make_channel(project.organization, enabled=False)
    enqueue([message_for(project, "webhook:ops"), message_for(project)], NOON)
    assert [delivery.integration for delivery in Delivery.objects.all()] == ["email"]


@pytest.mark.parametrize("name", ["webhook:gone", "email:ops", "apprise:ops", "webhook", "webhook:", "nonsense"])
def test_a_channel_that_is_not_there_is_a_delivery_that_failed(project, channel, name):
    enqueue([message_for(project, name), message_for(project, "webhook:ops")], NOON)
    owed = Delivery.objects.get(integration="webhook:ops")
    failed = Delivery.objects.exclude(pk=owed.pk).get()
    assert (failed.status, failed.finished, failed.attempt_count) == ("failed", NOON, 1)
    assert (failed.integration, failed.channel) == (name, None)
    attempt = failed.attempts.get()
    assert (attempt.at, attempt.status, attempt.error) == (NOON, None, "There is no such channel.")
    assert owed.status == "pending"
    assert not owed.attempts.exists()


def test_the_channels_of_another_organization_are_not_there(project, stranger):
    theirs = make_channel(stranger.organization)
    enqueue([message_for(project, "webhook:ops"), message_for(stranger, "webhook:ops")], NOON)
    assert Delivery.objects.get(project=project).status == "failed"
    assert Delivery.objects.get(project=stranger).channel == theirs


def test_a_channel_that_is_deleted_meanwhile_does_not_fail_the_change(project, channel):
    """As when the deletion is committed after the look-up: the delivery names a channel that is gone."""
    (delivery,) = Delivery.objects.bulk_create(
        [
            Delivery(
                organization=project.organization,
                project=project,
                channel_id=channel.pk + 1,
                integration="webhook:gone",
                point="success",
                body="{}",
                due_at=NOON,
                created=NOON,
            )
        ]
    )
    try:
        connection.check_constraints()
    except IntegrityError as error:
        pytest.fail(str(error))
    assert Delivery.objects.select_related("channel").get(pk=delivery.pk).channel is None


@pytest.mark.parametrize("status", ["delivered", "failed"])
def test_a_delivery_that_is_over_can_be_owed_anew(owe, channel, status):
    delivery = owe("webhook:ops")
    Delivery.objects.update(status=status, attempt_count=8, due_at=NOON, finished=NOON)
    Attempt.objects.create(delivery=delivery, at=NOON, duration_ms=5)
    again = redeliver(delivery, LATER)
    again.refresh_from_db()
    assert (again.status, again.due_at, again.finished) == ("pending", LATER, None)
    assert (again.attempt_count, again.attempts_before) == (8, 8)
    assert again.public_id == delivery.public_id
    assert again.attempts.count() == 1


def test_a_delivery_that_waits_is_due_now(owe):
    delivery = owe()
    Delivery.objects.update(attempt_count=3, due_at=LATER + timedelta(hours=5))
    again = redeliver(delivery, LATER)
    again.refresh_from_db()
    assert (again.status, again.due_at) == ("pending", LATER)
    assert (again.attempt_count, again.attempts_before) == (3, 0)


def test_it_goes_to_the_channel_that_has_the_name_today(organization, owe, channel):
    delivery = owe("webhook:ops")
    channel.delete()
    Delivery.objects.update(status="failed", finished=NOON)
    assert redeliver(delivery, LATER).channel is None
    new = make_channel(organization)
    redeliver(delivery, LATER)
    delivery.refresh_from_db()
    assert delivery.channel == new


def test_a_delivery_that_is_gone_can_not_be_owed_anew(owe):
    delivery = owe()
    Delivery.objects.all().delete()
    with pytest.raises(Http404):
        redeliver(delivery, LATER)
