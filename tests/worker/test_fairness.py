"""Organizations share what sends: however many receivers of some never answer, the message of another leaves soon."""

import socket
import threading
import time
from contextlib import ExitStack, closing

import pytest
from django.db import connection, transaction
from django.utils import timezone

from integrations.delivering import Dispatcher
from integrations.models import Attempt, Delivery
from integrations.outbox import enqueue
from integrations.sealing import seal
from integrations.shares import SLOW
from integrations.signing import make_secret
from projects.models import Organization, Project
from tests.receivers import Receiver, Reply
from tests.worker.conftest import make_channel, message_for, until

SOON = 2.0  # seconds from the change to the arrival of the message


@pytest.fixture
def listeners():
    """Addresses that take connections and never answer; all of them end with the test."""
    with ExitStack() as stack:
        sockets = []

        def make(count):
            sockets.extend(stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count))
            return [listener.getsockname()[1] for listener in sockets[-count:]]

        yield make


@pytest.fixture
def fast():
    with closing(Receiver()) as receiver:
        yield receiver


@pytest.fixture
def dispatcher(shared_database, settings, listeners):
    """The deliveries of a worker, which works until the test ends."""
    settings.TASKAPI_WEBHOOK_ALLOW = ["127.0.0.0/8"]
    settings.TASKAPI_DELIVERY_DEADLINE = 3.0
    settings.TASKAPI_DELIVERY_THREADS = 16
    stop, dispatcher = threading.Event(), Dispatcher()

    def run():
        try:
            dispatcher.run(stop)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    dispatcher.start = thread.start
    yield dispatcher
    stop.set()
    thread.join()


def make_project(slug):
    organization = Organization.objects.create(slug=slug, name=slug)
    return Project.objects.create(organization=organization, slug="web", name="Web")


def make_webhook(project, slug, port):
    """A channel to a port of this machine."""
    config, sealed = {"url": f"http://127.0.0.1:{port}/"}, seal(make_secret())
    return make_channel(project.organization, slug, config=config, sealed=sealed)


def owe(project, *integrations, count=1):
    data = {"integration": "any", "message": "This says little."}
    with transaction.atomic():
        messages = [message_for(project, name, data=data) for name in integrations for _ in range(count)]
        enqueue(messages, timezone.now())


def many_hosts(listeners):
    project = make_project("greedy")
    names = [make_webhook(project, f"n{port}", port).integration for port in listeners(60)]
    owe(project, *names)


def one_host(listeners):
    project, (port,) = make_project("greedy"), listeners(1)
    owe(project, *(make_webhook(project, f"n{number}", port).integration for number in range(60)))


def one_channel(listeners):
    project, (port,) = make_project("greedy"), listeners(1)
    owe(project, make_webhook(project, "dead", port).integration, count=300)


def many_organizations(listeners):
    for number in range(10):
        project = make_project(f"greedy{number}")
        owe(project, *(make_webhook(project, f"n{port}", port).integration for port in listeners(6)), count=5)


def mails(listeners, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, (settings.EMAIL_PORT,) = "127.0.0.1", listeners(1)
    for number in range(10):
        owe(make_project(f"greedy{number}"), "email", count=50)


@pytest.mark.parametrize("fill", [many_hosts, one_host, one_channel, many_organizations, mails])
def test_the_message_of_another_organization_leaves_soon(dispatcher, listeners, fast, settings, fill):
    fill(*((listeners, settings) if fill is mails else (listeners,)))
    quiet, delays = make_project("quiet"), []
    make_webhook(quiet, "fast", fast.port)

    def send():
        began = time.monotonic()
        owe(quiet, "webhook:fast")
        fast.wait_for(len(delays) + 1)
        delays.append(time.monotonic() - began)

    dispatcher.start()
    until(lambda: dispatcher.in_hand)
    send()  # while nothing is known of any of them
    until(lambda: dispatcher.late)
    send()
    until(Attempt.objects.exists)  # the first of the others were given up
    send()
    until(lambda: Attempt.objects.count() > 8)
    send()
    assert max(delays) < SOON


def test_what_takes_long_and_is_taken_all_the_same_is_slow(dispatcher, fast, settings):
    """As a receiver that always needs fourteen seconds of fifteen."""
    settings.TASKAPI_DELIVERY_DEADLINE = 15.0
    project, answers = make_project("slow"), threading.Event()
    fast.answer(Reply(until=answers), Reply(until=answers), Reply())
    channels = [make_webhook(project, f"n{number}", fast.port) for number in range(20)]
    owe(project, *(channel.integration for channel in channels))
    dispatcher.start()
    until(lambda: dispatcher.late)
    answers.wait(SLOW)
    answers.set()
    until(lambda: Attempt.objects.count() == 20)
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}
    took = dict(Attempt.objects.values_list("delivery__channel", "duration_ms"))
    slow = {number for (_, number), count in dispatcher.shares.slow_in_a_row.items() if count}
    assert slow == {number for number, milliseconds in took.items() if milliseconds > SLOW * 1000}
    assert len(slow) == 2
