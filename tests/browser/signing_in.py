"""How a person signs in: by the form that any page leads to."""

import re

from playwright.sync_api import Page

PASSWORD = "correct horse battery"


def sign_in(page: Page, path: str) -> None:
    """As Ada, who gets to the page of that path."""
    page.goto(path)
    page.get_by_label("E-mail").fill("ada@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(re.escape(path) + "$"))
