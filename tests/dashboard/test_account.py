"""Passwords: forgotten, reset by a link that is good once, and changed."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from dashboard import mails
from projects.models import Membership, User
from projects.scopes import Role

PASSWORD = "correct horse battery"
NEW = "wrong donkey charger"
RESET = "/account/password-reset/"
CHANGE = "/account/password/"


@pytest.fixture(autouse=True)
def _no_thread(monkeypatch):
    """A mail is out before the answer is."""
    monkeypatch.setattr(mails, "in_background", lambda work: work())


@pytest.fixture
def ada(organization):
    user = User.objects.create_user("ada@acme.example", PASSWORD)
    Membership.objects.create(organization=organization, user=user, role=Role.MEMBER)
    return user


def signed_in():
    browser = Client()
    assert browser.login(username="ada@acme.example", password=PASSWORD)
    return browser


def is_signed_in(browser):
    return browser.get(CHANGE).status_code == 200


def ask(email="ada@acme.example", browser=None, **headers):
    return (browser or Client()).post(RESET, {"email": email}, **headers)


def link():
    """The path that the last mail leads to."""
    (found,) = re.findall(r"^http\S+/account/\S+$", mail.outbox[-1].body, re.MULTILINE)
    return urlsplit(found).path


def choose(browser, path, first=NEW, second=None):
    """Opens the link, and fills in the form that it leads to."""
    response = browser.get(path)
    assert response.status_code == 302, response.content
    return browser.post(response.url, {"new_password1": first, "new_password2": second or first})


# -- Forgotten -------------------------------------------------------------------------------------------------------


def test_the_sign_in_page_shows_the_way(db):
    assert f'href="{RESET.rstrip("/")}' in Client().get("/api/auth/login/").content.decode()


def test_a_forgotten_password_is_chosen_anew_by_mail(ada):
    browser = Client()
    assert ask(browser=browser).url.startswith(f"{RESET}sent")
    assert mail.outbox[0].to == ["ada@acme.example"]
    response = choose(browser, link())
    assert (response.status_code, response.url.rstrip("/")) == (302, "/a")
    assert is_signed_in(browser)
    assert Client().login(username="ada@acme.example", password=NEW)
    assert not Client().login(username="ada@acme.example", password=PASSWORD)


def test_the_answer_is_the_same_for_an_address_that_nobody_has(ada):
    known, unknown = ask(follow=True), ask("nobody@acme.example", follow=True)
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert [letter.to for letter in mail.outbox] == [["ada@acme.example"]]


def test_the_mail_goes_to_the_address_as_it_is_stored(ada):
    User.objects.create_user("mike@acme.example", PASSWORD)
    ask("MI\N{KELVIN SIGN}E@acme.example")  # another letter, which is a k in lower case
    assert {to for letter in mail.outbox for to in letter.to} <= {"mike@acme.example"}


def test_who_has_no_password_yet_gets_a_link_too(organization):
    user = User.objects.create_user("new@acme.example")
    ask("NEW@acme.example")
    assert choose(Client(), link()).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_nobody_gets_in_who_was_shut_out(ada):
    ask()
    path = link()
    User.objects.update(is_active=False)
    assert "new_password1" not in Client().get(path, follow=True).content.decode()
    ask()
    assert len(mail.outbox) == 1


def test_the_link_leads_here_whatever_name_the_request_calls_us_by(ada, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ask(HTTP_HOST="evil.example")
    assert "evil" not in mail.outbox[0].body
    assert f"{settings.BASE_URL}{RESET}" in mail.outbox[0].body


def test_a_link_is_good_once(ada):
    ask()
    path = link()
    choose(Client(), path)
    page = Client().get(path, follow=True).content.decode()
    assert "new_password1" not in page
    assert "Ask for a new link" in page


@pytest.mark.parametrize("change", [lambda path: path[:-2] + "x/", lambda path: path.replace("reset/", "reset/x")])
def test_a_link_of_ones_own_making_opens_nothing(ada, change):
    ask()
    assert "new_password1" not in Client().get(change(link()), follow=True).content.decode()


def test_the_token_is_in_no_address_of_the_form(ada):
    ask()
    path = link()
    response = Client().get(path)
    assert path.rstrip("/").split("/")[-1] not in response.url
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_one_mailbox_is_not_flooded(ada):
    assert {ask(REMOTE_ADDR=f"10.0.0.{number}").status_code for number in range(5)} == {302}
    assert len(mail.outbox) == 1


def test_an_address_that_asks_too_often_waits(ada, settings):
    settings.TASKAPI_SIGN_INS_PER_MINUTE = 2
    assert [ask(f"{number}@acme.example").status_code for number in range(3)] == [302, 302, 429]
    response = ask()
    assert "Too many tries" in response.content.decode()
    assert int(response.headers["Retry-After"]) > 0


def test_a_mail_server_that_is_away_is_for_the_log(ada, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert ask().status_code == 302
    assert "could not be sent" in caplog.text


def test_what_is_no_address_is_said_beside_the_field(db):
    response = ask("<b>ada")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Enter a valid email address." in page
    assert "&lt;b&gt;ada" in page


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        pytest.param(NEW, NEW + "!", "didn’t match", id="two different ones"),
        pytest.param("short", "short", "too short", id="too short"),
        pytest.param("ada@acme.example", "ada@acme.example", "too similar", id="the address itself"),
    ],
)
def test_a_password_that_is_not_good_enough_is_refused(ada, first, second, said):
    ask()
    response = choose(Client(), link(), first, second)
    assert response.status_code == 422
    assert said in response.content.decode()
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


# -- Changed ---------------------------------------------------------------------------------------------------------


def change(browser, old=PASSWORD, new=NEW):
    return browser.post(CHANGE, {"old_password": old, "new_password1": new, "new_password2": new})


def test_changing_the_password_ends_all_other_sessions(ada):
    here, elsewhere = signed_in(), signed_in()
    key = here.session.session_key
    response = change(here)
    assert (response.status_code, response.url.rstrip("/")) == (302, "/a")
    assert is_signed_in(here)
    assert here.session.session_key != key
    assert not is_signed_in(elsewhere)


def test_a_reset_ends_all_sessions(ada):
    elsewhere = signed_in()
    ask()
    choose(Client(), link())
    assert not is_signed_in(elsewhere)


def test_the_old_password_is_asked_for(ada):
    response = change(signed_in(), old="guess")
    assert response.status_code == 422
    assert "old password was entered incorrectly" in response.content.decode()


def test_guessing_the_old_password_is_slow(ada, settings):
    browser = signed_in()
    settings.TASKAPI_SIGN_INS_PER_MINUTE = 2
    assert [change(browser, old="guess").status_code for _ in range(3)] == [422, 422, 429]
    right, wrong = (change(browser, old=old).content.decode() for old in (PASSWORD, "guess"))
    assert "entered incorrectly" not in wrong
    assert "entered incorrectly" not in right


def test_who_has_to_wait_types_his_address_no_second_time(ada, settings):
    settings.TASKAPI_SIGN_INS_PER_MINUTE = 1
    ask()
    page = ask("bob@acme.example").content.decode()
    assert "Too many tries" in page
    assert 'value="bob@acme.example"' in page


def test_who_is_not_signed_in_signs_in_first(db):
    assert Client().get(CHANGE).url.startswith("/api/auth/login")


@pytest.mark.parametrize("path", [RESET, CHANGE])
def test_a_form_without_its_token_is_refused(ada, path):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(ada)
    assert careful.post(path, {"email": "ada@acme.example"}).status_code == 403


@pytest.mark.parametrize("path", [RESET, f"{RESET}sent", CHANGE])
def test_no_cache_keeps_the_pages(ada, path):
    assert "no-store" in signed_in().get(path)["Cache-Control"]
