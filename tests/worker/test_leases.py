"""Leases: each delivery is one worker's at a time, and no worker's for ever."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from integrations import lanes
from integrations.delivering import Dispatcher, attempt, deliver_due
from integrations.lanes import Walk
from integrations.leasing import lease, lease_time, waiting
from integrations.models import Attempt, Delivery
from integrations.outbox import redeliver
from integrations.recording import record
from integrations.shares import Shares
from projects.deleting import delete_project
from tests.worker.conftest import NOON, TAKEN, let_be_prompt, make_channel, owe_for

LATER = NOON + timedelta(hours=1)


def take(limit=10, now=NOON):
    return lease(limit, now, Shares(100), Walk())


def send(delivery, now=NOON):
    return attempt(delivery, lambda: now)


def note(*results, now=NOON):
    record(results, now, lambda: 0.5)


def test_a_lease_counts_an_attempt_and_outlasts_two_deadlines(owe, settings):
    settings.TASKAPI_DELIVERY_DEADLINE = 15
    delivery = owe()
    (leased,) = take()
    assert (leased.pk, leased.attempt_count) == (delivery.pk, 1)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt_count) == ("pending", 1)
    assert delivery.due_at == NOON + timedelta(seconds=60)
    settings.TASKAPI_DELIVERY_DEADLINE = 60
    assert lease_time() == timedelta(seconds=150)


def test_what_is_leased_is_nobody_elses(owe):
    owe()
    assert len(take()) == 1
    assert take() == []
    assert take(now=NOON + lease_time() - timedelta(microseconds=1)) == []


def test_what_a_worker_died_with_is_sent_by_another(owe, receiver):
    delivery = owe()
    take()
    assert deliver_due(NOON + lease_time()) == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt_count) == ("delivered", 2)


@pytest.mark.parametrize("is_delivered", [True, False])
def test_who_lost_his_lease_changes_nothing(owe, receiver, is_delivered):
    delivery = owe()
    (slow,) = take()
    (fast,) = take(now=LATER)
    delivery.refresh_from_db()
    due_at = delivery.due_at
    if not is_delivered:
        receiver.refuses()
    note(send(slow), now=LATER)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.due_at, delivery.attempts.count()) == ("pending", due_at, 0)
    receiver.takes()
    note(send(fast), now=LATER)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts.count()) == ("delivered", 1)


def test_what_is_over_can_not_be_ended_again(owe, receiver):
    delivery = owe()
    (leased,) = take()
    note(send(leased))
    receiver.refuses(may_retry=False)
    note(send(leased), now=LATER)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.finished, delivery.attempts.count()) == ("delivered", NOON, 1)


def test_what_is_deleted_meanwhile_is_no_error(owe, receiver):
    gone, kept = owe(), owe()
    results = [send(leased) for leased in take()]
    gone.delete()
    note(*results)
    kept.refresh_from_db()
    assert kept.status == "delivered"
    assert Attempt.objects.get().delivery == kept


def test_one_that_is_asked_for_while_it_is_sent_can_still_be_delivered(owe, receiver):
    delivery = owe()
    (leased,) = take()
    redeliver(delivery, NOON)
    note(send(leased))
    delivery.refresh_from_db()
    assert delivery.status == "delivered"
    assert take(now=LATER) == []


def test_one_that_kills_its_worker_each_time_is_given_up_in_the_end(owe, receiver):
    delivery = owe()
    now = NOON
    for _ in range(8):
        assert len(take(now=now)) == 1
        now += lease_time()
    assert deliver_due(now) == 1
    assert receiver.calls == []
    delivery.refresh_from_db()
    assert (delivery.status, delivery.finished) == ("failed", now)
    assert delivery.attempts.get().error == "Given up: too many of its attempts were cut off before they ended."


def test_a_channel_that_is_full_leaves_room_for_others_behind_it(project):
    channels = [make_channel(project.organization, slug) for slug in ("one", "two")]
    owe_for(project, "webhook:one", count=10)
    owe_for(project, "webhook:two", count=10, now=NOON + timedelta(seconds=1))
    owe_for(project, count=10, now=NOON + timedelta(seconds=2))
    shares, walk = Shares(8), Walk()
    let_be_prompt(shares, project.organization, channels)
    taken = [sorted(delivery.integration for delivery in lease(5, LATER, shares, walk)) for _ in range(3)]
    assert taken == [
        ["webhook:one"] * 4 + ["webhook:two"],
        ["email"],  # whoever has none yet comes first; and of eight threads, an organization has six
        [],
    ]


def test_who_has_least_in_hand_comes_first(project):
    for slug in ("bulk", "new"):
        make_channel(project.organization, slug)
    owe_for(project, "webhook:bulk", count=10)
    owe_for(project, "webhook:new", now=NOON + timedelta(seconds=1))
    shares = Shares(100)
    assert [lease(1, LATER, shares, Walk())[0].integration for _ in range(3)] == [
        "webhook:bulk",
        "webhook:new",
        "webhook:bulk",
    ]


def test_what_waits_to_be_deleted_is_in_nobodys_way(project, stranger, receiver):
    doomed = owe_for(project, count=30)
    (kept,) = owe_for(stranger, now=NOON + timedelta(seconds=1))
    delete_project(project)
    (other,) = owe_for(project.organization.projects.create(slug="app", name="App"), now=NOON + timedelta(seconds=1))
    assert [delivery.pk for delivery in take(now=LATER)] == [kept.pk]
    assert [delivery.pk for delivery in take(now=LATER)] == [other.pk]
    counts = Delivery.objects.filter(pk__in=[delivery.pk for delivery in doomed]).values_list("status", "attempt_count")
    assert set(counts) == {("pending", 0)}
    assert Attempt.objects.count() == 0


def test_a_look_at_nothing_locks_nothing(owe, django_assert_num_queries):
    owe(now=LATER)
    with django_assert_num_queries(1):
        assert take() == []


def test_what_is_due_is_found_without_reading_what_waits_before_it(owe, channel):
    """A channel that is down may be owed a great deal; to pass it over must cost nothing."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's plan depends on what is in the table.")
    plan = []
    values = {"organization": channel.organization_id, "after": 0, "now": str(LATER)}
    with connection.cursor() as cursor:
        for sql in (lanes.OF_ALL, lanes.OF_ONE):
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            plan += [step for *_, step in cursor.fetchall()]
    with transaction.atomic():
        for lane in (None, channel.pk):
            plan += waiting(channel.organization_id, lane, LATER)[:5].explain().splitlines()
    steps = [step for step in plan if "integrations_delivery" in step]
    assert len(steps) >= 9
    assert all("INDEX delivery_due_" in step for step in steps), steps
    assert sum("TEMP B-TREE" in step for step in plan) == 2  # of the organizations, and of the lanes


def test_workers_at_once_share_what_is_due_and_none_is_sent_twice(shared_project, receiver):
    workers, count = 4, 400
    make_channel(shared_project.organization)
    owe_for(shared_project, count=count // 2)
    owe_for(shared_project, "webhook:ops", count=count // 2)
    gate = threading.Barrier(workers)

    def work(_):
        gate.wait()
        try:
            return deliver_due(LATER, limit=count)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(work, range(workers)))
    assert sum(done) == count
    assert len(receiver.ids) == len(set(receiver.ids)) == count
    assert set(Delivery.objects.values_list("status", "attempt_count")) == {("delivered", 1)}
    assert Attempt.objects.count() == count


def test_what_another_worker_is_taking_this_moment_is_not_waited_for(shared_project):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite locks no rows: one takes after the other.")
    first, second = owe_for(shared_project, count=2)
    is_held, is_looked_at = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                Delivery.objects.select_for_update().get(pk=first.pk)
                is_held.set()
                assert is_looked_at.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(20)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 5000")
    try:
        assert [delivery.pk for delivery in take()] == [second.pk]
    finally:
        is_looked_at.set()
        thread.join()
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")


def test_what_another_worker_has_in_hand_is_passed_over(shared_project, receiver):
    go = threading.Event()
    receiver.answer = lambda _: go.wait(20) and TAKEN
    (held,) = owe_for(shared_project)
    dispatcher = Dispatcher(lambda: NOON)
    assert dispatcher.turn(10) == 1
    receiver.wait_for(1)
    (other,) = owe_for(shared_project)
    assert [delivery.pk for delivery in take()] == [other.pk]
    go.set()
    dispatcher.wait(20)
    dispatcher.turn(0)
    dispatcher.close()
    held.refresh_from_db()
    assert held.status == "delivered"
