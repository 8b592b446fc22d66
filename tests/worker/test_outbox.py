"""The outbox: messages are written with the change that causes them."""

import json
from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from integrations import outbox
from integrations.bodies import body_of
from integrations.delivering import deliver_due
from integrations.models import Attempt, Delivery, SharedBody
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


ANY = '{"nul":"\\u0000","lone":"\\ud800","big":%s,"float":1e999}' % ("9" * 5000)


def whole(delivery):
    return body_of(Delivery.objects.select_related("shared_body").get(pk=delivery.pk))


@pytest.mark.parametrize("count", [1, 2, 50])
def test_what_messages_share_is_stored_once_and_each_is_sent_whole(project, receiver, count):
    shared = {"task": {"name": "export", "data": orjson.Fragment(ANY)}, "more": 1}
    enqueue([message_for(project, shared=shared, data={"action": number}) for number in range(count)], NOON)
    assert SharedBody.objects.count() == (count > 1)
    assert len(set(Delivery.objects.values_list("shared_body", flat=True))) == 1
    receiver.refuses()
    deliver_due(NOON)
    receiver.takes()
    deliver_due(LATER)
    bodies = {}
    for outgoing in receiver.calls:
        bodies.setdefault(outgoing.public_id, set()).add(outgoing.body)
    head = '{"type":"task.triggered","timestamp":"2026-03-01T12:00:00Z","data":{"task":{"name":"export","data":'
    expected = {f'{head}{ANY}}},"more":1,"action":{number}}}}}' for number in range(count)}
    assert {body for (body,) in bodies.values()} == expected  # the same at each attempt
    assert {whole(delivery) for delivery in Delivery.objects.all()} == expected


def test_what_is_shared_can_be_all_there_is(project):
    enqueue([message_for(project, shared=shared, data={}) for shared in [{"a": 1}] for _ in range(2)], NOON)
    assert json.loads(whole(Delivery.objects.last()))["data"] == {"a": 1}


def test_changes_share_nothing(project):
    first, second = {"task": 1}, {"task": 1}
    enqueue([message_for(project, shared=shared) for shared in (first, first, second, second)], NOON)
    assert SharedBody.objects.count() == 2
    assert len(set(Delivery.objects.values_list("shared_body", flat=True))) == 2


def test_a_delivery_of_the_version_before_has_its_body_to_itself(owe, receiver):
    delivery = owe()
    Delivery.objects.update(body='{"type":"task.triggered","data":{"task":{}}}', shared_body=None)
    deliver_due(NOON)
    assert receiver.calls[0].body == '{"type":"task.triggered","data":{"task":{}}}' == whole(delivery)


def test_very_many_are_written_in_bounded_statements(project, monkeypatch):
    monkeypatch.setattr(outbox, "BATCH_ROWS", 10)
    shared, sizes = {"task": 1}, []
    with CaptureQueriesContext(connection) as asked:
        enqueue([message_for(project, shared=shared) for _ in range(35)], NOON)
    sizes = [query["sql"] for query in asked if 'INTO "integrations_delivery"' in query["sql"]]
    assert len(sizes) == 4
    assert SharedBody.objects.count() == 1
    assert Delivery.objects.filter(shared_body=SharedBody.objects.get()).count() == 35


def test_a_few_large_ones_are_written_apart(project, monkeypatch):
    monkeypatch.setattr(outbox, "BATCH_SIZE", 1000)
    messages = [message_for(project, shared={"task": "x" * 600}) for _ in range(4)]
    assert statements(messages) == ["INSERT", "INSERT"]
    assert Delivery.objects.count() == 4


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


@pytest.mark.parametrize("count", [1, 15])  # of three messages: what SQLite takes in one statement
def test_channels_cost_one_look_up_more(project, channel, count):
    make_channel(project.organization, "dev")
    messages = [message_for(project, name) for name in ("webhook:ops", "email", "webhook:dev")]
    assert statements(messages * count) == ["SELECT", "INSERT"]
    assert Delivery.objects.count() == 3 * count


def test_a_channel_that_is_switched_off_is_a_delivery_that_failed(project):
    channel = make_channel(project.organization, enabled=False)
    enqueue([message_for(project, "webhook:ops"), message_for(project)], NOON)
    failed = Delivery.objects.get(integration="webhook:ops")
    assert (failed.status, failed.finished, failed.attempt_count, failed.channel) == ("failed", NOON, 1, channel)
    attempt = failed.attempts.get()
    assert (attempt.at, attempt.status, attempt.error) == (NOON, None, "The channel is switched off.")
    assert Delivery.objects.get(integration="email").status == "pending"


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
