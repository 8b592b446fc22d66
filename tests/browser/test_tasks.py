"""The list of tasks in a browser: it moves, and the reader keeps his place."""

import os
import re
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from projects.models import ApiKey, Membership, User

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"
MOVING = re.compile("Live|Every 5 s")
LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"  # as after the reader has come back to the page
expect.set_options(timeout=20_000)  # a page looks every five seconds
SDK = """
import sys
from taskbadger import StatusEnum, Task
from taskbadger.sdk import _init
_init(host=sys.argv[1], token=sys.argv[2])
task = Task.create("sdk.export", status=StatusEnum.PROCESSING)
for line in sys.stdin:
    word = line.strip()
    if word == "done":
        task.success(value=100)
    else:
        task.update_value(int(word))
    print("ok", flush=True)
"""


@pytest.fixture
def ada(project):
    user = User.objects.create_user("ada@acme.example", PASSWORD)
    Membership.objects.create(organization=project.organization, user=user, role="admin", display_name="Ada")
    return user


@pytest.fixture
def signed_in(page: Page, ada) -> Page:
    page.goto("/api/auth/login/")
    page.get_by_label("E-mail").fill("ada@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    return page


@pytest.fixture
def sdk(live_server, project):
    """A program with the official SDK, which does what it is told line by line."""
    _, key = ApiKey.objects.issue(project.organization, project, name="worker", scopes=["create:tasks", "update:tasks"])
    process = subprocess.Popen(
        [sys.executable, "-c", SDK, live_server.url, key],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("TASKBADGER")},
    )

    def tell(word):
        process.stdin.write(f"{word}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ok\n"

    yield tell
    process.communicate(timeout=20)


def row(page, name):
    return page.locator("#rows tr", has_text=name)


def test_the_list_moves_while_the_sdk_updates_a_task(signed_in, make_task, sdk):
    make_task("first.task")
    page = signed_in
    page.goto("/a/acme/tasks/")
    expect(page.locator("#state")).to_have_text(MOVING)
    sdk("10")
    expect(row(page, "sdk.export")).to_contain_text("10 %")
    expect(row(page, "sdk.export").locator(".badge")).to_have_text("processing")
    expect(page.locator("#rows tr").first).to_contain_text("sdk.export")
    sdk("80")
    expect(row(page, "sdk.export").locator("progress")).to_have_attribute("value", "80")
    sdk("done")
    expect(row(page, "sdk.export").locator(".badge")).to_have_text("success")
    expect(page.locator("#tabs")).to_contain_text("success 1")


def test_a_reader_below_the_top_keeps_his_place(signed_in, make_task):
    for number in range(40):
        make_task(f"old.{number}")
    page = signed_in
    page.goto("/a/acme/tasks/")
    old = row(page, "old.5")
    old.scroll_into_view_if_needed()
    place = old.bounding_box()["y"]
    first, second = make_task("new.one"), make_task("new.two")
    button = page.get_by_role("button", name="2 new tasks")
    expect(button).to_be_visible()
    expect(row(page, "new.one")).to_have_count(0)
    assert old.bounding_box()["y"] == pytest.approx(place, abs=2)
    button.click()
    expect(page.locator("#rows tr").first).to_contain_text(second["name"])
    expect(row(page, first["name"])).to_be_visible()
    expect(page.get_by_role("button", name="new task")).to_have_count(0)


def test_ticked_boxes_and_focus_stay_while_the_list_moves(signed_in, make_task, api):
    ticked, other = make_task("ticked"), make_task("other", status="processing", value=1)
    page = signed_in
    page.goto("/a/acme/tasks/")
    box = page.get_by_label("Choose ticked")
    box.check()
    expect(page.locator("#chosen-count")).to_have_text("1 chosen")
    api.patch(f"tasks/{other['id']}", {"value": 77})
    make_task("arrived")
    expect(row(page, "other")).to_contain_text("77 %")
    expect(page.get_by_role("button", name="1 new task")).to_be_visible()
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Cancel the chosen tasks").click()
    expect(page.get_by_text("1 task is cancelled.")).to_be_visible()
    assert api.get(f"tasks/{ticked['id']}").json()["status"] == "cancelled"
    assert api.get(f"tasks/{other['id']}").json()["status"] == "processing"


def test_a_filter_is_an_address_that_can_be_shared(signed_in, make_task, context):
    make_task("nightly.import", status="error")
    make_task("nightly.export", status="error")
    make_task("other")
    page = signed_in
    page.goto("/a/acme/tasks/")
    page.get_by_label("Search by name").fill("nightly")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="error 2").click()
    page.get_by_text("More filters").click()
    page.get_by_label("Name, exactly").fill("nightly.import")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#rows tr")).to_have_count(1)
    shared = context.new_page()
    shared.goto(page.url)
    expect(shared.locator("#rows tr")).to_have_count(1)
    expect(shared.get_by_label("Name, exactly")).to_have_value("nightly.import")
    shared.close()
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("#rows tr")).to_have_count(3)


def test_it_says_when_the_server_is_away_and_comes_back(signed_in, make_task):
    make_task("before")
    page = signed_in
    page.goto("/a/acme/tasks/")
    expect(page.locator("#state")).to_have_text(MOVING)
    page.evaluate("() => { window.EventSource = class extends EventTarget { close() {} } }")
    page.evaluate("() => { window.real = fetch; window.fetch = () => Promise.reject(new Error('away')) }")
    page.evaluate(LOOK_AGAIN)
    expect(page.locator("#state")).to_have_text("Reconnecting")
    make_task("after")
    page.evaluate("() => { window.fetch = real }")
    page.evaluate(LOOK_AGAIN)
    expect(row(page, "after")).to_be_visible()
    expect(page.locator("#state")).to_have_text("Every 5 s")


def test_it_stops_when_the_reader_was_signed_out(signed_in, make_task, context):
    make_task()
    page = signed_in
    page.goto("/a/acme/tasks/")
    context.clear_cookies()
    page.evaluate(LOOK_AGAIN)
    expect(page.locator("#state")).to_have_text("Stopped: reload the page")


def test_the_keyboard_is_enough(signed_in, make_task):
    make_task("by.keyboard")
    page = signed_in
    page.goto("/a/acme/tasks/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.get_by_label("Search by name").focus()
    page.keyboard.type("keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**name_contains=keyboard")
    page.get_by_label("Choose by.keyboard").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Cancel the chosen tasks")).to_be_visible()
    page.get_by_role("link", name="by.keyboard").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("by.keyboard")


def test_all_of_it_works_without_a_script(chromium, live_server, ada, make_task, client):
    make_task("plain")
    client.force_login(ada)
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/a/acme/tasks/")
    expect(page.locator("#state")).to_be_hidden()
    page.get_by_label("Search by name").fill("plain")
    page.get_by_role("button", name="Search").click()
    page.get_by_label("Choose plain").check()
    page.get_by_role("button", name="Cancel the chosen tasks").click()
    expect(page.get_by_text("1 task is cancelled.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nobody_is_shut_out(signed_in, make_task, scheme, width):
    parent = make_task("a.parent", status="processing", value=40, tags={"env": "prod", "long": "x" * 255})
    make_task("part", parent=parent["id"], status="success")
    make_task("x" * 255, status="error", value=10)
    page = signed_in
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    for query in ("", "?created_after=soon&status=error", "?name=none"):
        page.goto(f"/a/acme/tasks/{query}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Tasks")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
