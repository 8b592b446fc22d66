"""Passwords and invitations, from the mail to the page."""

import re
import time

import pytest
from django.core import mail
from playwright.sync_api import Browser, Page, expect

from projects.models import Membership, User
from projects.scopes import Role
from tests.browser.looks import violations

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"
NEW = "wrong donkey charger"


@pytest.fixture
def ada(project) -> User:
    user = User.objects.create_user("ada@acme.example", PASSWORD)
    Membership.objects.create(organization=project.organization, user=user, role=Role.OWNER, display_name="Ada")
    return user


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.goto("/account/password/")
    page.get_by_label("E-mail").fill("ada@acme.example")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/account/password/?$"))


def link() -> str:
    """From the last mail, which another thread sends."""
    until = time.monotonic() + 10
    while not mail.outbox and time.monotonic() < until:
        time.sleep(0.05)
    (found,) = re.findall(r"^http\S+/account/\S+$", mail.outbox[-1].body, re.MULTILINE)
    return found


def choose(page: Page, password: str) -> None:
    page.get_by_label("New password").fill(password)
    page.get_by_label("The same once more").fill(password)
    page.get_by_label("The same once more").press("Enter")


def test_a_forgotten_password_is_chosen_anew(page, ada):
    page.goto("/api/auth/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("ada@acme.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    page.goto(link())
    expect(page.get_by_label("New password")).to_be_focused()
    assert "set-password" in page.url
    choose(page, NEW)
    page.wait_for_url(re.compile(r"/a/\w+/?$"))
    expect(page.get_by_text("You have a new password, and are signed in.")).to_be_visible()


def test_the_password_is_changed_by_keyboard_alone(page, ada):
    sign_in(page)
    expect(page.get_by_label("Old password")).to_be_focused()  # autofocus may come after the page
    for text in (PASSWORD, NEW, NEW):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Change the password")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/a/\w+/?$"))
    ada.refresh_from_db()
    assert ada.check_password(NEW)


def test_signing_out_ends_the_session(page, ada):
    page.goto("/a/acme/members/")
    page.get_by_label("E-mail").fill("ada@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("summary", has_text="Ada").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/a/acme/members/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_an_invitation_is_followed_without_a_script(chromium: Browser, context, live_server, ada, organization):
    new = Membership.objects.create(organization=organization, user=User.objects.create_user("new@acme.example"))
    plain = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = plain.new_page()
    sign_in(page)
    page.goto(f"/a/acme/members/{new.user_id}/")
    page.get_by_role("button", name="Send the invitation again").click()
    expect(page.get_by_text("is on its way to new@acme.example")).to_be_visible()
    page.context.clear_cookies()
    page.goto(link())
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Acme")
    choose(page, NEW)
    page.wait_for_url(re.compile(r"/a/acme/?$"))
    expect(page.get_by_text("Welcome to Acme.")).to_be_visible()
    plain.close()


def test_every_page_is_accessible_and_fits_a_phone(page, ada):
    page.set_viewport_size({"width": 390, "height": 844})
    found = []

    def look() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
        found.extend(violations(page))

    for path in ("/api/auth/login/", "/account/password-reset/", "/account/password-reset/sent/"):
        page.goto(path)
        look()
    page.goto("/account/password-reset/")
    page.get_by_label("E-mail").fill("ada@acme.example")
    page.get_by_role("button", name="Send me the link").click()
    page.goto(link())
    look()
    page.goto("/account/password-reset/x/y/")
    look()
    sign_in(page)
    look()
    assert found == []
