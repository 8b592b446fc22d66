"""Integrations on their pages: made, tested, changed, switched off, deleted."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from integrations.channels import create_channel
from integrations.models import Channel
from integrations.sealing import unseal
from projects.models import User
from projects.scopes import Role
from tasks.models import GlobalAction
from tests.browsers import browser_of
from tests.receivers import Reply, receiver  # noqa: F401 - a fixture

INTEGRATIONS = "/a/acme/integrations/"
URL = "https://hooks.example.org/tasks"
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops"


@pytest.fixture
def make(organization):
    def made(kind="webhook", slug="ops", owner=organization, **config):
        return create_channel(owner, {"kind": kind, "slug": slug, "config": config or {"url": URL}}, timezone.now())[0]

    return made


def page_of(channel):
    return f"{INTEGRATIONS}{channel.pk}/"


def secret_in(response):
    return re.search(r'<code id="secret">([^<]+)</code>', response.content.decode())[1]


# -- Making ----------------------------------------------------------------------------------------------------------


def test_a_webhook_is_made_and_its_secret_shown_once(admin_browser):
    response = admin_browser.post(INTEGRATIONS, {"kind": "webhook", "slug": "ops", "name": "Ops", "url": URL})
    assert response.status_code == 201
    assert "no-store" in response.headers["Cache-Control"]
    channel = Channel.objects.get()
    assert (channel.integration, channel.name, channel.config) == ("webhook:ops", "Ops", {"url": URL})
    secret = secret_in(response)
    assert unseal(channel.sealed) == secret
    for path in (INTEGRATIONS, page_of(channel)):
        page = admin_browser.get(path).content.decode()
        assert secret not in page
        assert "Ops" in page


@pytest.mark.parametrize(
    ("fields", "config"),
    [
        (
            {"kind": "email", "slug": "ops", "to": "a@acme.example, b@acme.example"},
            {"to": "a@acme.example, b@acme.example"},
        ),
        ({"kind": "apprise", "slug": "ops", "url": SLACK}, {"url": "slack://…"}),
    ],
    ids=["email", "apprise"],
)
def test_other_kinds_have_no_secret_to_show(admin_browser, fields, config):
    response = admin_browser.post(INTEGRATIONS, fields, follow=True)
    page = response.content.decode()
    assert "ops is ready" in page
    assert SLACK not in page
    assert Channel.objects.get().config == config


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"url": "http://127.0.0.1/"}, "is not a public address", id="own machine"),
        pytest.param({"url": "javascript:alert(1)"}, "", id="no address"),
        pytest.param({"url": ""}, "This field is required", id="no URL"),
        pytest.param({"slug": "Ops!"}, "Use lower-case letters", id="bad slug"),
        pytest.param({"slug": ""}, "This field is required", id="no slug"),
        pytest.param({"slug": "taken"}, "There is a channel", id="taken"),
        pytest.param({"kind": "email", "to": "nobody"}, "is no e-mail address", id="no mail address"),
        pytest.param({"kind": "apprise", "url": "file:///etc/passwd"}, "", id="no service"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(admin_browser, make, fields, said):
    make(slug="taken")
    sent = {"kind": "webhook", "slug": "ops", "name": "kept-name", "url": URL, **fields}
    response = admin_browser.post(INTEGRATIONS, sent)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert 'class="error"' in page
    assert "kept-name" in page
    assert Channel.objects.count() == 1


def test_each_kind_has_its_own_form(admin_browser):
    for kind, field in (
        ("webhook", 'type="url"'),
        ("email", 'name="to"'),
        ("apprise", "slack://"),
        ("x", 'type="url"'),
    ):
        assert field in admin_browser.get(INTEGRATIONS, {"kind": kind}).content.decode()


# -- Testing ---------------------------------------------------------------------------------------------------------


def test_a_test_says_what_the_other_side_said(admin_browser, make, receiver, settings):  # noqa: F811
    settings.TASKAPI_WEBHOOK_ALLOW = ["127.0.0.0/8"]
    channel = make(url=receiver.url)
    receiver.answer(Reply(202, body=b"thanks <b>a lot</b>"))
    page = admin_browser.post(page_of(channel), {"do": "test"}).content.decode()
    assert "It was taken" in page
    assert "with the answer 202" in page
    assert "thanks &lt;b&gt;a lot&lt;/b&gt;" in page
    receiver.answer(Reply(503, body=b"busy"))
    page = admin_browser.post(page_of(channel), {"do": "test"}, headers={"hx-request": "true"}).content.decode()
    assert "It was not taken" in page
    assert "The receiver answered 503." in page
    assert "<html" not in page
    assert len(receiver.requests) == 2


def test_a_mail_is_tested_as_well(admin_browser, make):
    channel = make(kind="email", to="ops@acme.example")
    assert "It was taken" in admin_browser.post(page_of(channel), {"do": "test"}).content.decode()
    assert mail.outbox[0].to == ["ops@acme.example"]


# -- Changing --------------------------------------------------------------------------------------------------------


def test_name_and_config_are_changed(admin_browser, make):
    channel = make()
    fields = {"name": "Night shift", "url": "https://other.example.org/x"}
    assert admin_browser.post(page_of(channel), fields).status_code == 302
    channel.refresh_from_db()
    assert (channel.name, channel.config) == ("Night shift", {"url": "https://other.example.org/x"})
    response = admin_browser.post(page_of(channel), {"name": "kept-name", "url": "ftp://x"})
    assert response.status_code == 422
    assert "kept-name" in response.content.decode()


def test_what_is_secret_of_an_apprise_url_stays_where_it_is_not_changed(admin_browser, make):
    channel = make(kind="apprise", url=SLACK)
    assert SLACK not in admin_browser.get(page_of(channel)).content.decode()
    assert admin_browser.post(page_of(channel), {"name": "Chat", "url": "slack://…"}).status_code == 302
    channel.refresh_from_db()
    assert unseal(channel.sealed) == SLACK


def test_a_secret_is_rotated(admin_browser, make):
    channel = make()
    before = unseal(channel.sealed)
    response = admin_browser.post(page_of(channel), {"do": "rotate"})
    assert response.status_code == 200
    channel.refresh_from_db()
    assert secret_in(response) == unseal(channel.sealed) != before
    assert "the one before signs until" in admin_browser.get(page_of(channel)).content.decode()


def test_a_mail_has_no_secret(admin_browser, make):
    channel = make(kind="email", to="a@acme.example")
    assert "rotate" not in admin_browser.get(page_of(channel)).content.decode()
    response = admin_browser.post(page_of(channel), {"do": "rotate"})
    assert b'id="secret"' not in response.content


def test_it_is_switched_off_and_on(admin_browser, make):
    channel = make()
    for what, is_enabled in (("disable", False), ("enable", True)):
        response = admin_browser.post(page_of(channel), {"do": what}, follow=True)
        assert f"is {what}d." in response.content.decode()
        channel.refresh_from_db()
        assert channel.enabled is is_enabled


def test_it_is_deleted(admin_browser, make):
    response = admin_browser.post(page_of(make()), {"do": "delete"}, follow=True)
    assert "is deleted." in response.content.decode()
    assert not Channel.objects.exists()


def test_the_actions_that_name_it_are_shown(admin_browser, organization, make):
    now = timezone.now()
    GlobalAction.objects.create(
        organization=organization, name="Failures", integration="webhook:ops", trigger="error", created=now, updated=now
    )
    assert "Failures" in admin_browser.get(page_of(make())).content.decode()


# -- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_integrations_are_for_administrators(organization, make, role):
    browser, channel = browser_of(organization, role), make()
    for path in (INTEGRATIONS, page_of(channel)):
        assert browser.get(path).status_code == 403
        for what in ("delete", "rotate", "test", "disable"):
            assert browser.post(path, {"do": what}).status_code == 403
    assert mail.outbox == []


def test_strangers_find_nothing(admin_browser, make, stranger):
    theirs = make(owner=stranger.organization, slug="theirs")
    assert "theirs" not in admin_browser.get(INTEGRATIONS).content.decode()
    for path in (page_of(theirs), f"/a/globex/integrations/{theirs.pk}/", f"{INTEGRATIONS}0/", f"{INTEGRATIONS}x/"):
        assert admin_browser.get(path).status_code == 404, path
        for what in ("delete", "rotate", "test", "disable", "change"):
            assert admin_browser.post(path, {"do": what}).status_code == 404, path
    assert Channel.objects.filter(pk=theirs.pk, enabled=True).exists()


def test_forms_without_their_token_are_refused(admin_browser, make):
    careful, channel = Client(enforce_csrf_checks=True), make()
    careful.force_login(User.objects.get())
    assert careful.post(page_of(channel), {"do": "delete"}).status_code == 403
    assert careful.post(INTEGRATIONS, {"kind": "webhook", "slug": "a", "url": URL}).status_code == 403


def test_names_are_only_text(admin_browser, make):
    channel = make()
    name = '<img src=x onerror=alert(1)>"onx='
    Channel.objects.filter(pk=channel.pk).update(name=name, config={"url": f"https://x.example/{name}"})
    for path in (INTEGRATIONS, page_of(channel)):
        page = admin_browser.get(path).content.decode()
        assert "<img" not in page
        assert '"onx=' not in page
        assert 'href="https://x.example' not in page


def test_queries_do_not_grow_with_integrations(admin_browser, make, django_assert_max_num_queries):
    for number in range(20):
        make(slug=f"s{number}")
    with django_assert_max_num_queries(6):
        assert "webhook:s19" in admin_browser.get(INTEGRATIONS).content.decode()
