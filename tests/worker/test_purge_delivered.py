"""The sweep of deliveries that were kept for long enough."""

from datetime import timedelta

import pytest

from integrations.delivering import deliver_due
from integrations.models import Attempt, Delivery
from integrations.retention import purge_delivered
from tests.worker.conftest import NOON, owe_for

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
