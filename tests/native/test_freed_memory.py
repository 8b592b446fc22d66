"""A request that is answered is gone at once: what waited for the collector would make each request slower."""

import gc
from contextlib import contextmanager

import pytest
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.http import HttpRequest
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.views import APIView

application = get_wsgi_application()


@contextmanager
def kept_connection():
    """At both ends of a request Django closes a connection that is in a transaction, as a test's is."""
    both = (signals.request_started, signals.request_finished)
    heard = [signal for signal in both if signal.disconnect(close_old_connections)]
    yield
    for signal in heard:
        signal.connect(close_old_connections)


def status_of(api, method, path, body):
    sent = {"Authorization": f"Bearer {api.key}"}
    request = RequestFactory().generic(method, path, body, "application/json", headers=sent)
    told = []
    with kept_connection():
        answer = application(request.environ, lambda status, headers: told.append(status))  # noqa: ARG005 - of WSGI
        b"".join(answer)
        answer.close()
    return told[0]


def views_and_requests():
    # By its type: asked what it is, a weak reference answers for what it refers to.
    return {id(held) for held in gc.get_objects() if issubclass(type(held), APIView | Request | HttpRequest)}


@pytest.mark.parametrize(
    ("method", "what", "body"),
    [
        ("GET", "", b""),
        ("GET", "/{id}?embed=actions", b""),
        ("POST", "", b'{"name": "import"}'),
        ("PATCH", "/{id}", b'{"value": 1}'),
    ],
)
def test_a_request_that_is_answered_waits_for_no_collector(api, make_task, method, what, body):
    path = f"{api.base}/tasks{what.format(id=make_task('export')['id'])}"
    status_of(api, method, path, body)  # what the first request of all makes stays
    gc.collect()
    gc.disable()
    try:
        before = views_and_requests()
        status = status_of(api, method, path, body)
        after = views_and_requests()
    finally:
        gc.enable()
    assert status[:2] == "20"
    assert after == before
