"""For those who run the server: /healthz, /readyz, /metrics, request ids, and what is told when something breaks."""

import logging
import re
import uuid

import pytest
from django.db import InterfaceError, OperationalError, connection

import tasks.views
from projects import keyring
from taskapi import ops
from taskapi.rest.rendering import JSONRenderer
from tests.answers import assert_failed
from tests.client import Api

SECRET = "password of db.internal"


@pytest.fixture
def anybody():
    return Api(None)


def database_is_away(error):
    def refuse(execute, sql, params, many, context):
        raise error(SECRET)

    return connection.execute_wrapper(refuse)


# -- Alive and ready


def test_the_server_says_that_it_is_alive_without_a_key_or_a_database(anybody, db):
    with database_is_away(OperationalError):
        response = anybody.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_the_server_says_that_it_is_ready(anybody, db):
    assert (anybody.get("/readyz").status_code, anybody.get("/readyz").json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_without_its_database_the_server_is_not_ready(anybody, db, error):
    with database_is_away(error):
        response = anybody.get("/readyz")
    assert response.status_code == 503
    assert SECRET not in response.content.decode()
    assert anybody.get("/readyz").status_code == 200


def test_without_its_tables_the_server_is_not_ready(anybody, db, monkeypatch):
    monkeypatch.setattr(ops, "_is_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'tasks'")
    assert anybody.get("/readyz").status_code == 503


# -- Metrics


def scrape(api, **kwargs):
    response = api.get("/metrics", **kwargs)
    assert response.status_code == 200, response.content
    assert response.headers["Content-Type"].startswith("text/plain")
    return response.content.decode()


def count_of(text, method, status):
    found = re.search(rf'^taskapi_request_seconds_count{{method="{method}",status="{status}"}} (\S+)$', text, re.M)
    return float(found[1]) if found else 0


def test_requests_are_counted_by_method_and_status(api, make_task):
    before = scrape(api)
    make_task()
    api.get("tasks/x")
    api.get("tasks/x")
    after = scrape(api)
    assert count_of(after, "POST", 201) - count_of(before, "POST", 201) == 1
    assert count_of(after, "GET", 404) - count_of(before, "GET", 404) == 2
    assert "taskapi_request_seconds_bucket" in after


def test_an_invented_method_makes_no_series_of_its_own(api, project):
    before = scrape(api)
    api.request("WHATEVER", "tasks")
    after = scrape(api)
    assert "WHATEVER" not in after
    assert count_of(after, "other", 405) - count_of(before, "other", 405) == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1"])
def test_loopback_may_scrape(anybody, db, address):
    assert scrape(anybody, REMOTE_ADDR=address)


@pytest.mark.parametrize("address", ["10.0.0.1", "192.0.2.7", "2001:db8::1", "", "localhost", "127.0.0.1, 10.0.0.1"])
def test_nobody_else_may_scrape_without_the_token(anybody, db, address):
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}, {"X-Forwarded-For": "127.0.0.1"}):
        response = anybody.get("/metrics", REMOTE_ADDR=address, headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert "taskapi" not in response.content.decode()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_proxy_on_this_machine_is_not_loopback(anybody, db, header):
    assert anybody.get("/metrics", headers={header: "for=127.0.0.1"}).status_code == 401


def test_the_token_may_scrape_from_anywhere(anybody, db, settings):
    settings.TASKAPI_METRICS_TOKEN = "let me in"
    proxied = {"X-Forwarded-For": "192.0.2.7"}
    assert scrape(anybody, REMOTE_ADDR="10.0.0.1", headers={"Authorization": "Bearer let me in", **proxied})
    for wrong in ("Bearer let me", "let me in", "Basic let me in", "Bearer é"):
        response = anybody.get("/metrics", REMOTE_ADDR="10.0.0.1", headers={"Authorization": wrong})
        assert response.status_code == 401


# -- Request ids

PLACES = ["/healthz", "/api/acme/web/tasks", "/api/acme/web/tasks/x", "/api/nowhere", "/nowhere"]


@pytest.mark.parametrize("path", PLACES)
def test_a_request_id_is_echoed(api, project, path):
    for sent in ("abc-1", "A.b_c:d/e+f=", "0" * 128, str(uuid.uuid4())):
        assert api.get(path, headers={"X-Request-ID": sent}).headers["X-Request-ID"] == sent


@pytest.mark.parametrize("path", PLACES)
def test_a_request_without_an_id_gets_one(api, project, path):
    made = [api.get(path).headers["X-Request-ID"] for _ in range(2)]
    assert [str(uuid.UUID(name)) for name in made] == made
    assert made[0] != made[1]


@pytest.mark.parametrize("sent", ["", " ", "a b", "a\nb: c", "a\r\nSet-Cookie: x", "<b>", '"', "\x00", "é", "0" * 129])
def test_a_hostile_request_id_is_replaced(api, project, sent):
    response = api.get("tasks", headers={"X-Request-ID": sent})
    assert response.status_code == 200
    assert uuid.UUID(response.headers["X-Request-ID"])


def test_a_refusal_carries_the_request_id_too(anybody, db):
    response = anybody.post("/api/acme/web/tasks", {"name": "x"}, headers={"X-Request-ID": "abc"})
    assert (response.status_code, response.headers["X-Request-ID"]) == (401, "abc")


# -- When something breaks


def crash(*args, **kwargs):
    raise RuntimeError(SECRET)


@pytest.mark.parametrize(
    ("where", "name"),
    [
        pytest.param(tasks.views.TaskViewSet, "create", id="in a view"),
        pytest.param(tasks.views.TaskViewSet, "initial", id="before a view"),
        pytest.param(tasks.views.TaskViewSet, "check_permissions", id="in its permissions"),
    ],
)
def test_a_crash_tells_nothing_but_the_request_id(api, project, monkeypatch, caplog, where, name):
    monkeypatch.setattr(where, name, crash)
    with caplog.at_level(logging.ERROR):
        response = api.post("tasks", {"name": "export"}, headers={"X-Request-ID": "abc"})
    assert_failed(response, 500, "error")
    assert SECRET not in f"{response.headers} {response.content.decode()}"
    assert response.headers["X-Request-ID"] == "abc"
    assert any(record.exc_info and SECRET in str(record.exc_info[1]) for record in caplog.records)


def test_a_crash_while_the_answer_is_written_is_told_in_the_same_way(api, project, monkeypatch):
    monkeypatch.setattr(JSONRenderer, "render", crash)
    response = api.get("tasks/x", headers={"X-Request-ID": "abc"})
    assert_failed(response, 500, "error")
    assert SECRET not in response.content.decode()
    assert response.headers["X-Request-ID"] == "abc"


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("key", ["remembered", "unknown"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "tasks"), ("POST", "tasks"), ("GET", "tasks/{}"), ("PATCH", "tasks/{}"), ("DELETE", "tasks/{}")],
)
def test_a_database_that_is_away_is_told_with_when_to_try_again(api, make_task, method, path, key, error):
    url = path.format(make_task()["id"])
    before = api.get(url).json() if method != "POST" else None
    if key == "unknown":
        keyring.forget()
    with database_is_away(error):
        response = api.request(method, url, **({"body": {"name": "x"}} if method in {"POST", "PATCH"} else {}))
    assert_failed(response, 503, "service_unavailable")
    assert response.headers["Retry-After"].isdigit()
    assert SECRET not in response.content.decode()
    assert response.headers["X-Request-ID"]
    assert before is None or api.get(url).json() == before


@pytest.mark.parametrize("path", ["/api/acme/web/tasks", "/api/nowhere", "/healthz", "/nowhere"])
def test_every_answer_has_the_headers_that_guard_a_browser(api, project, path):
    headers = api.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
