"""Invitations: a link by mail, with which who is new chooses a password."""

import datetime
import re
import threading
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from dashboard import invitations, mails
from projects.models import Membership, Organization, User
from projects.scopes import Role

PASSWORD = "correct horse battery"
MEMBERS = "/a/acme/members/"


def join(organization, email, role, password=None, name=""):
    user = User.objects.create_user(email, password)
    return Membership.objects.create(organization=organization, user=user, role=role, display_name=name)


def browser_of(membership):
    browser = Client()
    browser.force_login(membership.user)
    return browser


@pytest.fixture
def owner(organization):
    return join(organization, "olivia@acme.example", Role.OWNER, PASSWORD, "Olivia")


@pytest.fixture
def add(owner):
    def _add(email="new@acme.example", **fields):
        return browser_of(owner).post(MEMBERS, {"email": email, "name": "", "role": "member", **fields}, follow=True)

    return _add


def link():
    (found,) = re.findall(r"^http\S+/account/\S+$", mail.outbox[-1].body, re.MULTILINE)
    return urlsplit(found).path


def choose(browser, path, password=PASSWORD):
    form = browser.get(path)
    assert form.status_code == 302
    return browser.post(form.url, {"new_password1": password, "new_password2": password})


def is_open(browser, path):
    """Whether the link, once opened, asks for a password."""
    return "new_password1" in browser.get(path, follow=True).content.decode()


def test_who_is_new_chooses_a_password_and_is_in(add):
    page = add(name="Nina").content.decode()
    assert "on its way to new@acme.example" in page
    (letter,) = mail.outbox
    assert letter.to == ["new@acme.example"]
    assert letter.subject == "Olivia invites you to Acme"
    assert "choose your password" in letter.body
    browser = Client()
    response = choose(browser, link())
    assert (response.status_code, response.url.rstrip("/")) == (302, "/a/acme")
    assert browser.get("/account/password/").status_code == 200
    assert Client().login(username="new@acme.example", password=PASSWORD)


def test_who_has_a_password_is_led_to_the_organization(add, stranger):
    known = join(stranger.organization, "new@acme.example", Role.OWNER, PASSWORD)
    add()
    assert "choose your password" not in mail.outbox[0].body
    assert Client().get(link()).url.rstrip("/") == "/a/acme"
    assert browser_of(known).get(link()).url.rstrip("/") == "/a/acme"
    known.user.refresh_from_db()
    assert known.user.check_password(PASSWORD)


def test_the_page_does_not_tell_whether_the_address_was_known(add, stranger):
    join(stranger.organization, "b@acme.example", Role.OWNER, PASSWORD, "Bertram of Globex")
    first, second = (add(f"{name}@acme.example").content.decode() for name in "ab")
    assert "Bertram" not in second
    shown = [re.search(r"<p class=.notice.*", page).group() for page in (first, second)]
    assert shown[0] == shown[1].replace("b@acme", "a@acme")


def test_a_link_is_good_for_one_password(add):
    add()
    path = link()
    early = Client()
    assert is_open(early, path)
    choose(Client(), path)
    assert early.post("/account/invitation", {"new_password1": "x" * 12, "new_password2": "x" * 12}).status_code == 410
    assert Client().get(path).url.rstrip("/") == "/a/acme"  # from now on it is a mere way
    assert Client().login(username="new@acme.example", password=PASSWORD)


def test_of_two_windows_one_sets_the_password(add):
    add()
    token = link().rstrip("/").split("/")[-1]
    assert invitations.choose_password(token, PASSWORD)
    assert invitations.choose_password(token, "another password") is None


def test_a_link_ends_after_seven_days(add, monkeypatch):
    add()
    path = link()
    for days, is_good in ((6.9, True), (7.1, False)):
        later = timezone.now() + datetime.timedelta(days=days)
        monkeypatch.setattr("time.time", lambda later=later: later.timestamp())
        assert is_open(Client(), path) is is_good


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda: Membership.objects.get(user__email="new@acme.example").delete(), id="no member any more"),
        pytest.param(lambda: Organization.objects.update(deleted=timezone.now()), id="organization deleted"),
        pytest.param(lambda: User.objects.filter(email="new@acme.example").update(is_active=False), id="shut out"),
        pytest.param(lambda: User.objects.filter(email="new@acme.example").update(email="x@y.example"), id="moved"),
    ],
)
def test_a_link_ends_with_what_it_was_for(add, end):
    add()
    end()
    response = Client().get(link())
    assert response.status_code == 410
    assert "has ended" in response.content.decode()


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "%C3%A9.x.y", "W10.1.2" * 40])
def test_a_link_of_ones_own_making_opens_nothing(db, token):
    assert Client().get(f"/account/invitation/{token}/").status_code == 410


def test_a_password_reset_token_is_no_invitation_and_the_other_way_round(add):
    add()
    token = link().rstrip("/").split("/")[-1]
    user = User.objects.get(email="new@acme.example")
    assert not is_open(Client(), f"/account/password-reset/{user.pk}/{token}/")


def test_without_a_link_there_is_no_form(db):
    assert Client().get("/account/invitation/").status_code == 410


def test_the_token_is_in_no_address_of_the_form(add):
    add()
    assert Client().get(link()).url.rstrip("/") == "/account/invitation"


def test_who_is_signed_in_as_somebody_else_is_told(add, owner, stranger):
    join(stranger.organization, "new@acme.example", Role.OWNER, PASSWORD)
    add()
    browser = browser_of(owner)
    page = browser.get(link()).content.decode()
    assert "new@acme.example" in page
    assert "you are signed in as" in page
    response = browser.post("/api/auth/logout", {"next": "/a/acme/"})
    assert response.url == "/a/acme/"


def test_choosing_a_password_starts_a_session_of_its_own(add, owner):
    add()
    browser = browser_of(owner)
    assert "You are signed in as <b>olivia@acme.example</b>" in browser.get(link(), follow=True).content.decode()
    key = browser.session.session_key
    choose(browser, link())
    assert browser.session.session_key != key
    assert browser.session["_auth_user_id"] == str(User.objects.get(email="new@acme.example").pk)


def test_a_weak_password_is_refused(add):
    add()
    response = choose(Client(), link(), "short")
    assert response.status_code == 422
    assert "too short" in response.content.decode()


# -- The mail --------------------------------------------------------------------------------------------------------


def test_a_mail_server_that_is_away_does_not_lose_the_member(add, owner, settings):
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    page = add().content.decode()
    assert "new@acme.example is a member, but the invitation is not on its way yet." in page
    assert "Connection refused." in page
    assert "Send the invitation again" in page
    member = Membership.objects.get(user__email="new@acme.example")
    settings.EMAIL_BACKEND = working
    page = browser_of(owner).post(f"{MEMBERS}{member.user_id}/", {"invite": "1"}, follow=True).content.decode()
    assert "on its way" in page
    assert is_open(Client(), link())


def test_a_mail_server_that_does_not_answer_holds_no_page(add, monkeypatch):
    answer = threading.Event()
    monkeypatch.setattr(mails, "WAIT", 0.05)
    monkeypatch.setattr(mails, "hand_over", lambda *_: answer.wait(10))
    page = add().content.decode()
    answer.set()
    assert "has not answered yet" in page
    assert "Send the invitation again" in page


def test_one_mailbox_is_not_flooded(add, owner):
    add()
    path = f"{MEMBERS}{User.objects.get(email='new@acme.example').pk}/"
    pages = [browser_of(owner).post(path, {"invite": "1"}, follow=True).content.decode() for _ in range(5)]
    assert len(mail.outbox) == invitations.MOST_TO_ONE
    assert "Too many invitations" in pages[-1]


HOSTILE = "Acme\r\nBcc: victim@example.org\n\nX<b>\u202egnp\u2028\x07"


def test_a_hostile_name_adds_no_line_and_no_header(add, owner, organization):
    Organization.objects.update(name=HOSTILE)
    Membership.objects.update(display_name=(HOSTILE * 20)[:255])
    add()
    message = mail.outbox[0].message()
    assert message["Bcc"] is None
    assert "\n" not in mail.outbox[0].subject
    assert not re.search(r"^Bcc", mail.outbox[0].body, re.MULTILINE)
    assert "X<b>gnp" in mail.outbox[0].body  # plain text: nothing to escape
    assert len(mail.outbox[0].subject) < 250
