"""One task in a browser: it moves, is changed, shared, and seen by whoever has its link."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from integrations.models import Attempt, Delivery
from tests.browser.test_tasks import ada, signed_in  # noqa: F401 - fixtures

TIME = {"date": "2026-05-04", "minutes": 90, "note": "w" * 300}
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def show(page, task):
    page.goto(f"/a/acme/tasks/{task['id']}/")
    return page


def test_the_page_moves_while_the_task_does(signed_in, make_task, api):  # noqa: F811
    task = make_task("export", status="processing", value=10)
    page = show(signed_in, task)
    page.get_by_text("Add an action").click()
    page.get_by_label("When").fill("95%, er")
    api.patch(f"tasks/{task['id']}", {"value": 60})
    expect(page.locator("#now b").first).to_have_text("60 %")
    api.patch(f"tasks/{task['id']}", {"status": "error"})
    expect(page.locator("#badge")).to_have_text("error")
    expect(page.locator("#history")).to_contain_text("processing → error")
    expect(page.get_by_label("When")).to_have_value("95%, er")
    expect(page.get_by_label("When")).to_be_focused()


def test_an_action_is_made_and_its_delivery_seen(signed_in, make_task, api):  # noqa: F811
    task = make_task("export", status="processing")
    page = show(signed_in, task)
    page.get_by_text("Add an action").click()
    page.get_by_label("When").fill("soon")
    page.get_by_label("E-mail addresses").fill("ops@acme.example")
    page.get_by_role("button", name="Add the action").click()
    expect(page.locator(".field.wrong .error")).to_contain_text("soon")
    page.get_by_label("When").fill("95%")
    page.get_by_role("button", name="Add the action").click()
    expect(page.get_by_text("The action is armed.")).to_be_visible()
    api.patch(f"tasks/{task['id']}", {"value": 96})
    expect(page.locator("#deliveries summary")).to_contain_text("95% → email")
    delivery = Delivery.objects.get()
    Attempt.objects.create(delivery=delivery, at=timezone.now(), duration_ms=5, error="nobody listens")
    page.locator("#deliveries summary").click()
    expect(page.locator("#deliveries")).to_contain_text("nobody listens")
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("It is sent again, at once.")).to_be_visible()


def test_a_task_is_edited(signed_in, make_task, api):  # noqa: F811
    task = make_task("export", status="processing", value=10, data={"a": 1}, tags={"env": "prod"})
    page = show(signed_in, task)
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Data").fill("{")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field.wrong")).to_contain_text("JSON parse error")
    page.get_by_label("Data").fill('{"b": "ü"}')
    page.get_by_label("Status").select_option("success")
    page.get_by_label("Description").fill("Two\nlines")
    page.get_by_label("Due on").fill("2026-05-01")
    page.get_by_label("Ada").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The task is changed.")).to_be_visible()
    found = api.get(f"tasks/{task['id']}?embed=plan").json()
    assert (found["status"], found["data"], found["value"]) == ("success", {"b": "ü"}, 10)
    assert found["tags"] == {"env": "prod"}
    assert (found["plan"]["description"], found["plan"]["due_date"]) == ("Two\nlines", "2026-05-01")
    assert len(found["plan"]["assignees"]) == 1


def test_a_form_that_was_refused_keeps_who_was_ticked(signed_in, ada, make_task, api):  # noqa: F811
    task = make_task("export", status="processing")
    page = show(signed_in, task)
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Ada").check()
    page.get_by_label("Hourly rate").fill("85,50")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field.wrong")).to_contain_text("Hourly rate")
    expect(page.get_by_label("Ada")).to_be_checked()
    page.get_by_label("Hourly rate").fill("85.50")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The task is changed.")).to_be_visible()
    plan = api.get(f"tasks/{task['id']}/plan").json()
    assert (plan["assignees"], plan["hourly_rate"]) == ([ada.pk], "85.50")


def test_the_link_is_copied_taken_back_and_given_anew(signed_in, make_task, context):  # noqa: F811
    page = show(signed_in, make_task("export", status="processing", value=40))
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    url = page.locator("#public-url").text_content()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == url
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take the link back").click()
    expect(page.get_by_text("This task has no public link.")).to_be_visible()
    assert page.request.get(url).status == 404
    page.get_by_role("button", name="Make a public link").click()
    expect(page.locator("#public-url")).not_to_have_text(url)
    assert page.request.get(page.locator("#public-url").text_content()).status == 200


def test_whoever_has_the_link_sees_it_move(page, make_task, api):
    task = make_task("nightly.import", status="processing", value=10, data={"secret": "x"})
    page.goto(task["public_url"])
    expect(page).to_have_title("nightly.import · processing")
    expect(page.locator("b")).to_have_text("10 %")
    api.patch(f"tasks/{task['id']}", {"value": 100, "status": "success"})
    expect(page.locator("b")).to_have_text("100 %")
    expect(page.locator(".badge")).to_have_text("success")
    expect(page).to_have_title("nightly.import · success")
    badge = page.request.get(task["public_url"] + "badge.svg")
    assert badge.headers["content-type"] == "image/svg+xml"


def test_the_pages_work_without_a_script(chromium, live_server, ada, make_task, client):  # noqa: F811
    task = make_task("plain", value=40)
    client.force_login(ada)
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = show(context.new_page(), task)
    page.get_by_role("button", name="Cancel the task").click()
    expect(page.get_by_text("The task is cancelled.")).to_be_visible()
    page.get_by_text("Report time").click()
    page.locator("#report-minutes").fill("soon")
    page.get_by_role("button", name="Report the time").click()
    expect(page.locator("#new-report .field.wrong")).to_contain_text("Write minutes")
    page.locator("#report-minutes").fill("1:30")
    page.get_by_role("button", name="Report the time").click()
    expect(page.locator("#plan")).to_contain_text("1 h 30 min")
    page.get_by_role("link", name="Change the report").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("The report is deleted.")).to_be_visible()
    expect(page.locator("#plan")).to_have_count(0)
    page.goto(urlsplit(task["public_url"]).path)
    expect(page.locator("b")).to_have_text("40 %")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nobody_is_shut_out(signed_in, ada, make_task, api, scheme, width):  # noqa: F811
    action = {"trigger": "50%", "integration": "email", "config": {"to": "ops@acme.example"}}
    task = make_task("x" * 255, status="processing", data={"long": "y" * 400}, tags={"t": "z" * 255}, actions=[action])
    make_task("part", parent=task["id"], status="success", value=100)
    api.patch(f"tasks/{task['id']}", {"value": 70})
    api.patch(f"tasks/{task['id']}/plan", {"description": "d" * 300, "due_date": "2026-05-01"})
    report = api.post(f"tasks/{task['id']}/time-reports", {**TIME, "user": ada.pk}).json()
    page = signed_in
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    place = f"/a/acme/tasks/{task['id']}/"
    for path, heading in (
        *((place, "xxx"), (f"{place}edit/", "xxx"), (task["public_url"], "xxx")),
        *((f"{place}time-reports/{report['id']}/", "Time report"), ("/a/acme/nothing/", "There is nothing here")),
    ):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(heading))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        for details in page.locator("main details").all():
            details.evaluate("it => it.open = true")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
