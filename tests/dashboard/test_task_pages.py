"""The pages that a task's `url` and `public_url` lead to."""

from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from projects.models import Membership, User
from tasks.sharing import share_task


@pytest.fixture
def member(organization):
    user = User.objects.create_user("ada@acme.example")
    Membership.objects.create(organization=organization, user=user, role="viewer")
    return user


@pytest.fixture
def outsider(stranger):
    user = User.objects.create_user("eve@globex.example")
    Membership.objects.create(organization=stranger.organization, user=user, role="owner")
    return user


@pytest.fixture
def task(make_task):
    return make_task("nightly.import", value=40, data={"<script>": "<b>"}, tags={"env": "prod"}, status="processing")


def browser(user=None):
    client = Client()
    if user:
        client.force_login(user)
    return client


def path(url):
    return urlsplit(url).path


def test_a_member_sees_the_task_behind_its_url(task, member):
    response = browser(member).get(path(task["url"]))
    assert response.status_code == 200
    page = response.content.decode()
    assert "nightly.import" in page
    assert "40 of 100" in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_the_page_shows_parts_actions_and_history(task, make_task, api, member):
    make_task("nightly.import.part", parent=task["id"])
    api.patch(f"tasks/{task['id']}", {"status": "error", "actions": [ACTION]})
    page = browser(member).get(path(task["url"])).content.decode()
    assert "nightly.import.part" in page
    assert "95%" in page
    assert "processing → error" in page


ACTION = {"trigger": "95%", "integration": "email", "config": {"to": "a@example.org"}}


def test_who_is_not_signed_in_is_asked_to(task):
    response = browser().get(path(task["url"]))
    assert response.status_code == 302
    assert response.url.startswith("/api/auth/login?next=/a/acme/")


def test_a_member_of_another_organization_finds_nothing(task, outsider):
    assert browser(outsider).get(path(task["url"])).status_code == 404
    assert browser(outsider).get(path(task["url"]).replace("acme", "globex")).status_code == 404


def test_the_public_link_shows_the_essentials_to_anybody(task):
    page = browser().get(path(task["public_url"])).content.decode()
    assert "nightly.import" in page
    assert "40 of 100" in page
    assert "prod" not in page


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda parts: [*parts[:-2], "guess", ""], id="wrong token"),
        pytest.param(lambda parts: [*parts[:-2], "%00", ""], id="NUL in the token"),
        pytest.param(lambda parts: [*parts[:-3], "not-an-id", *parts[-2:]], id="no id"),
    ],
)
def test_a_public_link_that_is_not_the_tasks_own_is_a_404(task, change):
    wrong = "/".join(change(path(task["public_url"]).split("/")))
    assert browser().get(wrong).status_code == 404


def test_pages_are_not_kept_by_caches(task):
    assert "no-store" in browser().get(path(task["public_url"]))["Cache-Control"]


def test_a_public_link_that_was_taken_back_is_gone_for_good(task, project, api):
    public_id = UUID(task["id"])
    share_task(project, public_id, False, timezone.now())
    assert browser().get(path(task["public_url"])).status_code == 404
    assert api.get(f"tasks/{task['id']}").json()["public_url"] is None
    share_task(project, public_id, True, timezone.now())
    shared = api.get(f"tasks/{task['id']}").json()["public_url"]
    assert shared != task["public_url"]
    assert browser().get(path(task["public_url"])).status_code == 404
    assert browser().get(path(shared)).status_code == 200


def test_sharing_what_is_shared_keeps_its_link(task, project, api):
    share_task(project, UUID(task["id"]), True, timezone.now())
    assert api.get(f"tasks/{task['id']}").json()["public_url"] == task["public_url"]
