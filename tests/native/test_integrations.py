"""/api/{org}/integrations: channels, their secrets, and test messages to them."""

import datetime
import io
import json
import logging

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from integrations.channels import check_action, create_channel, disable
from integrations.models import Channel, Delivery
from integrations.sealing import unseal
from projects.scopes import Role, Scope
from taskapi.logs import formatter
from tests.answers import assert_failed, assert_refused
from tests.client import Api
from tests.receivers import Reply, receiver  # noqa: F401 - a fixture

FIELDS = {"id", "kind", "slug", "integration", "name", "config", "enabled", "created", "updated"}
URL = "https://hooks.example.org/tasks?team=ops"
WEBHOOK = {"kind": "webhook", "slug": "ops", "config": {"url": URL}}
EMAIL = {"kind": "email", "slug": "ops", "config": {"to": "a@acme.example, b@acme.example"}}
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops"
APPRISE = {"kind": "apprise", "slug": "ops", "config": {"url": SLACK}}
KINDS = [pytest.param(body, id=body["kind"]) for body in (WEBHOOK, EMAIL, APPRISE)]


def make(caller, body, **fields):
    """The channel as the answer to its POST shows it, and its secret."""
    response = caller.post("integrations", {**body, **fields})
    assert response.status_code == 201, response.content
    shown = response.json()
    return shown, shown.pop("secret")


@pytest.fixture
def log(monkeypatch):
    """All that is logged, as it is written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter("json"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    return stream


def stored(channel):
    """The columns of a channel's row, as text."""
    return str(Channel.objects.filter(pk=channel["id"]).values().get())


# -- Making, reading, changing, deleting -----------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("body", KINDS)
def test_a_channel_is_made_listed_and_shown(admin, body, slash):
    with time_machine.travel("2026-01-31T12:00:00Z", tick=False):
        response = admin.post("integrations" + slash, body)
    assert response.status_code == 201, response.content
    channel = response.json()
    channel.pop("secret")
    assert set(channel) == FIELDS
    assert channel["integration"] == f"{body['kind']}:ops"
    assert (channel["kind"], channel["slug"], channel["name"], channel["enabled"]) == (body["kind"], "ops", "ops", True)
    assert channel["created"] == channel["updated"] == "2026-01-31T12:00:00Z"
    assert admin.get("integrations" + slash).json() == [channel]
    assert admin.get(f"integrations/{channel['id']}{slash}").json() == channel


def test_a_config_is_shown_as_it_was_sent(admin):
    assert make(admin, WEBHOOK)[0]["config"] == {"url": URL}
    assert make(admin, EMAIL)[0]["config"] == {"to": "a@acme.example, b@acme.example"}


def test_name_and_enabled_can_be_given(admin):
    channel, _ = make(admin, WEBHOOK, name="On call", enabled=False)
    assert (channel["name"], channel["enabled"]) == ("On call", False)


def test_a_slug_is_unique_in_its_organization_and_kind(admin, stranger, make_key):
    make(admin, WEBHOOK)
    make(admin, EMAIL)
    make(admin, WEBHOOK, slug="dev")
    make(Api(make_key(stranger.organization, Scope.ADMIN), base="/api/globex"), WEBHOOK)
    assert_refused(admin.post("integrations", WEBHOOK), "slug")
    assert len(admin.get("integrations").json()) == 3


def test_a_list_costs_one_query_beside_the_key(admin, django_assert_num_queries):
    make(admin, WEBHOOK)
    make(admin, EMAIL)
    with django_assert_num_queries(1):
        assert len(admin.get("integrations").json()) == 2


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_name_config_and_enabled_can_be_changed_apart(admin, method):
    with time_machine.travel("2026-01-31T12:00:00Z", tick=False):
        channel, _ = make(admin, WEBHOOK)
    path = f"integrations/{channel['id']}"
    for change in ({"name": "On call"}, {"enabled": False}, {"config": {"url": "http://8.8.8.8:81/"}}, {}):
        with time_machine.travel("2026-01-31T13:00:00Z", tick=False):
            response = admin.request(method, path, change)
        channel |= {**change, "updated": "2026-01-31T13:00:00Z"}
        assert (response.status_code, response.json()) == (200, channel)
        assert admin.get(path).json() == channel


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("body", KINDS)
def test_a_channel_sent_back_as_it_is_shown_stays_as_it_is(admin, method, body):
    channel, _ = make(admin, body)
    sealed = Channel.objects.get().sealed
    response = admin.request(method, f"integrations/{channel['id']}", channel)
    assert response.status_code == 200, response.content
    assert {**response.json(), "updated": channel["updated"]} == channel
    assert Channel.objects.get().sealed == sealed


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_kind_and_slug_stay(admin, method):
    channel, _ = make(admin, WEBHOOK)
    path = f"integrations/{channel['id']}"
    assert_refused(admin.request(method, path, {"kind": "email"}), "kind")
    assert_refused(admin.request(method, path, {"slug": "dev", "name": "x"}), "slug")
    assert_refused(admin.request(method, path, {"slug": 5, "kind": None}), "kind", "slug")
    assert admin.get(path).json() == channel


def test_a_deleted_channel_is_gone_and_its_slug_free(admin):
    channel, _ = make(admin, WEBHOOK)
    path = f"integrations/{channel['id']}"
    assert admin.delete(path).status_code == 204
    assert_failed(admin.get(path), 404, "not_found")
    assert_failed(admin.delete(path), 404, "not_found")
    assert admin.get("integrations").json() == []
    assert make(admin, WEBHOOK)[0]["id"] != channel["id"]


# -- What is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        pytest.param({}, ["config", "kind", "slug"], id="nothing"),
        pytest.param([], ["non_field_errors"], id="no object"),
        pytest.param({"kind": 1, "slug": 2, "config": 3}, ["config", "kind", "slug"], id="numbers"),
        pytest.param({**WEBHOOK, "name": 4, "enabled": 5}, ["enabled", "name"], id="numbers in the rest"),
        pytest.param({**WEBHOOK, "name": "", "enabled": "true"}, ["enabled", "name"], id="texts"),
        pytest.param({**WEBHOOK, "name": "x" * 256}, ["name"], id="long name"),
        pytest.param({**WEBHOOK, "name": None, "enabled": None}, ["enabled", "name"], id="nulls"),
        pytest.param({**WEBHOOK, "kind": "carrier pigeon"}, ["kind"], id="unknown kind"),
        pytest.param({**WEBHOOK, "kind": ["webhook"]}, ["kind"], id="a list of kinds"),
        pytest.param({**WEBHOOK, "slug": ""}, ["slug"], id="empty slug"),
        pytest.param({**WEBHOOK, "slug": "Ops"}, ["slug"], id="capital"),
        pytest.param({**WEBHOOK, "slug": "-ops"}, ["slug"], id="leading hyphen"),
        pytest.param({**WEBHOOK, "slug": "o:p"}, ["slug"], id="colon"),
        pytest.param({**WEBHOOK, "slug": "ops\n"}, ["slug"], id="line end"),
        pytest.param({**WEBHOOK, "slug": "x" * 43}, ["slug"], id="long slug"),
        pytest.param({**WEBHOOK, "config": None}, ["config"], id="null config"),
        pytest.param({**WEBHOOK, "config": [URL]}, ["config"], id="list of a config"),
        pytest.param({**WEBHOOK, "config": {}}, ["config.url"], id="no url"),
        pytest.param({**WEBHOOK, "config": {"url": 5}}, ["config.url"], id="number for a url"),
        pytest.param({**WEBHOOK, "config": {"url": "x"}}, ["config.url"], id="no address"),
        pytest.param({**WEBHOOK, "config": {"url": "ftp://example.org/"}}, ["config.url"], id="other scheme"),
        pytest.param({**WEBHOOK, "config": {"url": "http://u:p@example.org/"}}, ["config.url"], id="password"),
        pytest.param({**WEBHOOK, "config": {"url": "http://127.0.0.1:9/"}}, ["config.url"], id="loopback"),
        pytest.param({**WEBHOOK, "config": {"url": "http://localhost/"}}, ["config.url"], id="its name"),
        pytest.param({**WEBHOOK, "config": {"url": "http://10.0.0.1/"}}, ["config.url"], id="private"),
        pytest.param({**WEBHOOK, "config": {"url": "http://169.254.169.254/"}}, ["config.url"], id="metadata"),
        pytest.param({**WEBHOOK, "config": {"url": "http://[::1]/"}}, ["config.url"], id="IPv6"),
        pytest.param({**WEBHOOK, "config": {"url": "http://2130706433/"}}, ["config.url"], id="decimal"),
        pytest.param({**WEBHOOK, "config": {"url": URL, "secret": "x"}}, ["config.secret"], id="own secret"),
        pytest.param({**WEBHOOK, "config": {"url": "\x00"}}, ["config.url"], id="null character"),
        pytest.param({**EMAIL, "config": {"to": "nobody"}}, ["config.to"], id="no e-mail address"),
        pytest.param({**EMAIL, "config": {"to": ["a@acme.example"]}}, ["config.to"], id="list of addresses"),
        pytest.param({**EMAIL, "config": {"to": ", ".join(["a@acme.example"] * 6)}}, ["config.to"], id="six"),
        pytest.param({**EMAIL, "config": {"url": URL}}, ["config.url"], id="another kind's config"),
        pytest.param({**APPRISE, "config": {"url": "json://127.0.0.1/"}}, ["config.url"], id="any host"),
        pytest.param({**APPRISE, "config": {"url": "slack://"}}, ["config.url"], id="half an Apprise URL"),
        pytest.param(
            {"kind": "webhook", "slug": "", "name": 1, "config": {"url": "x"}},
            ["config.url", "name", "slug"],
            id="all at once",
        ),
    ],
)
def test_what_is_no_channel_is_refused_by_field(admin, body, attrs):
    assert_refused(admin.post("integrations", body), *attrs)
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        pytest.param({"config": {"url": "http://127.0.0.1/"}}, ["config.url"], id="loopback"),
        pytest.param({"config": {}}, ["config.url"], id="empty config"),
        pytest.param({"config": None, "name": None, "enabled": 1}, ["config", "enabled", "name"], id="wrong types"),
        pytest.param({"config": {"url": "x"}, "name": ""}, ["config.url", "name"], id="all at once"),
    ],
)
def test_what_is_no_change_is_refused_by_field(admin, body, attrs):
    channel, _ = make(admin, WEBHOOK)
    assert_refused(admin.patch(f"integrations/{channel['id']}", body), *attrs)
    assert admin.get(f"integrations/{channel['id']}").json() == channel


def test_an_operator_may_allow_networks_of_his_own(admin, settings):
    settings.TASKAPI_WEBHOOK_ALLOW = ["10.0.0.0/8"]
    make(admin, WEBHOOK, config={"url": "http://10.1.2.3/"})
    assert_refused(admin.post("integrations", {**WEBHOOK, "config": {"url": "http://192.168.0.1/"}}), "config.url")


# -- Secrets ---------------------------------------------------------------------------------------------------------


def test_the_secret_of_a_webhook_is_shown_once(admin):
    channel, secret = make(admin, WEBHOOK)
    assert secret.startswith("whsec_")
    path = f"integrations/{channel['id']}"
    answers = [admin.get(path), admin.get("integrations"), admin.put(path, {}), admin.patch(path, {"name": "x"})]
    for response in answers:
        assert response.status_code == 200
        assert "whsec" not in response.content.decode()
        assert "secret" not in response.json()


@pytest.mark.parametrize("body", [EMAIL, APPRISE], ids=["email", "apprise"])
def test_what_signs_nothing_has_no_secret(admin, body):
    channel, secret = make(admin, body)
    assert secret is None
    assert_refused(admin.post(f"integrations/{channel['id']}/rotate-secret"), "kind")


def test_each_webhook_has_a_secret_of_its_own(admin):
    assert make(admin, WEBHOOK)[1] != make(admin, WEBHOOK, slug="dev")[1]


def test_no_secret_can_be_read_from_the_database_or_the_log(admin, log):
    channel, secret = make(admin, WEBHOOK)
    rotated = admin.post(f"integrations/{channel['id']}/rotate-secret").json()["secret"]
    for text in (secret, rotated):
        assert text.removeprefix("whsec_")[:20] not in stored(channel)
        assert text.removeprefix("whsec_")[:20] not in log.getvalue()
    row = Channel.objects.get()
    assert (unseal(row.sealed), unseal(row.sealed_before)) == (rotated, secret)


def test_the_tokens_of_an_apprise_url_are_never_shown_again(admin, log):
    channel, _ = make(admin, APPRISE)
    path = f"integrations/{channel['id']}"
    answers = [admin.get(path), admin.get("integrations"), admin.put(path, {}), admin.patch(path, {"config": {}})]
    seen = f"{[response.content for response in answers]} {channel} {stored(channel)} {log.getvalue()}"
    for token in ("T1JJ3T3L2", "A1BRTD4JD", "TIiajkdnlazkcOXrIdevi7FQ"):
        assert token not in seen
    assert channel["config"]["url"].startswith("slack://")
    assert unseal(Channel.objects.get().sealed) == SLACK


def test_another_apprise_url_takes_the_place_of_the_first(admin):
    channel, _ = make(admin, APPRISE)
    other = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
    response = admin.patch(f"integrations/{channel['id']}", {"config": {"url": other}})
    assert response.status_code == 200, response.content
    assert response.json()["config"]["url"].startswith("discord://")
    assert unseal(Channel.objects.get().sealed) == other


# -- Rotation --------------------------------------------------------------------------------------------------------


@pytest.fixture
def webhook(admin, receiver, settings):  # noqa: F811 - the fixture
    """A webhook of the receiver, and its secret."""
    settings.TASKAPI_WEBHOOK_ALLOW = ["127.0.0.0/8"]
    return make(admin, WEBHOOK, config={"url": f"{receiver.url}/tasks"})


def signs(secret, request):
    try:
        Webhook(secret).verify(request.body, dict(request.headers))
    except WebhookVerificationError:
        return False
    return True


def test_the_secret_before_signs_along_for_a_day(admin, webhook, receiver):  # noqa: F811
    channel, first = webhook
    path = f"integrations/{channel['id']}"
    with time_machine.travel("2026-01-31T12:00:00Z", tick=False) as clock:
        response = admin.post(f"{path}/rotate-secret/")
        assert response.status_code == 200, response.content
        assert response.json() == {**channel, "updated": "2026-01-31T12:00:00Z", "secret": response.json()["secret"]}
        second = response.json()["secret"]
        for moment, expected in (
            ("2026-01-31T12:00:00Z", [True, True]),
            ("2026-02-01T11:59:59Z", [True, True]),
            ("2026-02-01T12:00:00Z", [False, True]),
        ):
            clock.move_to(moment)
            assert admin.post(f"{path}/test").json()["delivered"]
            assert [signs(secret, receiver.requests[-1]) for secret in (first, second)] == expected, moment


def test_rotated_twice_the_oldest_secret_ends_at_once(admin, webhook, receiver):  # noqa: F811
    channel, first = webhook
    path = f"integrations/{channel['id']}"
    second, third = (admin.post(f"{path}/rotate-secret").json()["secret"] for _ in range(2))
    assert admin.post(f"{path}/test").json()["delivered"]
    (request,) = receiver.requests
    assert [signs(secret, request) for secret in (first, second, third)] == [False, True, True]


def test_a_secret_that_no_key_opens_any_more_is_let_go_by_a_rotation(admin, webhook, receiver, settings):  # noqa: F811
    channel, _ = webhook
    path = f"integrations/{channel['id']}"
    settings.SECRET_KEY = "another"
    admin = Api(admin.key, base=admin.base)
    answer = admin.post(f"{path}/test").json()
    assert (answer["delivered"], receiver.requests) == (False, [])
    assert "TASKAPI_ENCRYPTION_KEYS" in answer["error"]
    secret = admin.post(f"{path}/rotate-secret").json()["secret"]
    assert admin.post(f"{path}/test").json()["delivered"]
    assert signs(secret, receiver.requests[0])


def test_a_change_of_the_url_keeps_the_secret(admin, webhook, receiver):  # noqa: F811
    channel, secret = webhook
    path = f"integrations/{channel['id']}"
    assert admin.patch(path, {"config": {"url": f"{receiver.url}/new"}}).status_code == 200
    assert admin.post(f"{path}/test").json()["delivered"]
    assert (receiver.requests[0].path, signs(secret, receiver.requests[0])) == ("/new", True)


# -- Test messages ---------------------------------------------------------------------------------------------------


def test_a_test_message_is_sent_and_the_answer_told(admin, webhook, receiver):  # noqa: F811
    channel, secret = webhook
    receiver.answer(Reply(201, body=b"welcome"))
    response = admin.post(f"integrations/{channel['id']}/test/")
    assert response.status_code == 200
    duration = response.json()["duration_ms"]
    assert response.json() == {
        "delivered": True,
        "status": 201,
        "response": "welcome",
        "error": "",
        "duration_ms": duration,
    }
    assert type(duration) is int
    (request,) = receiver.requests
    assert (request.method, request.path, signs(secret, request)) == ("POST", "/tasks", True)
    message = json.loads(request.body)
    assert set(message) == {"type", "timestamp", "data"}
    assert (message["type"], message["data"]["integration"]) == ("test", "webhook:ops")
    assert datetime.datetime.fromisoformat(message["timestamp"])
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("status", [302, 410, 500])
def test_a_test_that_fails_says_why_and_changes_nothing(admin, webhook, receiver, status):  # noqa: F811
    channel, _ = webhook
    receiver.answer(Reply(status, body=b"x" * 5000))
    answer = admin.post(f"integrations/{channel['id']}/test").json()
    assert (answer["delivered"], answer["status"], answer["response"]) == (False, status, "x" * 2048)
    assert answer["error"]
    assert len(receiver.requests) == 1
    assert admin.get(f"integrations/{channel['id']}").json() == channel


def test_a_test_of_what_may_not_be_called_is_refused_when_sending(admin, webhook, receiver, settings):  # noqa: F811
    settings.TASKAPI_WEBHOOK_ALLOW = []
    answer = admin.post(f"integrations/{webhook[0]['id']}/test").json()
    assert (answer["delivered"], answer["status"], receiver.requests) == (False, None, [])
    assert answer["error"]


def test_a_receiver_that_says_nothing_is_not_waited_for(admin, webhook, receiver, monkeypatch):  # noqa: F811
    monkeypatch.setattr("integrations.channels.TEST_DEADLINE", 0.2)
    receiver.answer(Reply(raw=[]))
    answer = admin.post(f"integrations/{webhook[0]['id']}/test").json()
    assert (answer["delivered"], answer["status"]) == (False, None)
    assert 200 <= answer["duration_ms"] < 4000


def test_a_disabled_channel_can_be_tested(admin, webhook, receiver):  # noqa: F811
    channel, _ = webhook
    admin.patch(f"integrations/{channel['id']}", {"enabled": False})
    assert admin.post(f"integrations/{channel['id']}/test").json()["delivered"]


def test_a_test_of_an_email_channel_mails_its_own_recipients(admin):
    channel, _ = make(admin, EMAIL)
    answer = admin.post(f"integrations/{channel['id']}/test").json()
    assert (answer["delivered"], answer["status"], answer["error"]) == (True, None, "")
    (sent,) = mail.outbox
    assert sent.to == ["a@acme.example", "b@acme.example"]
    assert "email:ops" in sent.subject


@pytest.mark.parametrize("operation", ["test", "rotate-secret"])
def test_both_are_posted_without_a_body(admin, webhook, operation):
    path = f"integrations/{webhook[0]['id']}/{operation}"
    assert admin.get(path).status_code == 405
    assert admin.post(path, "nonsense, which nobody reads").status_code == 200


# -- Who may ---------------------------------------------------------------------------------------------------------


def test_channels_of_others_are_not_found(admin, stranger, make_key):
    channel, _ = make(admin, WEBHOOK)
    other = Api(make_key(stranger.organization, Scope.ADMIN), base="/api/globex")
    for unknown in (channel["id"], 2**63, 10**30, "x"):
        assert_failed(other.get(f"integrations/{unknown}"), 404, "not_found")
        assert_failed(other.patch(f"integrations/{unknown}", {}), 404, "not_found")
        assert_failed(other.delete(f"integrations/{unknown}"), 404, "not_found")
        assert_failed(other.post(f"integrations/{unknown}/test"), 404, "not_found")
        assert_failed(other.post(f"integrations/{unknown}/rotate-secret"), 404, "not_found")
    assert other.get("integrations").json() == []
    assert_failed(other.get("/api/acme/integrations"), 404, "not_found")
    assert admin.get("integrations").json() == [channel]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", ""), ("POST", ""), ("GET", "/{id}"), ("PUT", "/{id}"), ("PATCH", "/{id}"), ("DELETE", "/{id}")),
        *(("POST", "/{id}/test"), ("POST", "/{id}/rotate-secret")),
    ],
)
def test_channels_are_for_admins_of_the_whole_organization(admin, project, make_key, method, path):
    channel, _ = make(admin, WEBHOOK)
    path = f"/api/acme/integrations{path.format(id=channel['id'])}"
    for key in (make_key(project.organization), make_key(project, Scope.ADMIN)):
        assert_failed(Api(key).request(method, path), 403, "permission_denied")


def test_a_person_with_the_role_admin_makes_channels(organization, join, sign_in):
    browser = sign_in(join(organization, "ada@acme.example", Role.ADMIN))
    channel, secret = make(browser, WEBHOOK)
    assert secret
    assert browser.get(f"integrations/{channel['id']}", headers={"Accept": "text/html"}).status_code == 200


# -- For actions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", KINDS)
def test_an_action_may_name_a_channel_of_its_organization(admin, organization, body, django_assert_num_queries):
    make(admin, body, enabled=False)
    with django_assert_num_queries(1):
        check_action(organization.pk, f"{body['kind']}:ops", {})


def test_the_built_in_mail_is_checked_without_a_query(organization, django_assert_num_queries):
    with django_assert_num_queries(0):
        check_action(organization.pk, "email", {"to": "a@acme.example"})
        with pytest.raises(ValidationError, match="no e-mail address") as raised:
            check_action(organization.pk, "email", {"to": "nobody"})
    assert set(raised.value.message_dict) == {"config"}


@pytest.mark.parametrize("name", ["webhook:gone", "webhook:", "webhook", "email:", ":ops", "pigeon:ops", "", "ops"])
def test_an_action_may_name_no_other_channel(admin, organization, name):
    make(admin, WEBHOOK)
    with pytest.raises(ValidationError, match="There is no channel") as raised:
        check_action(organization.pk, name, {})
    assert set(raised.value.message_dict) == {"integration"}


def test_nor_a_channel_of_another_organization(admin, stranger):
    make(admin, WEBHOOK)
    with pytest.raises(ValidationError, match="There is no channel"):
        check_action(stranger.organization.pk, "webhook:ops", {})


@pytest.mark.parametrize("body", KINDS)
def test_the_config_of_an_action_is_an_object(admin, organization, body):
    make(admin, body)
    with pytest.raises(ValidationError, match="object") as raised:
        check_action(organization.pk, f"{body['kind']}:ops", ["x"])
    assert set(raised.value.message_dict) == {"config"}


def test_a_channel_can_be_disabled_by_its_id(admin):
    now = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
    channel, _ = make(admin, WEBHOOK)
    disable(channel["id"], now)
    disable(channel["id"], now + datetime.timedelta(hours=1))
    expected = {**channel, "enabled": False, "updated": "2027-01-01T00:00:00Z"}
    assert admin.get(f"integrations/{channel['id']}").json() == expected


@pytest.mark.parametrize("field", ["kind", "slug", "name"])
def test_the_verb_checks_what_others_than_the_api_may_send(organization, field):
    now = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
    with pytest.raises(ValidationError) as raised:
        create_channel(organization, {**WEBHOOK, "name": "On call", field: "X" * 300}, now)
    assert set(raised.value.message_dict) == {field}
