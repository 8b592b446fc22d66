"""The list of tasks before the whole server: it moves by events, within a second or two, and asks for little else."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"
MAKE_A_MEMBER = """
from projects.models import Membership, Organization, User
organization = Organization.objects.get(slug="demo")
if not User.objects.with_email("ada@demo.example").exists():
    user = User.objects.create_user("ada@demo.example", "correct horse battery")
    Membership.objects.create(organization=organization, user=user, role="member")
"""


@pytest.fixture
def signed_in(chromium, server):
    server.manage("shell", "-c", MAKE_A_MEMBER)
    context = chromium.new_context(base_url=server.url, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto("/api/auth/login/")
    page.get_by_label("E-mail").fill("ada@demo.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    yield page
    context.close()


def first_row(page: Page):
    return page.locator("#rows tr").first


def test_a_list_moves_by_events(signed_in, server):
    page = signed_in
    page.goto("/a/demo/tasks/?project=demo")
    expect(page.locator("#state")).to_have_text("Live", timeout=20_000)
    task = server.request(
        "POST", "/api/demo/demo/tasks", {"name": "by.event", "status": "processing", "value": 1}
    ).json()
    expect(first_row(page)).to_contain_text("by.event")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    server.request("PATCH", f"/api/demo/demo/tasks/{task['id']}", {"value": 55})
    expect(first_row(page).locator("progress")).to_have_attribute("value", "55", timeout=4_000)
    assert asked == []  # the event said it all
    server.request("PATCH", f"/api/demo/demo/tasks/{task['id']}", {"status": "success", "value": 100})
    expect(first_row(page).locator(".badge")).to_have_text("success", timeout=4_000)
    expect(page.locator("#state")).to_have_text("Live")


def test_a_task_moves_by_events(signed_in, server):
    page = signed_in
    task = server.request("POST", "/api/demo/demo/tasks", {"name": "by.event", "status": "processing"}).json()
    page.goto(f"/a/demo/tasks/{task['id']}/")
    expect(page.locator("#state")).to_have_text("Live", timeout=20_000)
    server.request("PATCH", f"/api/demo/demo/tasks/{task['id']}", {"value": 55})
    expect(page.locator("#now b").first).to_have_text("55 %", timeout=4_000)
    server.request("PATCH", f"/api/demo/demo/tasks/{task['id']}", {"status": "error"})
    expect(page.locator("#history")).to_contain_text("processing → error", timeout=6_000)
