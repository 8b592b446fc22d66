"""No secret is in a log line, whichever part of a record holds it, and whatever fails."""

import io
import json
import logging
import sys

import pytest
from django.core.handlers.base import BaseHandler
from django.test import Client

from projects import keys
from taskapi.logs import formatter

UUID = "7d0f6c1e-52a4-4b3d-9a63-1f0c8e2b4d95"
TOKEN = "s3cr3t-T0ken"
KEY = keys.make()
HOOK = f"whsec_{'QUJD' * 10}"
SECRETS = (TOKEN, KEY, KEY[8:], HOOK, UUID, keys.encode("acme", "web", KEY))
PATHS = (
    f"/public/tasks/{UUID[::-1]}/{TOKEN}/",
    f"/public/tasks/{UUID[::-1]}/{TOKEN}/badge.svg",
    f"/account/invitation/{TOKEN}/",
    f"/account/password-reset/MQ/{TOKEN}/",
    f"/ping/{UUID}",
    f"/ping/{UUID}/start",
    f"/ping/{KEY}/nightly",
    f"/api/12/cron/nightly/{KEY}/",
    f"/api/acme/web/monitors/{UUID}",
    f"/a/acme/monitors/{UUID}/",
)
TEXT = f"{' '.join(PATHS)} {KEY} {keys.encode('acme', 'web', KEY)} {HOOK} Bearer {TOKEN}"


@pytest.fixture(params=["json", "text"])
def log(request):
    """What is logged meanwhile, as it is written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter(request.param))
    root = logging.getLogger()
    root.addHandler(handler)
    yield written.getvalue
    root.removeHandler(handler)
    if request.param == "json":
        for line in written.getvalue().splitlines():
            json.loads(line)


def assert_masked(text, word):
    assert word in text
    assert "…" in text or "\\u2026" in text
    assert [secret for secret in SECRETS if secret in text] == []


def raised(error):
    try:
        raise error
    except Exception:
        return sys.exc_info()


def caused(error):
    try:
        raise LookupError(TEXT) from error
    except LookupError:
        return sys.exc_info()


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        pytest.param((f"here: {TEXT}",), {}, id="message"),
        pytest.param(("here: %s", TEXT), {}, id="argument"),
        pytest.param(("here: %(text)r", {"text": {"a": [TEXT]}}), {}, id="named argument"),
        pytest.param(("here",), {"extra": {"path": TEXT, "action": {"a": (TEXT,)}}}, id="fields"),
        pytest.param(("here",), {"exc_info": raised(ValueError(TEXT))}, id="exception"),
        pytest.param(("here",), {"exc_info": raised(KeyError(TEXT, TEXT.encode()))}, id="arguments of an exception"),
        pytest.param(("here",), {"exc_info": caused(OSError(TEXT))}, id="chain of exceptions"),
    ],
)
def test_no_part_of_a_record_shows_a_secret(log, arguments, fields):
    logging.getLogger("taskapi.test").error(*arguments, **fields)
    assert_masked(log(), "here")


@pytest.fixture
def _failing(monkeypatch):
    """Each request fails by an error whose text holds its path."""

    def fail(self, request):
        raise RuntimeError(f"no way to {request.path}")

    monkeypatch.setattr(BaseHandler, "resolve_request", fail)


@pytest.mark.usefixtures("db", "_failing")
def test_a_request_that_fails_shows_no_secret(log, settings, caplog):
    settings.TASKAPI_ACCESS_LOG = True
    caplog.set_level(logging.INFO, "taskapi.access")
    browser = Client(raise_request_exception=False)
    for path in PATHS:
        assert browser.get(path, headers={"Authorization": f"Bearer {KEY}"}).status_code == 500
    assert_masked(log(), "no way to")
    assert "duration_ms" in log()


@pytest.mark.usefixtures("db")
def test_a_request_of_another_host_shows_no_secret(log):
    browser = Client(raise_request_exception=False)
    for path in PATHS:
        assert browser.get(path, headers={"host": f"{KEY}.example"}).status_code == 400
    assert_masked(log(), "HTTP_HOST")


@pytest.mark.usefixtures("db")
def test_a_refused_form_shows_no_secret(log):
    browser = Client(enforce_csrf_checks=True)
    refused = [path for path in PATHS if browser.post(path, {}).status_code == 403]
    assert len(refused) > 4
    assert_masked(log(), "CSRF")


def test_no_handler_of_django_writes_beside_ours():
    for name in ("django", "django.server", "django.request", "django.security"):
        assert logging.getLogger(name).handlers == []
