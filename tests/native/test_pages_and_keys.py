"""Where the world of keys and that of pages touch: neither may trip over the other."""

import pytest
from django.test import Client

BEARER = {"HTTP_AUTHORIZATION": "Bearer no-key"}


@pytest.mark.parametrize("path", ["/api/auth/login", "/admin/", "/admin/login/", "/a/acme/tasks/x/", "/healthz"])
def test_a_page_does_not_mind_a_key(db, path):
    assert Client().get(path, **BEARER).status_code in {200, 302, 404}


@pytest.mark.parametrize(
    "content_type",
    [
        pytest.param("multipart/form-data", id="multipart without a boundary"),
        pytest.param("multipart/form-data; boundary=\xe9", id="multipart with a boundary that is no ASCII"),
        pytest.param("application/x-www-form-urlencoded; charset=latin-1", id="a form of another charset"),
    ],
)
@pytest.mark.parametrize("path", ["/api/acme/web/tasks", "/api/organizations"])
def test_a_broken_form_of_who_is_signed_in_is_his_mistake(project, owner, path, content_type):
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(owner)
    browser.cookies["csrftoken"] = "a" * 32
    response = browser.generic("POST", path, b"x", content_type=content_type)
    assert 400 <= response.status_code < 500, response.content
    assert response.json()["type"] == "client_error"


def test_passwords_are_tried_at_one_door_with_one_limit(db, settings):
    settings.TASKAPI_SIGN_INS_PER_MINUTE = 3
    doors = ["/admin/login/", "/api/auth/login", "/admin/login/", "/api/auth/login"]
    answers = [Client().post(door, {"username": "a@example.org", "password": "x"}).status_code for door in doors]
    assert answers == [200, 200, 200, 429]


@pytest.mark.parametrize("path", ["/api/acme/web/tasks", "/api/", "/metrics", "/a/acme/tasks/x/"])
def test_another_name_than_ours_is_refused(api, path):
    response = api.client.get(path, HTTP_HOST="evil.example")
    assert response.status_code == 400
    if path.startswith("/api/"):
        assert response.json()["errors"][0]["code"] == "bad_request"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_may_ask_by_address(db, path):
    assert Client().get(path, HTTP_HOST="10.1.2.3").status_code == 200


@pytest.mark.parametrize("sign", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"])
def test_metrics_are_not_for_who_comes_through_a_proxy(db, sign):
    assert Client().get("/metrics").status_code == 200
    assert Client().get("/metrics", headers={sign: "https"}).status_code == 401


def test_no_answer_without_a_body_has_a_length(api, make_task):
    assert "Content-Length" not in api.delete(f"tasks/{make_task()['id']}").headers
