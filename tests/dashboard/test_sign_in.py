"""The door for people: where it leads, and to whom it says what."""

import pytest
from django.contrib.auth import hashers
from django.test import Client

from projects.models import Membership, User
from projects.scopes import Role

PASSWORD = "correct horse battery"
SIGN_IN = "/api/auth/login/"


@pytest.fixture
def ada(organization):
    user = User.objects.create_user("ada@acme.example", PASSWORD)
    Membership.objects.create(organization=organization, user=user, role=Role.MEMBER)
    return user


def sign_in(browser, email="ada@acme.example", password=PASSWORD, **fields):
    return browser.post(SIGN_IN, {"username": email, "password": password, **fields})


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("https://evil.example/", id="another host"),
        pytest.param("//evil.example/", id="another host by its name alone"),
        pytest.param("/\\evil.example", id="a backslash, which browsers take for a slash"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("/api/auth/login/", id="here"),
        pytest.param("/api/auth/login", id="here without the slash"),
        pytest.param("/api/auth/login/?next=/a/", id="here, and from here on"),
        pytest.param("/admin/login/?next=/admin/", id="the other way in"),
    ],
)
def test_it_leads_neither_elsewhere_nor_to_itself(ada, place):
    browser = Client()
    assert sign_in(browser, next=place).url.rstrip("/") == "/a"
    for path in (SIGN_IN, SIGN_IN.rstrip("/")):  # and who is signed in already
        response = browser.get(path, {"next": place})
        assert (response.status_code, response.url.rstrip("/")) == (302, "/a")


def test_who_may_not_use_the_admin_is_told_so(ada):
    browser = Client()
    browser.force_login(ada)
    page = browser.get("/admin/", follow=True)
    assert [place for place, _ in page.redirect_chain] == ["/admin/login/?next=/admin/"]
    assert "signed in as <b>ada@acme.example</b>, who may not" in page.content.decode()
    User.objects.create_superuser("root@acme.example", PASSWORD)
    response = browser.post("/admin/login/?next=/admin/", {"username": "root@acme.example", "password": PASSWORD})
    assert response.url == "/admin/"
    assert browser.get("/admin/login/?next=/admin/").url == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_signing_in_begins_a_session_of_its_own(ada):
    browser = Client()
    browser.get("/account/invitation/x/")
    session = browser.session
    session["planted"] = "by somebody else"
    session.save()
    key = session.session_key
    sign_in(browser)
    assert browser.session.session_key != key


@pytest.mark.parametrize("email", ["ada@acme.example", "new@acme.example", "gone@acme.example", "nobody@acme.example"])
def test_how_long_a_wrong_password_takes_tells_nothing(ada, email, monkeypatch):
    User.objects.create_user("new@acme.example")
    User.objects.create_user("gone@acme.example", PASSWORD, is_active=False)
    hashed = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *args, **kwargs: hashed.append(1) or encode(*args, **kwargs))
    page = sign_in(Client(), email, "wrong").content.decode()
    assert "do not belong together" in page
    assert len(hashed) == 1
