"""The worker as it runs: deliveries beside sweeps, until it is told to stop."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from integrations import delivering
from integrations.models import Channel, Delivery
from taskapi import presence, worker
from taskapi.models import Presence
from taskapi.worker import Round
from tests.worker.conftest import TAKEN, WITHIN, make_channel, owe_for, until


@contextmanager
def working():
    """A worker at work; at the end it is told to stop, and must."""
    stop = threading.Event()

    def run():
        try:
            worker.run(stop)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(WITHIN)
        assert not thread.is_alive()


@pytest.fixture
def rounds(monkeypatch):
    """Replaces the sweeps by those of a test."""
    return lambda *entries: monkeypatch.setattr(worker, "ROUNDS", entries)


def owe_now(project, count=1):
    return owe_for(project, count=count, now=timezone.now())


def test_what_is_owed_is_sent_within_a_second(shared_project, receiver, rounds):
    rounds(Round(lambda *_: 0, period=1.0))
    delays = []
    with working():
        for number in range(1, 6):
            owed = time.monotonic()
            owe_now(shared_project)
            receiver.wait_for(number)
            delays.append(time.monotonic() - owed)
    assert sorted(delays)[2] < 1
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}


def test_a_pile_is_sent_without_waiting_between(shared_project, receiver, rounds, monkeypatch):
    rounds(Round(lambda *_: 0, period=1.0))
    monkeypatch.setattr(delivering, "POLL", 1.0)
    owe_now(shared_project, count=200)
    with working():
        receiver.wait_for(200, WITHIN / 2)  # by eight at a time: with a pause between it would take longer
    assert Delivery.objects.filter(status="delivered", attempt_count=1).count() == 200


def test_what_nobody_is_called_for_is_not_waited_for(shared_project, receiver, rounds, monkeypatch):
    rounds(Round(lambda *_: 0, period=1.0))
    monkeypatch.setattr(delivering, "POLL", 1.0)
    channel = make_channel(shared_project.organization)
    owe_for(shared_project, "webhook:ops", count=200, now=timezone.now())
    Channel.objects.filter(pk=channel.pk).update(enabled=False)
    with working():
        started = time.monotonic()
        until(lambda: Delivery.objects.filter(status="failed").count() == 200)
        assert time.monotonic() - started < WITHIN / 2  # by eight at a time: with a pause between it would take longer


def test_told_to_stop_it_finishes_what_it_holds_and_takes_nothing_more(
    shared_project, receiver, rounds, settings, monkeypatch
):
    settings.TASKAPI_DELIVERY_THREADS = 16
    rounds(Round(lambda *_: 0, period=1.0))
    go = threading.Event()
    receiver.answer = lambda _: go.wait(WITHIN) and TAKEN
    owe_now(shared_project, count=10)
    with working() as stop:
        receiver.wait_for(2)
        stop.set()
        go.set()
    counts = list(Delivery.objects.order_by("pk").values_list("status", "attempt_count"))
    assert counts == [("delivered", 1)] * 2 + [("pending", 0)] * 8


def test_a_thread_that_is_stuck_does_not_keep_it_from_ending(shared_project, receiver, rounds, settings, monkeypatch):
    settings.TASKAPI_DELIVERY_DEADLINE = 0.1
    monkeypatch.setattr(delivering, "GRACE", 0.1)
    rounds(Round(lambda *_: 0, period=1.0))
    end_of_test = threading.Event()
    receiver.answer = lambda _: end_of_test.wait(3 * WITHIN) and TAKEN
    owe_now(shared_project)
    try:
        with working():
            receiver.wait_for(1)
        assert Delivery.objects.get().status == "pending"  # whoever comes after the lease sends it
    finally:
        end_of_test.set()


def test_a_sweep_that_takes_long_delays_no_delivery_and_no_beat(shared_project, receiver, rounds):
    swept, is_through = threading.Event(), threading.Event()

    def long(now, limit):
        swept.set()
        assert is_through.wait(WITHIN)
        return 0

    rounds(Round(long, period=1.0))
    with working():
        assert swept.wait(WITHIN)
        owe_now(shared_project)
        receiver.wait_for(1)
        until(lambda: Presence.objects.get().seen > Presence.objects.get().back_since)
        is_through.set()


def test_sweeps_take_turns_batch_by_batch(shared_database, rounds):
    turns, is_enough = [], threading.Event()

    def busy(now, limit):
        turns.append("busy")
        return limit

    def other(now, limit):
        turns.append("other")
        if turns.count("other") == 5:
            is_enough.set()
        return limit

    rounds(Round(busy, period=60.0), Round(other, period=60.0))
    with working():
        assert is_enough.wait(WITHIN)
    assert turns[:10] == ["busy", "other"] * 5


def test_a_sweep_that_fails_ends_neither_the_others_nor_the_worker(shared_project, receiver, rounds, caplog):
    went_on = threading.Event()

    def broken(now, limit):
        raise ValueError("a mistake of ours")

    def away(now, limit):
        raise OperationalError("away")

    def fine(now, limit):
        went_on.set()
        return 0

    rounds(Round(broken, period=0.05), Round(away, period=0.05), Round(fine, period=0.05))
    with working():
        for _ in range(3):
            went_on.clear()
            assert went_on.wait(WITHIN)
        owe_now(shared_project)
        receiver.wait_for(1)
    assert "a mistake of ours" in caplog.text
    assert "away" in caplog.text


def test_deliveries_wait_for_a_database_that_is_away(shared_project, receiver, rounds, monkeypatch):
    rounds(Round(lambda *_: 0, period=1.0))
    monkeypatch.setattr(delivering, "AWAY", 0.05)
    real, tries, is_back = delivering.record, [], threading.Event()

    def record(*args):
        tries.append(args)
        if len(tries) < 4:
            raise OperationalError("away")
        real(*args)
        is_back.set()

    monkeypatch.setattr(delivering, "record", record)
    owe_now(shared_project)
    with working():
        assert is_back.wait(WITHIN)
    assert len(receiver.calls) == 1
    assert Delivery.objects.get().status == "delivered"


def test_who_blames_hears_first_whether_we_were_there(shared_database, rounds):
    heard, is_enough = [], threading.Event()

    def blame(now, limit, back_since):
        heard.append((now, back_since, Presence.objects.get().seen))
        is_enough.set()
        return 0

    Presence.objects.create(seen=timezone.now() - timedelta(hours=1), back_since=timezone.now() - timedelta(days=1))
    start = timezone.now()
    rounds(Round(blame, period=0.01, blames=True))
    with working():
        assert is_enough.wait(WITHIN)
    now, back_since, seen = heard[0]
    assert start <= back_since <= now
    assert seen >= start


def test_a_sweep_does_not_blame_while_the_heartbeat_can_not_be_written(db, monkeypatch):
    def away(now, gap):
        raise OperationalError("away")

    blamed = []
    monkeypatch.setattr(presence, "beat", away)
    worker.turn(Round(lambda *args: blamed.append(args), period=1.0, blames=True))
    assert blamed == []


def test_once_sweeps_until_nothing_is_left_and_sends_what_is_due(project, receiver, rounds):
    left, blamed = [500, 500, 7], []
    rounds(
        Round(lambda *_: left.pop(0), period=1.0),
        Round(lambda *given: blamed.append(given[2]) or 0, period=1.0, blames=True),
    )
    owe_for(project, count=30)
    call_command("worker", once=True)
    assert left == []
    assert len(receiver.calls) == 30
    assert blamed == [Presence.objects.get().back_since]


def test_cron_may_come_by_minutes_apart(db, rounds):
    blamed = []
    rounds(Round(lambda *given: blamed.append(given[2]) or 0, period=1.0, blames=True))
    long_ago = timezone.now() - timedelta(days=1)
    Presence.objects.create(seen=timezone.now() - timedelta(minutes=5), back_since=long_ago)
    worker.run_once()
    assert blamed == [long_ago]


def test_a_container_can_see_that_sweeps_end_well(db, settings, tmp_path):
    file = tmp_path / "heartbeat"
    settings.TASKAPI_HEARTBEAT_FILE = str(file)

    def broken(now, limit):
        raise ValueError

    worker.turn(Round(broken, period=1.0))
    assert not file.exists()
    worker.turn(Round(lambda *_: 0, period=1.0))
    assert file.exists()


def test_the_rounds_are_named_functions_with_periods():
    assert len({entry.sweep for entry in worker.ROUNDS}) == len(worker.ROUNDS)
    assert all(0 < entry.period <= 3600 and entry.sweep.__name__ for entry in worker.ROUNDS)
