"""Who is let in: `Authorization: Bearer KEY`, and the session of a person who signed in."""

import base64
import datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from projects import keyring, keys, last_used
from projects.models import ApiKey
from projects.scopes import Role, Scope
from taskapi.rest import limits
from tests.answers import assert_failed
from tests.client import Api

FAILED = {
    "type": "client_error",
    "errors": [
        {"code": "authentication_failed", "detail": "Incorrect authentication credentials.", "attr": None},
    ],
}
MISSING = {
    "type": "client_error",
    "errors": [
        {"code": "not_authenticated", "detail": "Authentication credentials were not provided.", "attr": None},
    ],
}


def get(header, path="/api/acme/web/tasks", **more):
    return Api(None).get(path, headers={"Authorization": header} if header is not None else {}, **more)


def bare(key):
    return base64.b64decode(key).decode().rpartition("/")[2]


@pytest.fixture
def clock(monkeypatch):
    """The process's own clock, to be moved by hand."""
    hand = SimpleNamespace(now=1000.0)
    for module in (keyring, limits):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: hand.now))
    return hand


# -- Forms of a key --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
@pytest.mark.parametrize("form", [str, bare], ids=["whole", "bare"])
@pytest.mark.parametrize("of_project", [True, False], ids=["project key", "organization key"])
def test_every_key_is_accepted_whole_or_bare(project, make_key, of_project, form, scheme):
    key = make_key(project if of_project else project.organization)
    assert get(f"{scheme} {form(key)}").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Bearer", id="no key"),
        pytest.param("Bearer ", id="an empty key"),
        pytest.param("Bearer no-such-key", id="no key of ours"),
        pytest.param("Bearer " + base64.b64encode(b"acme/web/no-such-secret").decode(), id="whole, of no secret"),
        pytest.param("Bearer " + base64.b64encode(b"\xff\xfe").decode(), id="no text within"),
        pytest.param("Bearer ü€", id="no ASCII"),
        pytest.param("Bearer " + "A" * 10_000, id="very long"),
        pytest.param("Bearer " + keys.make(), id="a secret that was never issued"),
        pytest.param("Bearer " + keys.encode("acme", "web", keys.make()), id="the same, whole"),
    ],
)
@pytest.mark.parametrize("path", ["/api/acme/web/tasks", "/api/organizations", "/api/nobody/nothing/tasks"])
def test_a_key_that_is_none_fails(project, header, path):
    response = get(header, path)
    assert (response.status_code, response.json()) == (401, FAILED)
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Token abc", "tak_abc"])
def test_without_a_bearer_key_nobody_is_authenticated(project, header):
    response = get(header)
    assert (response.status_code, response.json()) == (401, MISSING)
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_the_secret_alone_counts_not_the_names_written_before_it(project, make_key):
    key = keys.encode("globex", "other", bare(make_key(project)))
    assert get(f"Bearer {key}").status_code == 200


# -- Life of a key ---------------------------------------------------------------------------------------------------


def test_an_expired_key_fails_also_while_the_process_remembers_it(project, make_key):
    key = make_key(project, expires=timezone.now() + datetime.timedelta(seconds=2))
    assert get(f"Bearer {key}").status_code == 200
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=3), tick=False):
        assert get(f"Bearer {key}").json() == FAILED


def test_a_key_that_expired_long_ago_fails(project, make_key):
    key = make_key(project, expires=timezone.now() - datetime.timedelta(days=1))
    assert get(f"Bearer {key}").json() == FAILED


def test_a_revoked_key_fails(project, make_key):
    assert get(f"Bearer {make_key(project, revoked=timezone.now())}").json() == FAILED


def test_a_key_stops_at_once_in_the_process_that_revokes_it(admin, api, django_capture_on_commit_callbacks):
    assert api.get("tasks").status_code == 200
    row = ApiKey.objects.get(project__slug="web")
    with django_capture_on_commit_callbacks(execute=True):
        admin.delete(f"keys/{row.pk}")
    assert_failed(api.get("tasks"), 401, "authentication_failed")


@pytest.mark.django_db(transaction=True)
def test_forgetting_waits_for_the_commit(admin, api):
    api.get("tasks")
    admin.delete(f"keys/{ApiKey.objects.get(project__slug='web').pk}")
    assert_failed(api.get("tasks"), 401, "authentication_failed")


def test_a_key_that_another_process_revokes_stops_within_the_seconds_of_the_cache(api, clock):
    assert api.get("tasks").status_code == 200
    ApiKey.objects.update(revoked=timezone.now())
    clock.now += settings.TASKAPI_KEY_CACHE_SECONDS - 0.01
    assert api.get("tasks").status_code == 200
    clock.now += 0.02
    assert_failed(api.get("tasks"), 401, "authentication_failed")


def test_what_was_read_before_a_change_is_not_remembered(api, project, monkeypatch):
    find = keyring.find

    def find_and_change_meanwhile(*args):
        found = find(*args)
        ApiKey.objects.update(revoked=timezone.now())
        keyring.forget()
        return found

    monkeypatch.setattr(keyring, "find", find_and_change_meanwhile)
    assert api.get("tasks").status_code == 200
    monkeypatch.setattr(keyring, "find", find)
    assert_failed(api.get("tasks"), 401, "authentication_failed")


# -- Cost ------------------------------------------------------------------------------------------------------------


def test_a_key_costs_one_query_and_then_none(api, django_assert_num_queries):
    with django_assert_num_queries(2):
        api.get("/api/acme/projects")
    with django_assert_num_queries(1):
        api.get("/api/acme/projects")


def test_a_mistyped_key_costs_no_query(project, make_key, django_assert_num_queries):
    secret = bare(make_key(project))
    typo = secret[:20] + ("a" if secret[20] != "a" else "b") + secret[21:]
    with django_assert_num_queries(0):
        assert get(f"Bearer {typo}").json() == FAILED


# -- Last use --------------------------------------------------------------------------------------------------------


def test_the_last_use_is_written_outside_the_request(api, admin, django_assert_num_queries):
    api.get("tasks")
    with django_assert_num_queries(1):
        api.get("tasks")
    row = ApiKey.objects.get(project__slug="web")
    assert admin.get(f"keys/{row.pk}").json()["last_used"] is None
    last_used.flush()
    assert admin.get(f"keys/{row.pk}").json()["last_used"].endswith("Z")


def test_a_failed_key_leaves_no_trace_of_use(project, make_key):
    get(f"Bearer {make_key(project, revoked=timezone.now())}")
    last_used.flush()
    assert ApiKey.objects.get().last_used is None


# -- Scopes and reach ------------------------------------------------------------------------------------------------


def test_what_a_key_may_not_do_is_forbidden_and_what_it_may_not_see_is_missing(
    project, other_project, stranger, make_key
):
    key = f"Bearer {make_key(project, Scope.READ_TASKS)}"
    assert_failed(get(key, "/api/acme/web/tasks"), 403, "permission_denied")
    assert_failed(get(key, "/api/acme/billing/tasks"), 404, "not_found")
    assert_failed(get(key, "/api/globex/web/tasks"), 404, "not_found")
    assert_failed(get(key, "/api/acme/none/tasks"), 404, "not_found")


def test_the_admin_scope_implies_all(project, make_key):
    assert get(f"Bearer {make_key(project, Scope.ADMIN)}").status_code == 200


# -- Too many failures -----------------------------------------------------------------------------------------------


def test_an_address_that_fails_300_times_a_minute_has_to_wait_and_good_keys_work_on(project, make_key, clock):
    key = make_key(project)
    statuses = {get("Bearer wrong").status_code for _ in range(300)}
    assert statuses == {401}
    refused = get("Bearer wrong")
    assert_failed(refused, 429, "throttled")
    assert int(refused.headers["Retry-After"]) >= 1
    assert get("Bearer wrong", REMOTE_ADDR="192.0.2.7").status_code == 401
    assert get(f"Bearer {key}").status_code == 200
    clock.now += int(refused.headers["Retry-After"])
    assert get("Bearer wrong").status_code == 401


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", 429),  # of one network
        ("2001:db8::1", "2001:db8:0:1::1", 401),
        ("192.0.2.1", "192.0.2.2", 401),
        ("192.0.2.1", "::ffff:192.0.2.1", 429),
    ],
)
def test_who_has_a_whole_network_of_addresses_has_one_limit(project, settings, clock, first, second, status):
    settings.TASKAPI_FAILED_KEYS_PER_MINUTE = 2
    assert [get("Bearer wrong", REMOTE_ADDR=first).status_code for _ in range(3)] == [401, 401, 429]
    assert get("Bearer wrong", REMOTE_ADDR=second).status_code == status


# -- Sessions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [(Role.OWNER, 200, 201), (Role.ADMIN, 200, 201), (Role.MEMBER, 200, 201), (Role.VIEWER, 200, 403)],
    ids=list(Role),
)
def test_a_person_does_what_his_role_allows(project, join, sign_in, role, reads, writes):
    browser = sign_in(join(project.organization, "pat@acme.example", role))
    assert browser.get("web/tasks").status_code == reads
    assert browser.post("web/tasks", {"name": "export"}).status_code == writes


def test_a_person_signs_in_by_e_mail_however_it_is_capitalized(organization, owner):
    assert Client().login(username="OLIVIA@acme.example", password="correct horse battery")
    assert not Client().login(username="olivia@acme.example", password="wrong")


def test_a_person_finds_nothing_of_other_organizations(project, stranger, owner, sign_in):
    assert_failed(sign_in(owner).get("/api/globex/web/tasks"), 404, "not_found")
    assert_failed(sign_in(owner).get("/api/acme/none/tasks"), 404, "not_found")


def test_a_deactivated_person_is_nobody(project, owner, sign_in):
    browser = sign_in(owner)
    owner.is_active = False
    owner.save()
    assert_failed(browser.get("web/tasks"), 401, "not_authenticated")


def test_a_session_writes_with_a_csrf_token_alone(project, owner):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    body = {"data": {"name": "export"}, "content_type": "application/json"}
    assert browser.get("/api/acme/web/tasks").status_code == 200
    assert_failed(browser.post("/api/acme/web/tasks", **body), 403, "permission_denied")
    token = "a" * 32
    browser.cookies["csrftoken"] = token
    assert browser.post("/api/acme/web/tasks", headers={"X-CSRFToken": token}, **body).status_code == 201


def test_a_key_needs_no_csrf_token_and_goes_before_a_session(project, stranger, owner, make_key):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    headers = {"Authorization": f"Bearer {make_key(stranger)}"}
    body = {"data": {"name": "export"}, "content_type": "application/json"}
    assert browser.post("/api/globex/web/tasks", headers=headers, **body).status_code == 201
    assert browser.post("/api/acme/web/tasks", headers=headers, **body).status_code == 404
