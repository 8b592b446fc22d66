"""The sweep of deliveries that were kept for long enough."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from integrations.delivering import deliver_due
from integrations.models import Attempt, Delivery, SharedBody
from integrations.outbox import enqueue
from integrations.retention import purge_delivered
from projects.deleting import delete_project, purge_deleted
from tests.worker.conftest import NOON, message_for, owe_for

DAYS = timedelta(days=30)
LATER = NOON + DAYS + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _thirty_days(settings):
    settings.TASKAPI_KEEP_DELIVERIES_DAYS = 30


@pytest.mark.parametrize("is_delivered", [True, False])
def test_what_ended_long_ago_goes_with_its_attempts(project, receiver, is_delivered):
    if not is_delivered:
        receiver.refuses(may_retry=False)
    owe_for(project, count=3)
    deliver_due(NOON)
    assert Attempt.objects.count() == 3
    assert purge_delivered(NOON + DAYS, 100) == 0
    assert purge_delivered(LATER, 100) == 3
    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()


def test_what_is_owed_stays_however_old(project):
    owe_for(project, now=NOON - timedelta(days=1000))
    assert purge_delivered(LATER, 100) == 0
    assert Delivery.objects.exists()


def test_the_setting_says_how_long(project, receiver, settings):
    settings.TASKAPI_KEEP_DELIVERIES_DAYS = 1
    owe_for(project)
    deliver_due(NOON)
    assert purge_delivered(NOON + timedelta(days=1, seconds=1), 100) == 1


def test_it_does_no_more_than_its_limit_at_a_time_the_oldest_first(project, receiver):
    for second in range(5):
        owe_for(project, now=NOON + timedelta(seconds=second))
        deliver_due(NOON + timedelta(seconds=second))
    later = LATER + timedelta(hours=1)
    assert purge_delivered(later, 2) == 2
    assert min(Delivery.objects.values_list("finished", flat=True)) == NOON + timedelta(seconds=2)
    assert [purge_delivered(later, 2) for _ in range(3)] == [2, 1, 0]


def share(project, count, now=NOON):
    """Owes messages that share a body; returns it."""
    shared = {"task": {"name": "export"}}
    with transaction.atomic():
        enqueue([message_for(project, shared=shared) for _ in range(count)], now)
    return SharedBody.objects.latest("pk")


def test_what_messages_share_goes_with_the_last_of_them(project, receiver):
    share(project, 3)
    kept = share(project, 2, now=NOON + timedelta(days=1))
    deliver_due(NOON)
    assert [purge_delivered(LATER, 2), SharedBody.objects.count()] == [2, 2]
    assert [purge_delivered(LATER, 2), SharedBody.objects.get()] == [1, kept]
    assert Delivery.objects.filter(shared_body=kept).count() == 2


def test_what_messages_share_goes_also_where_two_workers_delete_the_last_of_them(shared_project, receiver):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time.")
    share(shared_project, 40)
    deliver_due(NOON)
    gate = threading.Barrier(2)

    def work(_):
        gate.wait()
        try:
            return purge_delivered(LATER, 20)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 40
    assert not SharedBody.objects.exists()


def test_what_messages_share_goes_with_their_project(project):
    share(project, 3)
    delete_project(project)
    while purge_deleted(timezone.now() + timedelta(hours=1), 100):
        pass
    assert not SharedBody.objects.exists()
    assert not Delivery.objects.exists()


def test_a_body_without_deliveries_is_found_by_an_index(project):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's plan depends on what is in the table.")
    rows = SharedBody.objects.filter(~Exists(Delivery.objects.filter(shared_body=OuterRef("pk"))), pk__in=[1])
    assert "INDEX delivery_of_shared_body" in rows.explain()
