"""`integrations.transports.webhook`: signed messages, and what is made of the answers."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from integrations.sealing import seal
from integrations.signing import headers, make_secret
from integrations.transports import transport_of
from tests.receivers import Reply, drip

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = make_secret()
OLD = make_secret()


@pytest.fixture(autouse=True)
def _allowed(settings):
    settings.TASKAPI_WEBHOOK_ALLOW = ["127.0.0.0/8"]


@pytest.fixture
def webhook():
    return transport_of("webhook")


@pytest.fixture
def send(webhook, receiver, outgoing):
    """Sends to the receiver; returns the outcome."""

    def _send(now=NOON, deadline=5, secret=SECRET, **fields):
        message = outgoing("webhook", {"url": receiver.url + "/hook"}, secret, **fields)
        return webhook.send(message, now=now, deadline=deadline)

    return _send


def verify(request, secret, now=NOON):
    """By the reference implementation, on that day."""
    with time_machine.travel(now, tick=False):
        return Webhook(secret).verify(request.body, dict(request.headers))


# -- What is sent ----------------------------------------------------------------------------------------------------


def test_a_message_arrives_as_it_is_and_its_signature_holds(send, receiver, message):
    body = message(name="grüße “x”")
    outcome = send(body=body)
    assert (outcome.is_delivered, outcome.status, outcome.error) == (True, 200, "")
    (request,) = receiver.requests
    assert (request.method, request.path, request.body.decode()) == ("POST", "/hook", body)
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == "taskapi"
    assert verify(request, SECRET) == json.loads(body)


def test_each_attempt_has_the_same_id_and_a_signature_of_its_own(send, receiver):
    later = NOON + timedelta(hours=10)
    send()
    send(now=later)
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    verify(second, SECRET, later)
    with pytest.raises(WebhookVerificationError):
        verify(first, SECRET, later)


def test_who_has_another_secret_or_another_body_is_not_deceived(send, receiver):
    send()
    (request,) = receiver.requests
    with pytest.raises(WebhookVerificationError):
        verify(request, OLD)
    with pytest.raises(WebhookVerificationError), time_machine.travel(NOON, tick=False):
        Webhook(SECRET).verify(request.body + b" ", dict(request.headers))


def test_both_secrets_sign_until_the_old_one_has_run_out(send, receiver):
    fields = {"sealed_before": seal(OLD), "overlap_until": NOON}
    before = NOON - timedelta(seconds=1)
    send(now=before, **fields)
    send(now=NOON, **fields)
    during, after = receiver.requests
    assert len(during.headers["webhook-signature"].split(" ")) == 2
    verify(during, SECRET, before)
    verify(during, OLD, before)
    verify(after, SECRET)
    with pytest.raises(WebhookVerificationError):
        verify(after, OLD)


def test_a_secret_that_no_key_fits_is_an_error_that_says_so(send, receiver, settings, webhook, outgoing):
    message = outgoing("webhook", {"url": receiver.url}, SECRET)
    settings.SECRET_KEY = "another"
    outcome = webhook.send(message, now=NOON, deadline=5)
    assert not outcome.is_delivered
    assert outcome.may_retry
    assert "TASKAPI_ENCRYPTION_KEYS" in outcome.error
    assert receiver.requests == []


def test_a_channel_that_is_gone_is_not_tried_again(webhook, outgoing):
    outcome = webhook.send(outgoing(), now=NOON, deadline=5)
    assert (outcome.is_delivered, outcome.may_retry) == (False, False)


def test_secrets_are_long_random_and_in_the_standard_form():
    assert len({make_secret() for _ in range(100)}) == 100
    assert SECRET.startswith("whsec_")
    assert len(base64.b64decode(SECRET.removeprefix("whsec_"), validate=True)) == 32


def test_the_signature_is_the_one_of_the_specifications_example():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    moment = datetime.fromtimestamp(1614265330, UTC)
    made = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", moment, b'{"test": 2432232314}', [secret])
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert made["webhook-timestamp"] == "1614265330"


# -- What is made of answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_delivered(send, receiver, status):
    receiver.answer(Reply(status, {}, b"" if status == 204 else b"thanks"))
    outcome = send()
    assert (outcome.is_delivered, outcome.status) == (True, status)
    assert outcome.response == ("" if status == 204 else "thanks")


@pytest.mark.parametrize(
    "status", [300, 301, 302, 304, 307, 400, 401, 403, 404, 408, 413, 422, 425, 429, 500, 503, 599]
)
def test_everything_else_is_tried_again(send, receiver, status):
    receiver.answer(Reply(status, {"location": receiver.url}, b"" if status == 304 else b"no"))
    outcome = send()
    assert (outcome.is_delivered, outcome.status, outcome.may_retry, outcome.is_gone) == (False, status, True, False)
    assert str(status) in outcome.error
    assert ("Redirects are not followed" in outcome.error) == (status < 400)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(("status", "is_delivered"), [(204, True), (500, False)])
def test_a_receiver_that_hints_first_is_judged_by_its_final_answer(send, receiver, status, is_delivered):
    head = f"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 {status} It\r\ncontent-length: 0\r\n\r\n"
    receiver.answer(Reply(raw=[head.encode()]))
    outcome = send()
    assert (outcome.is_delivered, outcome.status) == (is_delivered, status)


def test_410_is_the_end(send, receiver):
    receiver.answer(Reply(410, {}, b"bye"))
    outcome = send()
    assert (outcome.is_delivered, outcome.is_gone, outcome.may_retry) == (False, True, False)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        (" 120 ", 120),
        ("999999999", 999999999),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sunday, 01-Mar-26 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 13:00:30 +0100", 30),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30),
        ("Sun Mar  1 12:00:30 2026", 30),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("7s", None),
        ("\u0667", None),
        ("9" * 5000, None),
        ("Sun, 41 Mar 2026 12:00:30 GMT", None),
        ("Sun, 01 Mar 99999 12:00:30 GMT", None),
    ],
)
def test_the_wait_that_is_asked_for_is_read_in_seconds(send, receiver, header, seconds):
    receiver.answer(Reply(503, {"retry-after": header.encode().decode("latin-1")}))
    assert send().retry_after == seconds


def test_no_wait_is_asked_for_where_none_is_named(send, receiver):
    receiver.answer(Reply(500))
    assert send().retry_after is None


def test_a_receiver_that_does_not_answer_is_tried_again(send, receiver):
    receiver.answer(Reply(raw=drip(b"")))
    outcome = send(deadline=0.3)
    assert (outcome.is_delivered, outcome.status, outcome.may_retry) == (False, None, True)
    assert outcome.error == "No answer within 0.3 seconds."


def test_an_address_that_has_become_forbidden_is_not_called(send, receiver, settings):
    settings.TASKAPI_WEBHOOK_ALLOW = []
    outcome = send()
    assert (outcome.is_delivered, outcome.may_retry) == (False, True)
    assert "TASKAPI_WEBHOOK_ALLOW" in outcome.error
    assert receiver.requests == []


# -- What a channel and an action may say ----------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["https://example.org/hook", "http://example.org:8080", "http://127.0.0.1:9/"])
def test_a_channels_url_is_kept_as_it_was_sent(webhook, url):
    assert webhook.check_channel({"url": url}) == {"url": url}
    assert webhook.sealed_of({"url": url}) == ({"url": url}, "")


@pytest.mark.parametrize(
    ("config", "field"),
    [
        pytest.param({}, "config.url", id="nothing"),
        pytest.param({"url": None}, "config.url", id="null"),
        pytest.param({"url": 5}, "config.url", id="a number"),
        pytest.param({"url": ["https://example.org"]}, "config.url", id="a list"),
        pytest.param({"url": ""}, "config.url", id="empty"),
        pytest.param({"url": "example.org"}, "config.url", id="no scheme"),
        pytest.param({"url": "http://10.0.0.1/"}, "config.url", id="a private address"),
        pytest.param({"url": "https://u:p@example.org/"}, "config.url", id="a password"),
        pytest.param({"url": "https://example.org", "header": "x"}, "config.header", id="another key"),
    ],
)
def test_what_is_no_webhooks_config_is_refused_by_field(webhook, config, field):
    with pytest.raises(ValidationError) as refused:
        webhook.check_channel(config)
    assert list(refused.value.message_dict) == [field]


def test_an_action_may_say_anything_in_an_object(webhook):
    webhook.check_config({}, None)
    webhook.check_config({"to": "nobody", "x": [1]}, None)
    for config in (None, [], "x", 5, True):
        with pytest.raises(ValidationError) as refused:
            webhook.check_config(config, None)
        assert list(refused.value.message_dict) == ["config"]


def test_there_is_no_transport_of_an_unknown_kind():
    with pytest.raises(KeyError):
        transport_of("pigeon")
