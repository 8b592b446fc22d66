"""What people see of the API, in a browser."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from projects.models import Membership, User
from projects.scopes import Role
from tests.openapi import operations

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada(project) -> User:
    user = User.objects.create_user("ada@acme.example", "correct horse battery")
    Membership.objects.create(organization=project.organization, user=user, role=Role.ADMIN)
    return user


@pytest.fixture
def signed_in(page: Page, ada) -> Page:
    page.goto("/api/acme/web/tasks")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill("ada@acme.example")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/api/acme/web/tasks")
    return page


def test_the_docs_show_every_operation(page):
    page.goto("/api/docs/")
    expect(page.locator(".opblock")).to_have_count(len(operations()))
    page.locator("#operations-Tasks-task_create .opblock-summary-control").click()
    expect(page.locator("#operations-Tasks-task_create")).to_contain_text("Needs the scope create:tasks")


def test_the_reference_shows_every_operation(page):
    page.goto("/api/redoc/")
    # The page draws a long document, and makes an index of it: many seconds on a machine that is busy.
    expect(page.locator("[id^='tag/'][id*='/operation/']")).to_have_count(len(operations()), timeout=60_000)
    page.get_by_placeholder("Search...").fill("cancel")
    expect(page.locator("[data-role='search:results']")).to_contain_text("Cancel a task", timeout=60_000)


def test_a_member_signs_in_and_changes_a_task(signed_in):
    page = signed_in
    create = page.locator("form.send[data-methods=POST]")
    create.locator("textarea").fill(json.dumps({"name": "account.export", "value": 10}))
    create.get_by_role("button", name="POST").click()
    expect(page.locator(".status")).to_have_text("201 Created")
    page.locator(".json a").first.click()
    page.wait_for_url(re.compile("/tasks/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("account.export")

    update = page.locator("form.send[data-methods='PUT PATCH']")
    update.locator("textarea").fill(json.dumps({"value": 70}))
    update.get_by_role("button", name="PATCH").click()
    expect(page.locator(".json")).to_contain_text('"value": 70')

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Cancel a task").click()
    expect(page.locator(".status")).to_have_text("204 No Content")
    page.reload()
    expect(page.locator(".json")).to_contain_text('"status": "cancelled"')


def test_what_was_refused_is_there_to_be_mended(signed_in):
    page = signed_in
    create = page.locator("form.send[data-methods=POST]")
    create.locator("textarea").fill('{"name": ')
    create.get_by_role("button", name="POST").click()
    expect(page.locator(".status")).to_have_text("400 Bad Request")
    expect(create.locator("textarea")).to_have_value('{"name": ')


def test_a_filter_asks_for_what_was_filled_in_alone(signed_in):
    page = signed_in
    page.get_by_text("Filter", exact=True).click()
    page.locator("select[name=status]").select_option("error")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/tasks?status=error")
    expect(page.locator(".status")).to_have_text("200 OK")


def test_the_docs_try_out_as_who_signed_in(signed_in):
    page = signed_in
    page.goto("/api/docs/")
    operation = page.locator("#operations-Tasks-task_create")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_placeholder("org").fill("acme")
    operation.get_by_placeholder("project").fill("web")
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status")).to_contain_text("201")


def test_the_entry_leads_to_the_tasks_and_out_again(signed_in):
    page = signed_in
    page.goto("/api/")
    page.get_by_role("main").get_by_role("link", name="Tasks").click()
    page.wait_for_url("**/api/acme/web/tasks")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/api/")
    expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_window(signed_in, width):
    page = signed_in
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/api/", "/api/acme/web/tasks", "/api/acme/keys", "/api/organizations/acme"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
