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


@pytest.fixture
def bootstrap(db, settings):
    """What the command prints, in lines."""
    settings.BASE_URL = BASE_URL

    def _bootstrap():
        out = StringIO()
        call_command("bootstrap", stdout=out)
        return out.getvalue().splitlines()

    return _bootstrap


def password_in(lines):
    (line,) = [line for line in lines if "password" in line]
    return line.split()[-1]


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


def test_the_owner_signs_in_with_the_password_and_may_use_the_admin(bootstrap):
    lines = bootstrap()
    browser = Client()
    assert any("owner@demo.localhost" in line for line in lines)
    assert any(f"{BASE_URL}/api/" in line for line in lines)
    assert browser.login(username="owner@demo.localhost", password=password_in(lines))
    assert browser.get("/admin/").status_code == 200


def test_later_starts_say_where_the_api_is_and_change_nothing(bootstrap):
    bootstrap()
    user = User.objects.get()
    assert bootstrap() == [f"The API is at {BASE_URL}/api/"]
    assert (ApiKey.objects.count(), User.objects.get().password) == (1, user.password)


def test_a_server_that_is_in_use_gets_no_demo(bootstrap, organization):
    assert bootstrap() == [f"The API is at {BASE_URL}/api/"]
    assert not User.objects.exists()


def test_of_two_first_starts_at_once_one_makes_all(bootstrap, monkeypatch):
    bootstrap()
    monkeypatch.setattr(type(Organization.objects.all()), "exists", lambda *_: False)  # as the slower one saw it
    assert bootstrap() == [f"The API is at {BASE_URL}/api/"]
    assert (Organization.objects.count(), User.objects.count(), ApiKey.objects.count()) == (1, 1, 1)


def test_every_terminal_can_show_it(bootstrap):
    assert "\n".join(bootstrap()).isascii()
