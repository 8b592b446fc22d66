"""Every failure under `/api/v0/` has the dialect's own form, and an id that the log knows."""

import json
import logging
import uuid

import pytest
from django.conf import settings
from django.db import OperationalError

from compat.goodday import views
from projects.scopes import Scope
from tests.client import Api
from tests.compat.goodday_calls import TASKS, assert_failed, assert_refused, path

REQUEST_ID = "4f8c5f1e-62a3-4ef5-8a3e-0d1c5b1a2b3c"


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic abc"])
def test_without_a_live_key_there_is_a_401(api, make_task, header):
    task = make_task()
    for address in (TASKS, path(task), f"{path(task)}/user-work-times"):
        response = Api(None).get(address, headers={"Authorization": header} if header else {})
        assert_failed(response, 401, "Unauthenticated")
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_signed_in_browser_is_no_key(api, organization, django_user_model):
    user = django_user_model.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user, role="owner")
    browser = Api(None)
    browser.client.force_login(user)
    assert_failed(browser.get(TASKS), 401, "Unauthenticated")


@pytest.mark.parametrize(
    ("method", "below", "scope"),
    [
        ("GET", "", Scope.ACCESS_TASKS),
        ("GET", "/{number}", Scope.READ_TASKS),
        ("GET", "/{number}/user-work-times", Scope.READ_TASKS),
        ("PUT", "/{number}", Scope.UPDATE_TASKS),
        ("PATCH", "/{number}", Scope.UPDATE_TASKS),
    ],
)
def test_each_operation_needs_its_scope_and_no_other(project, make_task, make_key, method, below, scope):
    address = TASKS + below.format(**make_task())
    body = {} if method == "GET" else {"body": {"billable": True}}
    for held in (Scope.ACCESS_TASKS, Scope.READ_TASKS, Scope.CREATE_TASKS, Scope.UPDATE_TASKS, Scope.CANCEL_TASKS):
        response = Api(make_key(project, held)).request(method, address, **body)
        if held == scope:
            assert response.status_code == 200, (held, response.content)
        else:
            assert_failed(response, 403, "Forbidden")


def test_what_is_embedded_needs_the_scope_to_read(project, make_key):
    assert_failed(Api(make_key(project, Scope.ACCESS_TASKS)).get(f"{TASKS}?embed=status"), 403, "Forbidden")


@pytest.mark.parametrize(
    "address",
    [
        *(TASKS + below for below in ("/0", "/999", "/9223372036854775807", "/9223372036854775808", f"/{'9' * 30}")),
        f"{TASKS}/999/user-work-times",
    ],
)
def test_a_task_that_is_not_there_is_a_404(api, address):
    body = assert_failed(api.get(address), 404, "NotFound")
    assert body["message"] == "Required model was not found."


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "below", ["", "nothing", "tasks/abc", "tasks/-1", "tasks/1/nothing", "acme/web", f"tasks/{'9' * 31}"]
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_an_unknown_path_is_a_404_for_everybody(api, method, below, slash):
    for caller in (api, Api(None)):
        assert_failed(caller.request(method, f"/api/v0/{below}{slash}"), 404, "NotFound")


@pytest.mark.parametrize(
    ("method", "below", "allowed"),
    [
        ("POST", "", "GET, HEAD, OPTIONS"),
        ("PUT", "", "GET, HEAD, OPTIONS"),
        ("DELETE", "/{number}", "GET, PUT, PATCH, HEAD, OPTIONS"),
        ("POST", "/{number}", "GET, PUT, PATCH, HEAD, OPTIONS"),
        ("PATCH", "/{number}/user-work-times", "GET, HEAD, OPTIONS"),
    ],
)
def test_another_method_is_a_405(api, make_task, method, below, allowed):
    response = api.request(method, TASKS + below.format(**make_task()), {"billable": True})
    assert_failed(response, 405, "MethodNotAllowed")
    assert response.headers["Allow"] == allowed


@pytest.mark.parametrize("accept", ["text/html", "application/xml"])
def test_an_answer_in_another_form_is_a_406(api, accept):
    assert_failed(api.get(TASKS, headers={"Accept": accept}), 406, "NotAcceptable")


def test_a_format_other_than_json_is_a_406(api):
    assert api.get(f"{TASKS}?format=json").status_code == 200
    assert_failed(api.get(f"{TASKS}?format=xml"), 406, "NotAcceptable")


def test_a_body_that_is_too_large_is_a_413(api, make_task):
    data = b'{"description": "%s"}' % (b"x" * settings.TASKAPI_MAX_BODY)
    response = api.patch(path(make_task()), data=data, content_type="application/json")
    assert_failed(response, 413, "RequestTooLarge")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_a_body_that_is_no_json_by_its_type_is_a_415(api, make_task, content_type):
    response = api.patch(path(make_task()), data=b'{"billable": true}', content_type=content_type)
    assert_failed(response, 415, "UnsupportedMediaType")


@pytest.mark.parametrize("data", [b'{"billable": true,}', b"{", b"nope", b"\xff", b'{"billable": NaN}'])
def test_a_body_that_is_no_json_is_a_400(api, make_task, data):
    response = api.patch(path(make_task()), data=data, content_type="application/json")
    assert_failed(response, 400, "BadRequest")


@pytest.mark.parametrize("data", [b'{"description": "a\\u0000b"}', b'{"description": "\\ud800"}'])
def test_what_no_database_keeps_is_refused_by_name(api, make_task, data):
    response = api.patch(path(make_task()), data=data, content_type="application/json")
    assert_refused(response, "description")


def test_too_many_failed_keys_are_a_429(api, settings):
    settings.TASKAPI_FAILED_KEYS_PER_MINUTE = 1
    stranger = Api("nonsense")
    assert_failed(stranger.get(TASKS), 401, "Unauthenticated")
    response = stranger.get(TASKS)
    assert_failed(response, 429, "TooManyRequests")
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [(RuntimeError("secret"), 500, "ServerError"), (OperationalError("secret"), 503, "ServiceUnavailable")],
)
def test_a_failure_of_the_server_tells_nothing_but_its_id(api, make_task, monkeypatch, caplog, error, status, kind):
    def fail(*args):
        raise error

    address = path(make_task())
    monkeypatch.setattr(views, "find", fail)
    response = api.get(address, headers={"X-Request-ID": REQUEST_ID})
    body = assert_failed(response, status, kind)
    assert "secret" not in response.content.decode()
    assert body["id"] == REQUEST_ID
    assert any(record.exc_info for record in caplog.records)
    assert ("Retry-After" in response.headers) == (status == 503)


# -- The id ----------------------------------------------------------------------------------------------------------


def test_the_id_is_that_of_the_request(api):
    response = api.get(f"{TASKS}/999", headers={"X-Request-ID": REQUEST_ID})
    assert response.json()["id"] == response.headers["X-Request-ID"] == REQUEST_ID


def test_the_id_is_that_which_the_server_gave_the_request(api):
    response = api.get(f"{TASKS}/999")
    assert response.json()["id"] == response.headers["X-Request-ID"]


def test_an_id_that_is_no_uuid_is_replaced_and_the_log_has_both(api, caplog):
    caplog.set_level(logging.INFO, "compat.goodday")
    response = api.get(f"{TASKS}/999", headers={"X-Request-ID": "job-7"})
    made = assert_failed(response, 404, "NotFound")["id"]
    assert uuid.UUID(made)
    assert response.headers["X-Request-ID"] == made
    assert [
        record.getMessage()
        for record in caplog.records
        if "job-7" in record.getMessage() and made in record.getMessage()
    ]


def test_an_answer_that_is_no_failure_keeps_the_id_that_was_sent(api):
    assert api.get(TASKS, headers={"X-Request-ID": "job-7"}).headers["X-Request-ID"] == "job-7"


def test_one_failure_has_one_id(api):
    """Also where there is more than one to tell of, and from one request to the next."""
    bodies = [json.loads(api.get(f"{TASKS}/999").content) for _ in range(2)]
    assert bodies[0]["id"] != bodies[1]["id"]
