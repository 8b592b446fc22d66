"""A receiver that is down, as the hours go by: nothing is lost, and every attempt can be read of."""

from datetime import timedelta
from itertools import pairwise

import pytest

from integrations.delivering import deliver_due
from integrations.models import Attempt, Delivery
from tests.worker.conftest import NOON, REFUSED, TAKEN, make_channel, owe_for

MINUTE = timedelta(minutes=1)


@pytest.fixture
def live_through(receiver):
    """The worker at work from noon on, a pass a minute; the receiver is down until `back`."""

    def live(until, back):
        now = NOON
        while now <= NOON + until:
            outcome = TAKEN if now >= NOON + back else REFUSED
            receiver.answer = lambda _, outcome=outcome: outcome
            deliver_due(now)
            now += MINUTE

    return live


def test_a_receiver_that_is_down_for_an_hour_gets_all_when_it_is_back(project, live_through, receiver):
    make_channel(project.organization)
    owed = owe_for(project, "webhook:ops", count=5)
    live_through(timedelta(hours=4), back=timedelta(hours=1))
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}
    for delivery in owed:
        moments = [(attempt.at - NOON, attempt.status) for attempt in delivery.attempts.all()]
        assert [status for _, status in moments] == [500] * 4 + [200]
        # At once, after 5 s, 5 min, 30 min and 2 h, each with a fifth of jitter, and found within the next minute.
        waits = [after[0] - before[0] for before, after in pairwise(moments)]
        for wait, seconds in zip(waits, (5, 300, 1800, 7200), strict=True):
            least = timedelta(seconds=0.8 * seconds)
            assert least <= wait <= timedelta(seconds=1.2 * seconds) + MINUTE
        assert receiver.ids.count(delivery.public_id) == 5


def test_attempts_of_messages_that_failed_together_spread(project, receiver):
    owe_for(project, count=50)
    receiver.refuses()
    for _ in range(3):
        deliver_due(max(Delivery.objects.values_list("due_at", flat=True)))
    assert len(set(Delivery.objects.values_list("due_at", flat=True))) == 50


def test_a_receiver_that_stays_down_is_called_eight_times_over_a_day(project, receiver):
    (delivery,) = owe_for(project)
    receiver.refuses()
    while delivery.status == "pending":
        deliver_due(delivery.due_at)
        delivery.refresh_from_db()
    moments = list(Attempt.objects.order_by("at").values_list("at", flat=True))
    assert len(moments) == 8
    assert timedelta(hours=22) < moments[-1] - moments[0] < timedelta(hours=34)
