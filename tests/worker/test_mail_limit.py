"""At most so many recipients in an hour for the mails of one organization, however many workers send them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from integrations.channels import send_test
from integrations.delivering import deliver_due
from integrations.models import Attempt, Delivery, MailHour
from tests.worker.conftest import NOON, make_channel, owe_for

HOUR = timedelta(hours=1)
HALF_PAST = NOON + HOUR / 2


@pytest.fixture(autouse=True)
def limit(settings):
    settings.TASKAPI_MAILS_PER_HOUR = 10


def statuses():
    return [(row.status, row.attempt_count) for row in Delivery.objects.order_by("pk")]


def waits():
    """Until when each of those that wait does."""
    return sorted(Delivery.objects.filter(status="pending").values_list("due_at", flat=True))


def sent_in_all(receiver):
    return len(receiver.calls)


@pytest.mark.parametrize(
    ("recipients", "sent"),
    [
        pytest.param([1] * 10, 10, id="as many as there may be"),
        pytest.param([1] * 11, 10, id="one more"),
        pytest.param([2] * 6, 5, id="each recipient counts"),
        pytest.param([3] * 4, 3, id="a mail goes to all of its recipients or waits"),
        pytest.param([1], 1, id="one"),
    ],
)
def test_mails_beyond_the_limit_wait_for_the_next_hour(project, receiver, recipients, sent):
    for count in recipients:
        owe_for(project, config={"to": ", ".join(["a@x.org"] * count)}, now=HALF_PAST)
    deliver_due(HALF_PAST)
    assert sent_in_all(receiver) == Attempt.objects.count() == sent
    assert statuses() == [("delivered", 1)] * sent + [("pending", 0)] * (len(recipients) - sent)
    assert waits() == [NOON + HOUR] * (len(recipients) - sent)


def test_none_is_lost_and_each_hour_takes_as_many(project, receiver):
    owe_for(project, count=35)
    for hours in range(4):
        deliver_due(NOON + hours * HOUR)
        assert sent_in_all(receiver) == min(35, 10 * (hours + 1))
        assert deliver_due(NOON + hours * HOUR + HOUR / 2) == 0
    assert statuses() == [("delivered", 1)] * 35
    assert len(set(receiver.ids)) == 35


def test_what_is_put_off_is_spread_over_the_hours_that_will_take_it(project, receiver, monkeypatch):
    monkeypatch.setattr("integrations.mail_limit.BATCH", 10)
    owe_for(project, count=35)
    while Delivery.objects.filter(status="pending", due_at=NOON).exists():
        deliver_due(NOON)
    assert waits() == [NOON + HOUR] * 10 + [NOON + 2 * HOUR] * 10 + [NOON + 3 * HOUR] * 5


def test_a_single_mail_may_be_to_more_than_the_limit(project, receiver, settings):
    settings.TASKAPI_MAILS_PER_HOUR = 2
    owe_for(project, config={"to": "a@x.org, b@x.org, c@x.org"}, count=2)
    for hours in range(2):
        deliver_due(NOON + hours * HOUR)
        assert sent_in_all(receiver) == hours + 1


def test_channels_of_mails_count_with_the_built_in_one_and_webhooks_do_not(project, receiver):
    make_channel(project.organization, "team", kind="email", config={"to": "a@x.org, b@x.org"})
    make_channel(project.organization, "ops")
    for name in ("email:team", "email", "webhook:ops"):
        owe_for(project, name, config={} if ":" in name else {"to": "a@x.org"}, count=8)
    deliver_due(NOON)
    assert receiver.integrations.count("webhook:ops") == 8
    assert 2 * receiver.integrations.count("email:team") + receiver.integrations.count("email") in (9, 10)
    assert Delivery.objects.filter(status="pending", due_at=NOON + HOUR, attempt_count=0).exists()


def test_each_attempt_counts(project, receiver):
    owe_for(project, count=10)
    receiver.refuses()
    deliver_due(NOON)
    assert deliver_due(NOON + timedelta(minutes=1)) == 0
    assert waits() == [NOON + HOUR] * 10
    assert set(Delivery.objects.values_list("attempt_count", flat=True)) == {1}


def test_organizations_have_a_limit_each(project, stranger, receiver):
    owe_for(project, count=12)
    owe_for(stranger, count=12)
    deliver_due(NOON)
    assert sent_in_all(receiver) == 20


def test_zero_is_no_limit(project, receiver, settings):
    settings.TASKAPI_MAILS_PER_HOUR = 0
    owe_for(project, count=30)
    deliver_due(NOON)
    assert sent_in_all(receiver) == 30
    assert not MailHour.objects.exists()


def test_what_is_not_sent_is_not_counted(project, channel, receiver):
    mail = make_channel(project.organization, "team", kind="email", config={"to": "a@x.org"})
    owe_for(project, "email:team", config={}, count=20)
    mail.enabled = False
    mail.save()
    owe_for(project, count=10)
    deliver_due(NOON)
    assert sent_in_all(receiver) == 10
    assert Delivery.objects.filter(status="failed").count() == 20


def test_tests_of_a_channel_count(project, receiver, monkeypatch):
    monkeypatch.setattr("integrations.channels.transport_of", lambda _: receiver)
    mail = make_channel(project.organization, "team", kind="email", config={"to": "a@x.org, b@x.org, c@x.org"})
    outcomes = [send_test(mail, HALF_PAST) for _ in range(4)]
    assert [outcome.is_delivered for outcome in outcomes] == [True] * 3 + [False]
    assert outcomes[-1].error == "The organization has sent as many mails as it may in an hour."
    assert send_test(mail, NOON + HOUR).is_delivered


def test_two_workers_at_once_send_no_more_than_the_limit(shared_project, receiver):
    owe_for(shared_project, count=40)
    gate = threading.Barrier(2)

    def work(now):
        gate.wait()
        try:
            return deliver_due(now)
        finally:
            connection.close()

    for hours in range(2):
        now = NOON + hours * HOUR + HOUR / 2
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, [now] * 2))
        assert len(receiver.ids) == len(set(receiver.ids)) == 10 * (hours + 1)
    assert sorted(set(statuses())) == [("delivered", 1), ("pending", 0)]
