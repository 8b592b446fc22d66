"""`integrations.transports.apprise`: which of its services may be used, and that those call no other host."""

import io
import sys
import threading
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import requests
from django.core.exceptions import ValidationError

from integrations.transports import transport_of
from integrations.transports.apprise import FIXED_HOSTS, notify, service_of
from tests.receivers import Reply

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
UUID = "8b799edf-6f98-4d3a-9be7-2862fb4e5752"
# What Apprise takes for a URL of each scheme.
EXAMPLES = {
    "clicksend": "user:pass@15551234567",
    "dingtalk": "12345678",
    "discord": "4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "feishu": "abcd-1234",
    "firehydrant": "token0123456789",
    "flock": "a" * 36,
    "gchat": "abcd/efgh/ijkl",
    "ifttt": "WebHookID@EventID",
    "ilert": "il1api0123456789abcdef",
    "incidentio": "source01/token0123456789",
    "jira": UUID,
    "join": "a" * 32,
    "lark": "abcd-1234",
    "line": "token0123456789/U0123456789012345678901234567890",
    "msgbird": f"{'a' * 25}/15551235553/15551234567",
    "opsgenie": UUID,
    "pagerduty": "integrationkey0123456789@apikey0123456789/source/component",
    "pagertree": "int_aaaaaaaaaa",
    "pbul": "aaaaaaaaaaaaaaaa",
    "plivo": f"{'a' * 25}@{'b' * 40}/15551235553/15551234567",
    "pover": f"{'u' * 30}@{'t' * 30}",
    "prowl": "a" * 40,
    "signl4": "aaaaaaaaaa",
    "slack": "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
    "spike": "1234567890abcdef1234567890abcdef",
    "splunk": f"routing@{UUID}",
    "squadcast": "aaaaaaaaaaaaaaaa",
    "telnyx": "KEY0123456789abcdef@15551235553/15551234567",
    "tgram": "123456789:abcdefg_hijklmnop/12315544/",
    "threema": "*THEGWID@secret/1234ABCD",
    "twilio": f"AC{'a' * 32}:{'b' * 32}@15551235553/15551234567",
    "victorops": f"routing@{UUID}",
    "vonage": f"{'a' * 8}:{'b' * 16}@15551235553/15551234567",
    "webex": "a" * 80,
    "wecombot": UUID,
    "wxteams": "a" * 80,
    "zoom": "webhookid0123456789/token0123456789",
}
EVIL = "127.0.0.1:8000"
# Ways to slip another host into a URL whose host is said to be fixed.
TWISTS = [
    *("{}?host=" + EVIL, "{}?to=http://" + EVIL + "/", "{}?region=@" + EVIL + "/", "{}?mode=http://" + EVIL),
    *("{}?region=" + EVIL + "/%23", "{}?token=@" + EVIL + "/", "{}?route=../../@" + EVIL, "{}?href=http://" + EVIL),
    *("{}/@" + EVIL, "{}/../../@" + EVIL, "{}%40" + EVIL, "{}%2F..%2F@" + EVIL, "{}/%5C@" + EVIL, "{}#@" + EVIL),
    *(EVIL, EVIL + "/{}", "user:password@" + EVIL + "/{}", "{}@" + EVIL, "@" + EVIL + "/{}", EVIL + "/a/b/c/d/e"),
    *("{}?to=a;template=http://" + EVIL + "/", "{}?to=a;verify=no", "{}?;template=/etc/hostname"),
    *("localhost/{}", "[::1]/{}", "127.0.0.1/a/b/c", "a:b@127.0.0.1/15551234567/15551234568", "xoxb-1-1-a/{}"),
]


@pytest.fixture
def apprise():
    return transport_of("apprise")


@pytest.fixture
def calls(monkeypatch):
    """The URLs that Apprise would have called; all are answered with what most services say."""
    called = []

    def request(self, method, url, **kwargs):
        called.append(url)
        response = requests.Response()
        response.status_code = 200
        response.raw = io.BytesIO()
        response._content = b'{"ok": true, "requestId": "1", "code": 0, "errcode": 0, "result": []}'
        return response

    monkeypatch.setattr(requests.Session, "request", request)
    # Apprise waits between two calls of one service, for seconds; nobody is called here.
    monkeypatch.setattr("apprise.url.URLBase.throttle", lambda *_, **__: None)
    return called


@pytest.fixture
def send(apprise, outgoing):
    def _send(url, deadline=10, **fields):
        visible, secret = apprise.sealed_of({"url": url})
        return apprise.send(outgoing("apprise", visible, secret, **fields), now=NOON, deadline=deadline)

    return _send


def fields_refused(check):
    with pytest.raises(ValidationError) as refused:
        check()
    return refused.value.message_dict


# -- Which services --------------------------------------------------------------------------------------------------


def test_every_service_of_the_list_has_an_example():
    assert EXAMPLES.keys() == FIXED_HOSTS.keys()


@pytest.mark.parametrize("scheme", FIXED_HOSTS)
def test_a_service_calls_the_hosts_that_are_said_to_be_fixed(apprise, calls, scheme):
    url = f"{scheme}://{EXAMPLES[scheme]}"
    assert apprise.check_channel({"url": url}) == {"url": url}
    notify(url, "Title", "Text")
    assert calls
    assert {urlsplit(called).hostname for called in calls} <= set(FIXED_HOSTS[scheme])
    assert {urlsplit(called).scheme for called in calls} == {"https"}


@pytest.mark.parametrize("option", ["template=/etc/hostname", "verify=no", "optional=yes"])
@pytest.mark.parametrize("mark", ["?", "?to=general&", "?to=general;", "?;", "?to=a%3B;"])
def test_an_option_that_is_not_known_to_be_harmless_is_refused(apprise, mark, option):
    url = f"slack://{EXAMPLES['slack']}{mark}{option}"
    assert "config.url" in fields_refused(lambda: apprise.check_channel({"url": url}))


@pytest.mark.parametrize("scheme", FIXED_HOSTS)
def test_whatever_its_url_says_it_calls_no_other(calls, scheme):
    for twist in TWISTS:
        url = f"{scheme}://{twist.format(EXAMPLES[scheme])}"
        try:
            notify(url, "Title", "Text")
        except ValueError:
            continue
    assert {urlsplit(called).hostname for called in calls} <= set(FIXED_HOSTS[scheme])
    assert {urlsplit(called).port for called in calls} <= {None, 443}


@pytest.mark.parametrize(
    "url",
    [
        *("json://127.0.0.1/", "jsons://example.org/", "xml://127.0.0.1/", "form://127.0.0.1/"),
        *("http://127.0.0.1/", "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"),
        *("ntfy://127.0.0.1/topic", "ntfys://topic", "gotify://127.0.0.1/token", "mmost://127.0.0.1/token"),
        *("matrix://127.0.0.1", "rocket://127.0.0.1", "mastodon://token@127.0.0.1", "apprise://127.0.0.1/token"),
        *("mailto://user:pass@example.org", "syslog://", "rsyslog://127.0.0.1", "dbus://", "macosx://", "windows://"),
        *("mqtt://127.0.0.1/topic", "xmpp://127.0.0.1", "irc://127.0.0.1/x", "smpp://a:b@127.0.0.1/1/2", "growl://x"),
        *("workflows://127.0.0.1:443/a/b/", "zulip://bot@org/token", "infobip://127.0.0.1/key", "vapid://a@b.org/x"),
        *("exec:///bin/true", "file:///etc/passwd", "unknown://x", "slack2://x"),
    ],
)
def test_services_that_take_any_host_are_refused_unless_an_operator_names_them(apprise, url):
    refusal = fields_refused(lambda: apprise.check_channel({"url": url}))
    assert "TASKAPI_APPRISE_SCHEMES" in refusal["config.url"][0]


@pytest.mark.parametrize(
    "option",
    [
        *("template=/etc/passwd", "Template=http://127.0.0.1/", "optional=yes", "verify=no", "redirect=yes", "retry=5"),
        *(
            "wait=60",
            "action=close",
            "store=no",
            "rto=600",
            "cto=600",
            "%74emplate=/etc/passwd",
            "+x=y",
            "-x=y",
            ":x=y",
        ),
        *("user=x", "password=x", "pass=x", "port=8000", "keyfile=/etc/passwd", "to=x&optional=yes", "emojis=&wait=9"),
    ],
)
def test_options_that_read_files_or_hide_failures_are_refused(apprise, option):
    for scheme in ("slack", "discord", "tgram", "opsgenie"):
        refusal = fields_refused(
            lambda url=f"{scheme}://{EXAMPLES[scheme]}?{option}": apprise.check_channel({"url": url})
        )
        assert "option" in refusal["config.url"][0]


def test_options_that_choose_among_what_a_service_offers_may_be_used(apprise):
    for url in (
        f"opsgenie://{UUID}?region=eu&priority=p1&tags=a,b&format=text",
        f"discord://{EXAMPLES['discord']}?thread=123&tts=no",
        f"slack://{EXAMPLES['slack']}%23general?image=no&footer=no",
        f"tgram://{EXAMPLES['tgram']}?silent=yes",
    ):
        assert apprise.check_channel({"url": url}) == {"url": url}


@pytest.mark.parametrize(
    "url",
    [
        *(None, 5, [], "", "slack", "slack:", "slack://", "slack://T1/B2", "discord://x", "tgram://nonsense"),
        *(
            f" slack://{EXAMPLES['slack']}",
            f"slack://{EXAMPLES['slack']} json://127.0.0.1",
            "slack://a\njson://127.0.0.1",
        ),
        "slack://" + "a" * 2000,
    ],
    ids=repr,
)
def test_what_is_no_url_of_a_service_is_refused(apprise, url):
    assert list(fields_refused(lambda: apprise.check_channel({"url": url}))) == ["config.url"]


def test_two_urls_in_one_call_neither(settings, calls):
    settings.TASKAPI_APPRISE_SCHEMES = ["json"]
    with pytest.raises(ValueError):
        service_of(f"slack://{EXAMPLES['slack']},json://127.0.0.1/ ")
    notify(f"slack://{EXAMPLES['slack']},json://{EVIL}/", "Title", "Text")
    assert {urlsplit(url).hostname for url in calls} <= set(FIXED_HOSTS["slack"])


def test_a_channel_takes_nothing_but_a_url(apprise):
    assert list(fields_refused(lambda: apprise.check_channel({}))) == ["config.url"]
    refusal = fields_refused(lambda: apprise.check_channel({"url": f"opsgenie://{UUID}", "tags": "x"}))
    assert list(refusal) == ["config.tags"]


def test_an_action_may_say_anything_in_an_object(apprise):
    apprise.check_config({"x": 1}, None)
    assert list(fields_refused(lambda: apprise.check_config([], None))) == ["config"]


def test_the_url_is_sealed_and_only_its_scheme_is_seen(apprise):
    url = f"slack://{EXAMPLES['slack']}"
    assert apprise.sealed_of({"url": url}) == ({"url": "slack://…"}, url)


def test_where_apprise_is_not_installed_it_says_how_to_get_it(apprise, send, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    refusal = fields_refused(lambda: apprise.check_channel({"url": f"opsgenie://{UUID}"}))
    assert "make install ARGS=apprise" in refusal["config.url"][0]
    outcome = send(f"opsgenie://{UUID}")
    assert (outcome.is_delivered, outcome.may_retry) == (False, True)
    assert "not installed" in outcome.error


# -- Sending: to a service of the operator's own, over HTTP ----------------------------------------------------------


@pytest.fixture
def url(settings, receiver):
    settings.TASKAPI_APPRISE_SCHEMES = ["json"]
    return f"json://user:a-long-password@127.0.0.1:{receiver.port}/a-secret-token/"


def test_a_message_arrives_with_title_and_text(send, url, receiver):
    outcome = send(url)
    assert (outcome.is_delivered, outcome.error) == (True, "")
    (request,) = receiver.requests
    body = request.body.decode()
    assert "[acme/web] account.export: 95% (processing)" in body
    assert "http://testserver/a/acme/tasks/" in body
    assert '"type": "warning"' in body


@pytest.mark.parametrize("reply", [Reply(500), Reply(404), Reply(is_reset=True)], ids=["500", "404", "reset"])
def test_a_failure_is_told_without_the_urls_secrets(send, url, receiver, reply):
    receiver.answer(reply)
    outcome = send(url)
    assert (outcome.is_delivered, outcome.may_retry) == (False, True)
    assert outcome.error
    assert "secret-token" not in outcome.error
    assert "password" not in outcome.error


def test_redirects_are_not_followed(send, url, receiver):
    receiver.answer(Reply(307, {"location": f"{receiver.url}/elsewhere"}))
    assert not send(url).is_delivered
    assert len(receiver.requests) == 1


def test_a_service_that_does_not_answer_is_left_at_the_deadline(send, url, receiver):
    never = threading.Event()
    receiver.answer(Reply(until=never))
    outcome = send(url, deadline=0.3)
    assert (outcome.is_delivered, outcome.may_retry) == (False, True)
    assert outcome.error == "No answer within 0.3 seconds."
    never.set()


def test_a_url_that_may_no_longer_be_used_is_not_called(send, url, receiver, settings):
    settings.TASKAPI_APPRISE_SCHEMES = []
    outcome = send(url)
    assert not outcome.is_delivered
    assert "TASKAPI_APPRISE_SCHEMES" in outcome.error
    assert receiver.requests == []


def test_a_url_that_no_key_fits_is_an_error_that_says_so(apprise, outgoing, settings):
    message = outgoing("apprise", {"url": "slack://…"}, f"slack://{EXAMPLES['slack']}")
    settings.SECRET_KEY = "another"
    outcome = apprise.send(message, now=NOON, deadline=5)
    assert "TASKAPI_ENCRYPTION_KEYS" in outcome.error
    assert not outcome.is_delivered
