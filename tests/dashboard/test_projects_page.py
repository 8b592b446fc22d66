"""Projects on their pages, and the page that leads to all that is set up."""

import re

import pytest
from django.test import Client

from dashboard.views.setup import ENTRIES
from projects.models import Project, User
from projects.scopes import Role
from tests.browsers import browser_of

SETUP = "/a/acme/setup/"
PROJECTS = "/a/acme/projects/"
WEB = f"{PROJECTS}web/"


def test_setting_up_leads_to_everything(admin_browser):
    page = admin_browser.get(SETUP).content.decode()
    ways = re.findall(r'<a class="tile" href="([^"]+)"><b>([^<]+)</b>', page)
    assert [label for _, label in ways] == [label for _, label, _ in ENTRIES]
    for href, label in ways:
        assert f"<h1>{label}" in admin_browser.get(href).content.decode(), href


def test_a_project_is_made(admin_browser, organization):
    response = admin_browser.post(PROJECTS, {"slug": "billing", "name": "Billing"}, follow=True)
    page = response.content.decode()
    assert "The project “Billing” is ready." in page
    assert 'href="/a/acme/projects/billing"' in page
    assert 'href="/a/acme/tasks?project=billing"' in page
    assert Project.objects.get(slug="billing").organization == organization


def test_nothing_yet_says_what_to_do(stranger):
    stranger.organization.projects.all().delete()
    assert (
        "No project yet." in browser_of(stranger.organization, Role.OWNER).get("/a/globex/projects/").content.decode()
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"slug": ""}, "This field is required", id="no slug"),
        pytest.param({"slug": "web"}, "There is a project “web” already.", id="taken"),
        pytest.param({"slug": "Bill ing"}, "lower-case letters", id="no slug at all"),
        pytest.param({"slug": "keys"}, "is a path of the API", id="a path of the API"),
        pytest.param({"slug": "x" * 64}, "at most 63", id="long slug"),
        pytest.param({"name": ""}, "This field is required", id="no name"),
        pytest.param({"name": "a\0"}, "Null characters", id="no text"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(admin_browser, fields, said):
    response = admin_browser.post(PROJECTS, {"slug": "kept-slug", "name": "Kept name", **fields})
    assert response.status_code == 422
    page = response.content.decode()
    assert said.lower() in page.lower()
    assert ("Kept name" if "slug" in fields else "kept-slug") in page
    assert Project.objects.count() == 1


@pytest.mark.parametrize("path", [PROJECTS, WEB])
def test_an_empty_form_is_refused_as_well(admin_browser, path):
    response = admin_browser.post(path)
    assert response.status_code == 422
    assert "This field is required" in response.content.decode()


def test_a_project_gets_another_name(admin_browser, project):
    page = admin_browser.post(WEB, {"name": "Shop"}, follow=True).content.decode()
    assert "The project has its new name." in page
    project.refresh_from_db()
    assert (project.slug, project.name) == ("web", "Shop")


def test_a_project_is_deleted_by_who_types_its_slug(admin_browser, organization, make_task):
    make_task()
    response = admin_browser.post(WEB, {"delete": "1", "confirm": "wob"})
    assert response.status_code == 422
    assert "Type “web” to delete the project with all its tasks." in response.content.decode()
    assert organization.projects.exists()
    page = admin_browser.post(WEB, {"delete": "1", "confirm": "web"}, follow=True).content.decode()
    assert "The project “Web” is deleted." in page
    assert not organization.projects.exists()
    assert admin_browser.get(WEB).status_code == 404


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_projects_are_set_up_by_administrators(organization, project, role):
    browser = browser_of(organization, role)
    for path in (SETUP, PROJECTS, WEB):
        assert browser.get(path).status_code == 403
    assert browser.post(PROJECTS, {"slug": "new", "name": "New"}).status_code == 403
    assert browser.post(WEB, {"delete": "1", "confirm": "web"}).status_code == 403
    assert [one.slug for one in organization.projects.all()] == ["web"]


def test_strangers_find_nothing(admin_browser, stranger):
    Project.objects.create(organization=stranger.organization, slug="theirs", name="Theirs")
    assert "Theirs" not in admin_browser.get(PROJECTS).content.decode()
    for path in (f"{PROJECTS}theirs/", "/a/globex/projects/", "/a/globex/projects/web/", "/a/globex/setup/"):
        assert admin_browser.get(path).status_code == 404, path
    for path in (f"{PROJECTS}theirs/", "/a/globex/projects/web/"):
        assert admin_browser.post(path, {"delete": "1", "confirm": "web"}).status_code == 404, path
    assert stranger.organization.projects.count() == 2


def test_forms_without_their_token_are_refused(admin_browser):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.get())
    assert careful.post(PROJECTS, {"slug": "new", "name": "New"}).status_code == 403
    assert careful.post(WEB, {"delete": "1", "confirm": "web"}).status_code == 403


def test_names_are_only_text(admin_browser, project):
    name = '<img src=x onerror=alert(1)>"onx='
    Project.objects.update(name=name)
    for path in (SETUP, PROJECTS, WEB):
        page = admin_browser.get(path).content.decode()
        assert "<img" not in page
        assert '"onx=' not in page
