"""manage.py bootstrap."""

import json
import shlex
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from projects.models import ApiKey, Membership, Organization, User
from projects.scopes import Role
from tests.client import Api

BASE_URL = "http://127.0.0.1:8123"
PLACES = f"The pages are at {BASE_URL}/a/, the API is at {BASE_URL}/api/"


@pytest.fixture
def bootstrap(db, settings):
    """What the command prints, in lines."""
    settings.BASE_URL = BASE_URL

    def _bootstrap():
        out = StringIO()
        call_command("bootstrap", stdout=out)
        return out.getvalue().splitlines()

    return _bootstrap


def link_in(lines):
    """The path of the link to a password."""
    (line,) = [line for line in lines if f"{BASE_URL}/account/" in line]
    return line.strip().removeprefix(BASE_URL)


def choose_password(browser, link, password="correct horse battery"):
    form = browser.get(link, follow=True).redirect_chain[-1][0]
    return browser.post(form, {"new_password1": password, "new_password2": password})


def test_the_first_start_makes_organization_project_owner_and_key(bootstrap):
    bootstrap()
    membership = Membership.objects.get()
    assert (membership.organization.slug, membership.role) == ("demo", Role.OWNER)
    key = ApiKey.objects.get()
    assert (key.project.slug, key.creator) == ("demo", membership.user)


def test_the_key_stands_alone_on_its_line(bootstrap):
    lines = bootstrap()
    (key,) = [line for line in lines if line and " " not in line]
    assert Api(key).get("/api/demo/demo/tasks").status_code == 200


def test_the_curl_line_creates_a_task(bootstrap):
    (line,) = [line for line in bootstrap() if line.startswith("curl")]
    words = shlex.split(line)
    assert words[:2] == ["curl", "-sS"]
    url = urlsplit(words[2])
    assert f"{url.scheme}://{url.netloc}" == BASE_URL
    options = list(zip(words[3::2], words[4::2], strict=True))
    headers = dict(value.split(": ") for option, value in options if option == "-H")
    (body,) = [value for option, value in options if option == "-d"]
    response = Client().generic("POST", url.path, body, headers["Content-Type"], headers=headers)
    assert response.status_code == 201
    assert response.json()["name"] == json.loads(body)["name"]


def test_the_owner_chooses_a_password_and_may_use_the_admin(bootstrap):
    lines = bootstrap()
    browser = Client()
    assert any("owner@demo.localhost" in line for line in lines)
    assert not User.objects.get().has_usable_password()
    assert choose_password(browser, link_in(lines)).status_code == 302
    assert browser.get("/admin/").status_code == 200
    assert Client().login(username="owner@demo.localhost", password="correct horse battery")


def test_the_owners_link_is_good_once(bootstrap):
    link = link_in(bootstrap())
    choose_password(Client(), link)
    assert "set-password" not in Client().get(link, follow=True).request["PATH_INFO"]


def test_later_starts_say_where_everything_is_and_change_nothing(bootstrap):
    choose_password(Client(), link_in(bootstrap()))
    user = User.objects.get()
    assert bootstrap() == [PLACES]
    assert (ApiKey.objects.count(), User.objects.get().password) == (1, user.password)


def test_until_the_owner_has_a_password_each_start_shows_a_way_to_one(bootstrap):
    bootstrap()
    assert choose_password(Client(), link_in(bootstrap())).status_code == 302
    assert ApiKey.objects.count() == 1


def test_a_server_that_is_in_use_gets_no_demo(bootstrap, organization):
    assert bootstrap() == [PLACES]
    assert not User.objects.exists()


def test_of_two_first_starts_at_once_one_makes_all(bootstrap, monkeypatch):
    choose_password(Client(), link_in(bootstrap()))
    monkeypatch.setattr(type(Organization.objects.all()), "exists", lambda *_: False)  # as the slower one saw it
    assert bootstrap() == [PLACES]
    assert (Organization.objects.count(), User.objects.count(), ApiKey.objects.count()) == (1, 1, 1)


def test_every_terminal_can_show_it(bootstrap):
    assert "\n".join(bootstrap()).isascii()
