"""What is set up by hand: keys, integrations, global actions, monitors, deliveries, planning."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from integrations.channels import create_channel
from integrations.delivering import deliver_due
from integrations.models import Attempt, Channel, Delivery
from monitors.changes import create_monitor
from monitors.checkins import ping
from monitors.models import Monitor
from monitors.states import Signal
from planning.custom_fields import create_field
from planning.workflow import create_status
from projects.models import ApiKey
from tasks.changes import create_task
from tasks.models import GlobalAction
from tests.browser.looks import too_narrow, violations
from tests.browser.signing_in import sign_in
from tests.receivers import Reply, receiver  # noqa: F401 - a fixture

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_webhook_is_made_and_tested(page, ada, receiver, settings):  # noqa: F811
    settings.TASKAPI_WEBHOOK_ALLOW = ["127.0.0.0/8"]
    receiver.answer(Reply(202, body=b"thank you"))
    sign_in(page, "/a/acme/integrations/")
    page.get_by_label("Slug").fill("ops")
    page.get_by_label("URL").fill(receiver.url)
    page.get_by_role("button", name="Make the integration").click()
    expect(page.locator("#secret")).to_contain_text("whsec_")
    page.get_by_role("link", name="I have copied it").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("It was taken")).to_be_visible()
    expect(page.get_by_text("thank you")).to_be_visible()
    assert len(receiver.requests) == 1
    receiver.answer(Reply(500, body=b"broken"))
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("The receiver answered 500.")).to_be_visible()
    expect(page.get_by_text("thank you")).to_have_count(0)


def test_an_action_is_made_and_its_delivery_seen(page, ada, project, organization, receiver, settings):  # noqa: F811
    settings.TASKAPI_WEBHOOK_ALLOW = ["127.0.0.0/8"]
    channel = {"kind": "webhook", "slug": "ops", "config": {"url": receiver.url}}
    create_channel(organization, channel, timezone.now())
    create_task(project, {"name": "export.daily", "status": "error"}, now=timezone.now())
    sign_in(page, "/a/acme/actions/new/")
    expect(page.get_by_text("It would have fired 1 time in the last 7 days.")).to_be_visible()
    page.get_by_label("Names that match").fill("^import")
    expect(page.get_by_text("It would have fired 0 times in the last 7 days.")).to_be_visible()
    page.get_by_label("Names that match").fill("^(import")
    expect(page.get_by_text("This can’t be tried yet")).to_be_visible()
    page.get_by_label("Names that match").fill("^export")
    expect(page.get_by_text("It would have fired 1 time in the last 7 days.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Failed exports")
    page.get_by_label("Send to").select_option("webhook:ops")
    page.get_by_role("button", name="Make the action").click()
    expect(page.get_by_role("row", name="Failed exports")).to_contain_text("webhook:ops")
    rule = GlobalAction.objects.get()
    assert (rule.trigger, rule.name_filter) == ("error,stale", "^export")

    organization.refresh_from_db()
    project.organization.rules_version = organization.rules_version
    create_task(project, {"name": "export.weekly", "status": "error"}, now=timezone.now())
    deliver_due()
    page.goto("/a/acme/deliveries/")
    expect(page.get_by_role("row", name="export.weekly")).to_contain_text("delivered")
    page.get_by_role("link", name="error").click()
    expect(page.get_by_text("answer 200")).to_be_visible()
    expect(page.locator(".json-body")).to_contain_text("task.triggered")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("It is sent again")).to_be_visible()
    assert Delivery.objects.get().status == "pending"


def test_a_monitor_is_made_by_keyboard_alone(page, ada):
    sign_in(page, "/a/acme/monitors/new/")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("nightly backup")
    for _ in range(3):  # project, kind, cron
        page.keyboard.press("Tab")
    page.keyboard.type("30 2 * * 1-5")
    page.keyboard.press("Tab")
    page.keyboard.type("Europe/Berlin")
    expect(page.get_by_text("Runs at 02:30 on weekdays, Europe/Berlin.")).to_be_visible()
    expect(page.locator(".runs li")).to_have_count(5)
    page.keyboard.press("Enter")
    expect(page.get_by_text("It waits for its first ping.")).to_be_visible()
    expect(page.get_by_role("heading", name="nightly backup")).to_be_visible()
    monitor = Monitor.objects.get()
    assert (monitor.cron, monitor.timezone) == ("30 2 * * 1-5", "Europe/Berlin")


def test_everything_is_set_up_without_a_script(chromium: Browser, live_server, ada, project):
    create_task(project, {"name": "export", "status": "error"}, now=timezone.now())
    plain = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.set_default_timeout(15_000)
    page = plain.new_page()
    sign_in(page, "/a/acme/actions/new/")
    page.get_by_label("Name", exact=True).fill("Failures")
    page.get_by_role("button", name="Try it on the last 7 days").click()
    expect(page.get_by_text("It would have fired 1 time")).to_be_visible()
    page.get_by_label("E-mail addresses").fill("ops@acme.example")
    page.get_by_role("button", name="Make the action").click()
    expect(page.get_by_role("row", name="Failures")).to_contain_text("enabled")

    page.goto("/a/acme/monitors/new/")
    page.get_by_label("Name", exact=True).fill("hourly")
    page.get_by_label("every so often").check()
    page.get_by_label("Every", exact=False).nth(1).fill("1 hour")
    page.get_by_role("button", name="Show its next runs").click()
    expect(page.get_by_text("Runs every hour.")).to_be_visible()
    page.get_by_role("button", name="Make the monitor").click()
    expect(page.get_by_text("It waits for its first ping.")).to_be_visible()

    page.goto("/a/acme/integrations/?kind=email")
    page.get_by_label("Slug").fill("ops")
    page.get_by_label("E-mail addresses").fill("ops@acme.example")
    page.get_by_role("button", name="Make the integration").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("It was taken")).to_be_visible()

    page.goto("/a/acme/keys/")
    page.get_by_label("Name").fill("importer")
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("#secret")).to_be_visible()
    page.goto("/a/acme/custom-fields/")
    page.get_by_label("Name").fill("Customer")
    page.get_by_role("button", name="Make the field").click()
    expect(page.get_by_role("row", name="Customer")).to_be_visible()
    plain.close()


@pytest.fixture
def furnished(project, other_project) -> list[str]:
    """Paths of pages that have something to show, with names that are long."""
    organization, now = project.organization, timezone.now()
    long_name = "The nightly export of all accounts with a name of its own that does not end"
    key, _ = ApiKey.objects.issue(organization, project, name=long_name)
    ApiKey.objects.issue(organization, name="gone", revoked=now, scopes=["admin"])
    url = "https://hooks.example.org/a/very/long/path/that/does/not/end/before/the/window/does?token=0123456789"
    hook, _ = create_channel(organization, {"kind": "webhook", "slug": "ops-of-all", "config": {"url": url}}, now)
    create_channel(organization, {"kind": "email", "slug": "ops", "config": {"to": "ops@acme.example"}}, now)
    Channel.objects.filter(slug="ops").update(enabled=False)
    rule = GlobalAction.objects.create(
        organization=organization,
        name=long_name,
        integration="webhook:ops-of-all",
        trigger="error,stale,monitor_down,95%,*/30",
        name_filter="^account",
        failures_in_row=3,
        snooze_until=now + datetime.timedelta(hours=2),
        created=now,
        updated=now,
    )
    monitor = create_monitor(project, {"name": long_name, "cron": "30 2 * * 1-5", "timezone": "Europe/Berlin"}, now=now)
    for signal in (Signal.SUCCESS, Signal.FAILURE, Signal.SUCCESS):
        ping(monitor.pk, signal, now)
    task = create_task(project, {"name": long_name, "status": "error"}, monitor_id=monitor.pk, now=now)
    body = '{"type": "task.triggered", "data": {"task": {"name": "' + "x" * 200 + '"}}}'
    delivery = Delivery.objects.create(
        organization=organization,
        project=project,
        integration="webhook:ops-of-all",
        task_id=task.public_id,
        point="error",
        body=body,
        status="failed",
        due_at=now,
        created=now,
        finished=now,
        attempt_count=1,
    )
    Attempt.objects.create(
        delivery=delivery, at=now, status=500, duration_ms=12, error="The receiver answered 500.", response="y" * 300
    )
    status = create_status(project, {"name": long_name, "status": "processing"})
    choices = [long_name, "Small"]
    field = create_field(organization, {"name": long_name, "type": "choice", "choices": choices}, now=now)
    return [
        *(
            "setup/",
            "projects/",
            "projects/web/",
            "keys/",
            f"keys/{key.pk}/",
            "integrations/",
            f"integrations/{hook.pk}/",
            "actions/",
            "actions/new/",
        ),
        *(f"actions/{rule.pk}/", "monitors/", "monitors/new/", f"monitors/{monitor.pk}/", "deliveries/"),
        *(f"deliveries/{delivery.public_id}/", "workflow-statuses/?project=web", f"workflow-statuses/{status.pk}/"),
        *("custom-fields/", f"custom-fields/{field.pk}/"),
    ]


def test_every_page_is_accessible_and_fits_each_window(page, ada, furnished):
    sign_in(page, "/a/acme/setup/")
    found = []
    for path in furnished:
        page.goto(f"/a/acme/{path}")
        assert too_narrow(page) == [], path
        found += violations(page)
    page.goto("/a/acme/keys/")
    page.get_by_label("Name").fill("importer")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_text("Copy it now")).to_be_visible()
    assert too_narrow(page) == []
    found += violations(page)
    assert found == []
