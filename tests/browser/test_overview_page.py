"""The overview in a browser: charts that are seen, figures that move, and ways through it for everybody."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from monitors import checkins
from monitors.changes import create_monitor
from monitors.states import Signal
from projects.models import Membership, User
from projects.scopes import Role
from tasks import changes
from tasks.ends import count_ends

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery"
ALL = ("/a/acme/", "/a/acme/?project=web", "/a/acme/?project=web&span=7d", "/a/acme/?project=web&span=30d")


@pytest.fixture
def work(project, other_project):
    """Two days of tasks, some under way, and a monitor that is down."""
    now = timezone.now()
    ada = User.objects.create_user("ada@acme.example", PASSWORD)
    Membership.objects.create(organization=project.organization, user=ada, role=Role.ADMIN)
    for index in range(40):
        end = now - datetime.timedelta(hours=index, minutes=2)
        start = end - datetime.timedelta(seconds=5 + index * 3)
        fields = {"name": f"job.{index % 3}", "queue": "mails", "status": "processing"}
        task = changes.create_task(project, fields, now=start)
        status = "error" if index % 7 == 0 else "success"
        changes.update_task(project, task.public_id, {"status": status}, merge_tags=True, actor=None, now=end)
    changes.create_task(project, {"name": "job.1", "queue": "mails", "status": "processing"}, now=now)
    changes.create_task(project, {"name": "job.2", "queue": "images"}, now=now)
    changes.create_task(project, {"name": "job.2", "status": "stale"}, now=now)
    monitor = create_monitor(project, {"name": "Nightly backup", "interval": 3600}, now=now)
    checkins.ping(monitor.pk, Signal.FAILURE, now)
    while count_ends(now, 500):
        pass
    return project


def sign_in(page: Page, to: str = "/a/acme/?project=web") -> Page:
    page.goto(f"/api/auth/login/?next={to.replace('?', '%3F').replace('&', '%26')}")
    page.get_by_label("E-mail").fill("ada@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{to}")
    return page


def test_a_project_can_be_read_from_its_picture(page, work):
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Web")
    charts = page.get_by_role("img")
    expect(charts).to_have_count(2)  # those for a phone are not there for anybody
    expect(page.get_by_role("img", name="Throughput")).to_be_visible()
    assert page.locator("svg.on-desk .number").count() >= 24
    box = page.get_by_role("img", name="Throughput").bounding_box()
    assert box["width"] > 900
    expect(page.locator(".figure").first).to_contain_text("1running")
    expect(page.get_by_role("link", name="Nightly backup")).to_be_visible()


def test_from_all_projects_to_one_and_to_another_span_by_keyboard(page, work):
    sign_in(page, "/a/acme/")
    link = page.get_by_role("heading", name="Web").get_by_role("link")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/a/acme?project=web&span=24h")
    page.get_by_role("link", name="7 days").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**span=7d")
    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("heading", name="The last 7 days")).to_be_visible()
    summary = page.get_by_text("These figures as a table")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="When (UTC)")).to_be_visible()


def test_what_is_under_way_moves_and_what_was_opened_stays_open(page, work):
    sign_in(page)
    page.get_by_text("These figures as a table").click()
    expect(page.locator(".figure").first).to_contain_text("1running")
    changes.create_task(work, {"name": "job.1", "status": "processing"}, now=timezone.now())
    expect(page.locator(".figure").first).to_contain_text("2running", timeout=20_000)
    with page.expect_response(lambda response: "part=past" in response.url):
        page.evaluate("htmx.ajax('GET', document.getElementById('past').getAttribute('hx-get'), '#past')")
    expect(page.get_by_role("columnheader", name="When (UTC)")).to_be_visible()
    assert page.locator("#past").count() == 1


def test_once_the_session_is_over_the_page_asks_to_sign_in(page, work, context):
    sign_in(page)
    context.clear_cookies()
    page.evaluate("htmx.ajax('GET', document.getElementById('now').getAttribute('hx-get'), '#now')")
    page.wait_for_url("**/api/auth/login**")
    expect(page.get_by_label("Password")).to_be_visible()


def test_without_a_script_all_of_it_is_there(chromium, live_server, work):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = sign_in(context.new_page())
    expect(page.get_by_role("img", name="Throughput")).to_be_visible()
    page.locator(".head .menu summary").click()
    page.get_by_role("link", name="Billing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Billing")
    expect(page.get_by_text("Nothing has ended in this time.")).to_be_visible()
    context.close()


def test_on_a_phone_nothing_is_cut_off(page, work):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page)
    for path in ALL:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for width in (390, 360):
            page.set_viewport_size({"width": width, "height": 844})
            for link in page.get_by_role("navigation", name="Main").get_by_role("link").all():
                box = link.bounding_box()
                assert box["x"] + box["width"] <= width, link.text_content()
    page.goto(ALL[1])
    chart = page.get_by_role("img", name="Throughput")
    expect(chart).to_be_visible()
    expect(chart).to_have_attribute("viewBox", "0 0 360 230")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link")).to_have_count(5)
    number = chart.locator(".number").first.bounding_box()
    assert number["height"] >= 9  # readable, not a wide chart made small


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(chromium, live_server, work, scheme):
    context = chromium.new_context(base_url=live_server.url, color_scheme=scheme, bypass_csp=True)
    page = sign_in(context.new_page())
    for path in ALL:
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true }")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    context.close()
