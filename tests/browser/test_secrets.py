"""Keys are shown once: copied, tried, and not found again."""

import shlex
import subprocess

import pytest
from playwright.sync_api import expect

from projects.models import ApiKey
from tasks.models import Task
from tests.browser.signing_in import sign_in
from tests.receivers import Reply, receiver  # noqa: F401 - a fixture

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_key_is_made_copied_tried_and_revoked(page, ada, live_server):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, "/a/acme/keys/")
    page.get_by_label("Name").fill("importer")
    page.get_by_label("Project", exact=False).last.select_option("web")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("heading", name="The key “importer” is made")).to_be_visible()
    key = page.locator("#secret").inner_text()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
    line = shlex.split(page.locator("#line").inner_text())
    answer = subprocess.run(line, capture_output=True, text=True, check=True, timeout=20)
    assert '"name":"hello"' in answer.stdout.replace(" ", "")
    assert key not in page.url
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")  # as the browser has kept it
    expect(page.get_by_text(key)).to_have_count(0)
    page.reload()
    page.go_back()  # and none of it is a second key
    assert ApiKey.objects.count() == 1
    expect(page.get_by_text(key)).to_have_count(0)

    page.get_by_role("link", name="importer").click()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Revoke the key").click()
    assert ApiKey.objects.get().revoked is None
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_text("The key “importer” is revoked.")).to_be_visible()
    answer = subprocess.run(line, capture_output=True, text=True, check=True, timeout=20)
    assert Task.objects.count() == 1
    assert "hello" not in answer.stdout


def test_a_key_is_copied_where_scripts_have_no_clipboard(page, ada):
    """As on a server without HTTPS in one's own network."""
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    sign_in(page, "/a/acme/keys/")
    page.get_by_label("Name").fill("importer")
    page.get_by_role("button", name="Make the key").click()
    key = page.locator("#secret").inner_text()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    page.get_by_role("link", name="I have copied it").click()
    page.get_by_label("Name").focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_label("Name")).to_have_value(key)
