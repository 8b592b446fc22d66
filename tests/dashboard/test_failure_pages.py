"""What people see when a page can't be had: in plain words, and the same words whatever there is of others."""

import re

import pytest
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import OperationalError
from django.test import Client

from dashboard.views import public
from tests.browsers import browser_of

PUBLIC = "/public/tasks/01890000-0000-7000-8000-000000000000/guess/"


@pytest.fixture
def viewer(organization):
    return browser_of(organization, "viewer")


@pytest.fixture
def crash(monkeypatch):
    """Lets the public page fail with an exception, where no test has a database."""

    def fail_with(error):
        def fail(*_):
            raise error

        monkeypatch.setattr(public, "shared_task", fail)
        return Client(raise_request_exception=False).get(PUBLIC, headers={"X-Request-ID": "trace-me"})

    return fail_with


def words(response, status):
    assert response.status_code == status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    text = response.content.decode()
    assert '<main id="page">' in text
    assert "noindex" in text
    assert "script-src 'self'" in response["Content-Security-Policy"]
    return text


# -- Not there


@pytest.mark.parametrize("path", ["/nothing", "/a/acme/nothing/at/all", "/public/tasks/x/y/", "/account/x"])
def test_who_is_not_signed_in_is_told_that_nothing_is_there(db, path):
    text = words(Client().get(path), 404)
    assert "There is nothing here" in text
    assert "/api/auth/login" in text


def test_who_is_signed_in_finds_the_way_back(viewer):
    text = words(viewer.get("/nothing"), 404)
    assert 'href="/a"' in text
    assert "viewer@acme.example" in text
    assert "Sign out" in text


def test_what_is_of_others_and_what_is_not_there_are_the_same(viewer, stranger, make_task):
    """Word for word, but for the address that signing in leads back to and the token of the form."""
    organization = stranger.organization
    paths = [f"/a/{organization.slug}/", "/a/no-such/", f"/a/{organization.slug}/tasks/", "/a/acme/tasks/1/"]
    seen = {re.sub(r'value="[^"]+"', "", words(viewer.get(path), 404)) for path in paths}
    assert len(seen) == 1
    assert organization.name not in seen.pop()


def test_a_hostile_address_is_only_text(db):
    assert "<script>alert" not in words(Client().get("/%3Cscript%3Ealert(1)%3C/script%3E?%3Cscript%3Ealert"), 404)


@pytest.mark.parametrize(("path", "status"), [("/static/none.css", 404), ("/ping/x/y/z", 404)])
def test_machines_get_a_line_of_text(db, path, status):
    response = Client().get(path)
    assert response.status_code == status
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_an_unknown_path_of_a_dialect_is_told_in_its_words(db):
    response = Client().get("/v2/nothing/at/all")
    assert response.status_code == 404
    assert response.json() == {"error": "Not found."}


# -- Not allowed


def test_what_a_role_does_not_allow_is_said(viewer, organization):
    text = words(viewer.get("/a/acme/keys/"), 403)
    assert "Your role does not allow this" in text
    assert "the right admin" in text


@pytest.mark.parametrize("path", ["/a/acme/", "/account/password/"])
def test_a_page_that_takes_no_such_method_says_so(viewer, path):
    response = viewer.delete(path)
    assert "This page can't do that" in words(response, 405)
    assert "GET" in response["Allow"]
    assert f'href="{path}"' in response.content.decode()


def test_signing_out_is_no_page(viewer):
    response = viewer.get("/api/auth/logout/")
    assert response.status_code == 405
    assert response.json()["errors"][0]["code"] == "method_not_allowed"


# -- Not understood


def test_a_host_that_is_not_ours_is_refused(db):
    response = Client().get("/a/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "could not be understood" in response.content.decode()
    assert "evil" not in response.content.decode()


def test_a_bad_request_is_a_page(crash):
    assert "could not be understood" in words(crash(BadRequest("<b>")), 400)


def test_too_much_is_a_page(crash):
    assert "more than the server takes" in words(crash(RequestDataTooBig("much")), 413)


# -- Failed


def test_a_crash_needs_neither_database_nor_session(crash):
    text = words(crash(RuntimeError("<b>internals</b>")), 500)
    assert "Something went wrong" in text
    assert "<code>trace-me</code>" in text
    assert "internals" not in text


def test_a_database_that_is_away_is_a_page_that_says_when_to_come_back(crash):
    response = crash(OperationalError("connection to 10.0.0.1 refused"))
    text = words(response, 503)
    assert "The database did not answer" in text
    assert "10.0.0.1" not in text
    assert response["Retry-After"] == "1"
