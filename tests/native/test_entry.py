"""`/api/`: where a person or a program begins; and signing in."""

import pytest
from django.conf import settings
from django.test import Client

from projects.models import User
from projects.scopes import Role, Scope
from tests.client import Api

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_a_program_gets_links(path):
    body = Api(None).get(path).json()
    assert body["docs"] == "http://testserver/api/docs"
    assert body["organizations"] == []
    for name in ("docs", "redoc", "schema", "sign_in"):
        assert Client().get(body[name]).status_code == 200


def test_an_organization_key_sees_all_projects(admin, project, other_project):
    (organization,) = admin.get("/api/").json()["organizations"]
    assert [found["slug"] for found in organization["projects"]] == ["billing", "web"]
    for url in (organization["url"], organization["projects"][0]["url"], organization["projects"][0]["tasks"]):
        assert admin.get(url.removeprefix("http://testserver")).status_code == 200


def test_a_project_key_sees_its_project_alone(api, other_project):
    (organization,) = api.get("/api/").json()["organizations"]
    assert [found["slug"] for found in organization["projects"]] == ["web"]


def test_a_bad_key_is_told_so():
    assert Api("nonsense").get("/api/").status_code == 401


def test_the_root_leads_to_the_entry():
    assert Client().get("/").headers["Location"] in {"/api", "/api/"}


@pytest.mark.django_db
def test_a_browser_gets_a_page():
    response = Client().get("/api/", headers=HTML)
    assert response.status_code == 200
    assert "Sign in" in response.content.decode()


def test_a_member_sees_his_organizations_alone(organization, project, stranger, join, sign_in):
    page = sign_in(join(organization, "ada@acme.example")).get("/api/", headers=HTML).content.decode()
    assert "ada@acme.example" in page
    assert 'href="/api/acme/web/tasks"' in page
    assert "globex" not in page


def test_queries_do_not_grow_with_projects(admin, organization, make_key, django_assert_num_queries):
    for number in range(5):
        admin.post("projects", {"slug": f"p{number}", "name": "P"})
    key = make_key(organization, Scope.ADMIN)
    with django_assert_num_queries(3):  # the key, its organization, the projects
        assert len(Api(key).get("/api/").json()["organizations"][0]["projects"]) == 5


# -- Signing in and out ----------------------------------------------------------------------------------------------


@pytest.fixture
def ada(organization, join) -> User:
    return join(organization, "ada@acme.example", Role.MEMBER)


def sign_in_with(client: Client, **fields: str):
    return client.post(
        "/api/auth/login/", {"username": "ada@acme.example", "password": "correct horse battery", **fields}
    )


def test_signing_in_leads_back_to_where_one_was(ada):
    assert sign_in_with(Client(), next="/api/acme/web/tasks").headers["Location"] == "/api/acme/web/tasks"
    assert sign_in_with(Client()).headers["Location"] == "/a"


def test_signing_in_leads_to_no_other_host(ada):
    assert sign_in_with(Client(), next="https://evil.example/").headers["Location"] == "/a"


def test_the_case_of_an_address_does_not_matter(ada):
    assert sign_in_with(Client(), username="ADA@acme.example").status_code == 302


def test_a_wrong_password_says_no_more_than_that(ada):
    wrong = sign_in_with(Client(), password="wrong").content
    nobody = sign_in_with(Client(), username="nobody@acme.example").content
    assert b"do not belong together" in wrong
    assert b"do not belong together" in nobody


def test_guessing_passwords_is_slow(ada):
    answers = [
        sign_in_with(Client(), password="wrong").status_code for _ in range(settings.TASKAPI_SIGN_INS_PER_MINUTE)
    ]
    assert set(answers) == {200}
    refused = sign_in_with(Client())
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_signing_out_ends_the_session(ada):
    client = Client()
    sign_in_with(client)
    assert client.get("/api/acme/projects").status_code == 200
    assert client.post("/api/auth/logout").headers["Location"] == "/api/"
    assert client.get("/api/acme/projects").status_code == 401


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused():
    careful = Client(enforce_csrf_checks=True)
    page = careful.post("/api/auth/login/", {}, headers=HTML)
    assert page.status_code == 403
    assert page.headers["Content-Type"].startswith("text/html")
    assert careful.post("/api/auth/login/", {}).json()["errors"][0]["code"] == "permission_denied"


@pytest.mark.parametrize(("method", "path"), [("put", "/api/auth/login"), ("get", "/api/auth/logout")])
def test_other_methods_are_refused_as_everywhere(method, path):
    response = getattr(Client(), method)(path)
    assert response.status_code == 405
    assert response.json()["errors"][0]["code"] == "method_not_allowed"
    assert "POST" in response.headers["Allow"]
