"""A request with a key takes a shorter way through the server than Django's own: nobody may notice."""

import gc
import re
from contextlib import contextmanager

import pytest
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.http import HttpRequest
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.views import APIView

from taskapi.handler import Handler

SHORT, LONG = Handler(), WSGIHandler()


def called(handler, api, method, path, body=b"", **headers):
    """Status, headers and body as the server gets them."""
    sent = {"Authorization": f"Bearer {api.key}", "X-Request-ID": "same", **headers}
    request = RequestFactory().generic(method, path, body, "application/json", headers=sent)
    told = []
    with kept_connection():
        answer = handler(request.environ, lambda *status_and_headers: told.append(status_and_headers))
        content = b"".join(answer)
        if not isinstance(answer, list):
            answer.close()
    ((status, sent_back),) = told
    return status, [masked(f"{name}: {value}") for name, value in sorted(sent_back)], masked(content.decode())


@contextmanager
def kept_connection():
    """At both ends of a request Django closes a connection that is in a transaction, as a test's is."""
    both = (signals.request_started, signals.request_finished)
    heard = [signal for signal in both if signal.disconnect(close_old_connections)]
    yield
    for signal in heard:
        signal.connect(close_old_connections)


def masked(text):
    """Without the tokens of forms, which are others each time."""
    return re.sub("[A-Za-z0-9]{32,}", "TOKEN", text)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "TRACE"])
@pytest.mark.parametrize("what", ["{id}", "no-such-task", "{id}/actions", "", "{id}?embed=nothing"])
@pytest.mark.parametrize("accept", ["*/*", "application/json; indent=4", "text/html", "image/png"])
def test_every_answer_is_that_of_djangos_handler(api, make_task, method, what, accept):
    path = f"{api.base}/tasks/{what.format(id=make_task('export')['id'])}"
    short = called(SHORT, api, method, path, Accept=accept)
    assert short == called(LONG, api, method, path, Accept=accept)
    assert short[0] < "500"


@pytest.mark.parametrize(
    "path", ["/api/", "/api/docs/", "/api/nothing/here/at/all", "/healthz", "/static/taskapi/icon.svg"]
)
@pytest.mark.parametrize("key", ["Bearer wrong", "Basic eA==", ""])
def test_so_it_is_elsewhere_and_without_a_key_that_opens(api, path, key):
    short = called(SHORT, api, "GET", path, Authorization=key)
    assert short == called(LONG, api, "GET", path, Authorization=key)
    assert short[0] < "500"


def test_the_beginning_and_the_end_of_a_request_are_told_once(api):
    heard = []

    def hear(signal, sender, **_):
        heard.append((signal, sender))

    signals.request_started.connect(hear)
    signals.request_finished.connect(hear)
    try:
        called(SHORT, api, "GET", f"{api.base}/tasks")
    finally:
        signals.request_started.disconnect(hear)
        signals.request_finished.disconnect(hear)
    assert heard == [(signals.request_started, Handler), (signals.request_finished, Handler)]


def test_what_a_request_holds_is_closed_after_it(api, monkeypatch):
    closed = []
    monkeypatch.setattr("taskapi.handler.WSGIRequest.close", lambda request: closed.append(request))
    called(SHORT, api, "GET", f"{api.base}/tasks")
    assert len(closed) == 1


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
    gc.collect()
    gc.disable()
    try:
        before = views_and_requests()  # the schema's generator keeps some
        status, _, _ = called(SHORT, api, method, path, body)
        after = views_and_requests()
    finally:
        gc.enable()
    assert status[:2] == "20"
    assert after == before


def views_and_requests():
    # By its type: asked what it is, a weak reference answers for what it refers to.
    return {id(held) for held in gc.get_objects() if issubclass(type(held), APIView | Request | HttpRequest)}


def test_a_failure_of_ours_is_in_the_log(api, monkeypatch, caplog):
    def fail(*args):
        raise RuntimeError("a mistake")

    monkeypatch.setattr("tasks.statements.fetch", fail)
    status, _, _ = called(SHORT, api, "GET", f"{api.base}/tasks")
    assert status == "500 Internal Server Error"
    assert [record.levelname for record in caplog.records if record.name == "django.request"] == ["ERROR"]
