"""What is due is sent, once, and what became of it is written down: `integrations.delivering.deliver_due`."""

import logging
import threading
from datetime import timedelta

import pytest
from django.db import DataError, OperationalError
from django.utils import timezone

from integrations import delivering
from integrations.delivering import Dispatcher, deliver_due
from integrations.models import Attempt, Channel, Delivery
from integrations.shares import STRIKES, Destination
from integrations.transports.base import Outcome
from projects.deleting import delete_project
from tests.worker.conftest import NOON, REFUSED, TAKEN, let_be_prompt, make_channel, owe_for

EARLIER, LATER = NOON - timedelta(microseconds=1), NOON + timedelta(hours=1)


def seen(delivery):
    delivery.refresh_from_db()
    return delivery


def test_what_is_due_is_sent_and_its_attempt_logged(owe, channel, receiver, settings):
    delivery = owe("webhook:ops", config={"a": 1}, point="error")
    assert deliver_due(LATER) == 1
    (outgoing,) = receiver.calls
    assert (outgoing.public_id, outgoing.integration, outgoing.channel) == (delivery.public_id, "webhook:ops", channel)
    assert (outgoing.config, outgoing.body, outgoing.point) == ({"a": 1}, delivery.body, "error")
    assert outgoing.created == NOON
    assert (receiver.moments, receiver.deadlines) == ([LATER], {settings.TASKAPI_DELIVERY_DEADLINE})
    assert (seen(delivery).status, delivery.finished, delivery.attempt_count) == ("delivered", LATER, 1)
    attempt = delivery.attempts.get()
    assert (attempt.at, attempt.status, attempt.response, attempt.error) == (LATER, 200, "ok", "")
    assert attempt.duration_ms >= 0


def test_the_transport_is_that_of_the_channel(owe, organization, receiver, monkeypatch):
    kinds = []
    monkeypatch.setattr(delivering.transports, "transport_of", lambda kind: kinds.append(str(kind)) or receiver)
    make_channel(organization, "push", kind="apprise")
    for name in ("email", "apprise:push"):
        owe(name)
        deliver_due(LATER)
    assert list(dict.fromkeys(kinds)) == ["email", "apprise"]
    assert receiver.calls[0].channel is None


def test_it_is_sent_once(owe, receiver):
    owe()
    assert [deliver_due(LATER) for _ in range(3)] == [1, 0, 0]
    assert len(receiver.calls) == 1


def test_nothing_is_sent_before_its_time(owe, receiver):
    delivery = owe()
    assert deliver_due(EARLIER) == 0
    assert receiver.calls == []
    assert seen(delivery).attempt_count == 0
    assert deliver_due(NOON) == 1


def test_the_clock_is_asked_where_no_moment_is_given(owe, receiver):
    delivery = owe(now=timezone.now())
    before = timezone.now()
    assert deliver_due() == 1
    assert before <= receiver.moments[0] <= seen(delivery).finished <= timezone.now()


def test_all_is_sent_the_longest_due_first(project, receiver, settings):
    settings.TASKAPI_DELIVERY_THREADS = 1
    moments = [NOON + timedelta(seconds=second) for second in (3, 1, 2)]
    late, first, second = [owe_for(project, now=moment)[0] for moment in moments]
    assert deliver_due(LATER) == 3
    assert receiver.ids == [first.public_id, second.public_id, late.public_id]


def test_a_pass_sends_no_more_than_its_limit(project, receiver):
    owe_for(project, count=25)
    assert [deliver_due(LATER, limit=10) for _ in range(4)] == [10, 10, 5, 0]
    assert len(set(receiver.ids)) == 25


def test_an_attempt_that_failed_is_made_again_after_a_while(owe, receiver):
    delivery = owe()
    receiver.answer = lambda _: REFUSED
    assert deliver_due(NOON) == 1
    assert (seen(delivery).status, delivery.finished, delivery.attempt_count) == ("pending", None, 1)
    assert timedelta(seconds=4) <= delivery.due_at - NOON <= timedelta(seconds=6)
    attempt = delivery.attempts.get()
    assert (attempt.status, attempt.response, attempt.error) == (500, "out of order", "500 Internal Server Error")
    receiver.takes()
    assert deliver_due(NOON + timedelta(seconds=3)) == 0
    assert deliver_due(NOON + timedelta(seconds=6)) == 1
    assert (seen(delivery).status, delivery.attempts.count()) == ("delivered", 2)


def test_a_receiver_may_ask_for_more_time(owe, receiver):
    delivery = owe()
    receiver.refuses(status=503, retry_after=3600.0)
    deliver_due(NOON)
    assert seen(delivery).due_at == NOON + timedelta(hours=1)


def test_after_the_eighth_attempt_it_is_given_up_with_a_warning(owe, receiver, caplog):
    delivery = owe()
    receiver.refuses(error="Connection refused.")
    for _ in range(7):
        assert deliver_due(seen(delivery).due_at) == 1
        assert (seen(delivery).status, delivery.finished) == ("pending", None)
    assert caplog.records == []
    last = delivery.due_at
    assert deliver_due(last) == 1
    assert (seen(delivery).status, delivery.finished) == ("failed", last)
    assert delivery.attempts.count() == 8
    assert deliver_due(last + timedelta(days=365)) == 0
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert str(delivery.public_id) in record.getMessage()
    assert "Connection refused." in record.getMessage()


def test_one_that_is_owed_anew_has_eight_attempts_again(owe, receiver):
    delivery = owe()
    receiver.refuses()
    Delivery.objects.update(attempt_count=8, attempts_before=8)
    for _ in range(8):
        assert seen(delivery).status == "pending"
        deliver_due(delivery.due_at)
    assert (seen(delivery).status, delivery.attempt_count) == ("failed", 16)


def test_what_could_only_fail_again_fails_at_once(owe, receiver):
    delivery = owe()
    receiver.refuses(status=None, error="The address is not allowed.", may_retry=False)
    deliver_due(NOON)
    assert (seen(delivery).status, delivery.finished) == ("failed", NOON)
    assert delivery.attempts.get().error == "The address is not allowed."


def test_a_receiver_that_is_gone_switches_its_channel_off(owe, channel, receiver):
    first, second = owe("webhook:ops"), owe("webhook:ops", now=LATER)
    receiver.refuses(status=410, is_gone=True)
    deliver_due(NOON)
    assert seen(first).status == "failed"
    channel.refresh_from_db()
    assert (channel.enabled, channel.updated) == (False, NOON)
    assert deliver_due(LATER) == 1
    assert len(receiver.calls) == 1
    assert (seen(second).status, second.finished) == ("failed", LATER)
    assert second.attempts.get().error == "The channel is switched off."


def test_other_channels_stay_on(owe, channel, organization, receiver):
    other = make_channel(organization, "dev")
    owe("webhook:ops")
    owe("webhook:dev")
    receiver.answer = lambda outgoing: TAKEN if outgoing.channel == other else Outcome(is_delivered=False, is_gone=True)
    deliver_due(NOON)
    other.refresh_from_db()
    assert other.enabled


def test_nobody_is_called_for_a_channel_that_is_gone(owe, channel, receiver, caplog):
    delivery = owe("webhook:ops")
    channel.delete()
    assert deliver_due(LATER) == 1
    assert receiver.calls == []
    assert seen(delivery).status == "failed"
    assert delivery.attempts.get().error == "There is no such channel any more."
    assert len(caplog.records) == 1


def test_what_was_written_while_its_channel_was_deleted_fails_as_well(owe, channel, receiver):
    delivery = owe("webhook:ops")
    Channel.objects.filter(pk=channel.pk)._raw_delete("default")  # by a transaction that did not see the delivery yet
    assert deliver_due(LATER) == 1
    assert receiver.calls == []
    assert seen(delivery).status == "failed"
    assert delivery.attempts.get().error == "There is no such channel any more."


def test_a_channel_that_is_switched_on_again_gets_what_is_owed_then(owe, channel, receiver):
    delivery = owe("webhook:ops")
    channel.enabled = False
    channel.save()
    channel.enabled = True
    channel.save()
    deliver_due(LATER)
    assert seen(delivery).status == "delivered"


@pytest.mark.parametrize("kind", [Exception, KeyError, SystemExit])
def test_a_mistake_of_ours_is_a_failed_attempt(owe, receiver, caplog, kind):
    delivery = owe()

    def fail(outgoing):
        raise kind("secret".upper())

    receiver.answer = fail
    assert deliver_due(NOON) == 1
    assert seen(delivery).status == "pending"
    attempt = delivery.attempts.get()
    assert (attempt.status, attempt.error) == (None, f"The server failed to send it: {kind.__name__}.")
    assert "in fail" in caplog.text  # where it was raised
    assert "SECRET" not in caplog.text
    receiver.takes()
    assert deliver_due(LATER) == 1
    assert seen(delivery).status == "delivered"


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "ä" * 5000])
def test_whatever_a_receiver_says_can_be_written_down(owe, receiver, text):
    delivery = owe()
    receiver.refuses(response=text, error=text)
    deliver_due(NOON)
    attempt = delivery.attempts.get()
    assert 0 < len(attempt.response) <= 2048
    assert attempt.response == attempt.error
    assert (seen(delivery).status, delivery.attempt_count) == ("pending", 1)


def test_what_can_not_be_written_takes_nothing_along(owe, receiver, monkeypatch, caplog):
    bad, good = owe(), owe()
    real = delivering.record

    def record(results, now, random):
        if bad.pk in [result.delivery.pk for result in results]:
            raise DataError("no")
        real(results, now, random)

    monkeypatch.setattr(delivering, "record", record)
    dispatcher = Dispatcher(lambda: NOON)
    dispatcher.turn(2)
    while dispatcher.in_hand:
        dispatcher.wait(20)
    dispatcher.turn(0)
    dispatcher.close()
    assert (seen(good).status, seen(bad).status) == ("delivered", "pending")
    assert f"An attempt of delivery {bad.public_id} could not be recorded." in caplog.text


def test_what_waits_to_be_deleted_is_left_in_peace(owe, project, stranger, receiver):
    owe()
    other = owe_for(stranger)[0]
    project.organization.deleted = NOON
    project.organization.save()
    assert deliver_due(LATER) == 1
    assert receiver.ids == [other.public_id]


def test_what_belongs_to_a_deleted_project_is_left_in_peace(owe, project, receiver):
    owe()
    delete_project(project)
    assert deliver_due(LATER) == 0


def test_one_receiver_that_hangs_leaves_threads_for_the_others(project, receiver, settings):
    settings.TASKAPI_DELIVERY_THREADS = 4
    for slug in ("slow", "fast"):
        make_channel(project.organization, slug)
    others_are_done, at_once = threading.Event(), []

    def answer(outgoing):
        if outgoing.integration == "webhook:slow":
            at_once.append(outgoing)
            assert others_are_done.wait(20)
        elif sum(name != "webhook:slow" for name in receiver.integrations) == 20:
            at_once.append(len(at_once))
            others_are_done.set()
        return TAKEN

    receiver.answer = answer
    owe_for(project, "webhook:slow", count=10)
    owe_for(project, "webhook:fast", count=10, now=NOON + timedelta(seconds=1))
    owe_for(project, "email", count=10, now=NOON + timedelta(seconds=1))
    assert deliver_due(LATER) == 30
    assert at_once[1] == 1  # it held one thread, as new ones do, when all the others were through
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}


def test_one_that_always_fails_holds_a_single_thread_and_is_not_put_off(project, receiver, settings):
    settings.TASKAPI_DELIVERY_THREADS = 8
    make_channel(project.organization, "dead")
    lock, now_held, most = threading.Lock(), [], []

    def answer(outgoing):
        with lock:
            now_held.append(outgoing)
            most.append(len(now_held))
        with lock:
            now_held.remove(outgoing)
        return REFUSED

    receiver.answer = answer
    dispatcher = Dispatcher(lambda: NOON)
    dead = Destination(project.organization_id, project.organization.channels.get().pk)
    for _ in range(STRIKES):
        dispatcher.shares.take(dead)
        dispatcher.shares.give_back(dead, is_delivered=False, seconds=0.1)
    owe_for(project, "webhook:dead", count=20)
    turns = 0
    while dispatcher.turn(8) or dispatcher.in_hand:
        assert dispatcher.in_hand <= 1
        dispatcher.wait(20)
        turns += 1
    dispatcher.close()
    assert turns == 20
    assert max(most) == 1
    assert Attempt.objects.count() == 20


def test_no_more_is_leased_than_there_are_threads(project, stranger, receiver, settings):
    settings.TASKAPI_DELIVERY_THREADS = 6
    go = threading.Event()
    receiver.answer = lambda _: go.wait(20) and TAKEN
    channels = [make_channel(project.organization, slug) for slug in ("one", "two", "three")]
    for channel in channels:
        owe_for(project, channel.integration, count=50)
    owe_for(stranger, count=50)
    dispatcher = Dispatcher(lambda: NOON)
    let_be_prompt(dispatcher.shares, project.organization, channels)
    assert [dispatcher.turn(100) for _ in range(3)] == [4, 2, 0]
    assert Delivery.objects.filter(attempt_count=1).count() == 6
    go.set()
    while dispatcher.in_hand:
        dispatcher.wait(20)
    dispatcher.turn(0)
    dispatcher.close()
    assert Delivery.objects.filter(status="delivered").count() == 6


def test_what_has_ended_is_kept_while_the_database_is_away(shared_project, receiver, monkeypatch, caplog):
    (delivery,) = owe_for(shared_project)
    dispatcher = Dispatcher(lambda: NOON)
    dispatcher.attend(1)
    dispatcher.wait(20)

    def away(*args):
        raise OperationalError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "record", away)
        assert [dispatcher.attend(1) for _ in range(3)] == [delivering.AWAY] * 3
    assert seen(delivery).status == "pending"
    assert dispatcher.attend(0) == delivering.POLL
    dispatcher.close()
    assert seen(delivery).status == "delivered"
    assert len(receiver.calls) == 1
    assert "the database is away" in caplog.text
    assert "Traceback" not in caplog.text
