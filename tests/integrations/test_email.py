"""`integrations.transports.email`: what a mail says, who gets it, and what a mail server's answers mean."""

import json
import re
import socket
import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.core import mail
from django.core.exceptions import ValidationError

from integrations.messages import letter_of
from integrations.models import Channel
from integrations.transports import transport_of
from tests.live import free_port

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONITOR = {
    "id": "0195b0a0-0000-4000-8000-000000000009",
    "name": "nightly",
    "status": "late",
    "last_check_in": "2026-02-28T02:00:00Z",
    "next_due": "2026-03-01T02:00:00Z",
}


@pytest.fixture
def email():
    return transport_of("email")


@pytest.fixture
def send(email, outgoing):
    def _send(to="a@example.org", deadline=5, **fields):
        config = {} if to is None else {"to": to}
        return email.send(outgoing(config=config, **fields), now=NOON, deadline=deadline)

    return _send


class Sink:
    """An SMTP server's manners; `answers` gives its reply to a recipient or, under "DATA", to the text."""

    def __init__(self):
        self.mails = []
        self.answers = {}
        self.hold = threading.Event()
        self.hold.set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return self.answers.get("DATA", "250 OK")


@pytest.fixture
def sink(settings):
    """A mail server of the test's own, which the settings name."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), ready_timeout=10)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield sink
    controller.stop()


def read(content):
    return message_from_bytes(content, policy=policy.default)


# -- What a mail says ------------------------------------------------------------------------------------------------


def test_a_mail_names_the_task_its_status_the_point_and_the_place_and_has_a_link(send):
    outcome = send("a@example.org, b@example.org")
    assert (outcome.is_delivered, outcome.error) == (True, "")
    (sent,) = mail.outbox
    assert sent.to == ["a@example.org", "b@example.org"]
    assert sent.subject == "[acme/web] account.export: 95% (processing)"
    url = "http://testserver/a/acme/tasks/0195b0a0-0000-7000-8000-000000000001/"
    for part in ("Task: account.export", "Status: processing", "Point: 95%", "Progress: 95 of 100 (95%)", url):
        assert part in sent.body
    for part in ("Project: acme/web", "External id: job-7", "When: 2026-03-01T12:00:00Z"):
        assert part in sent.body
    assert "Queue" not in sent.body
    ((html, kind),) = sent.alternatives
    assert kind == "text/html"
    assert f'<a href="{url}">' in html


@pytest.mark.parametrize(
    ("kind", "point", "task", "subject"),
    [
        ("task.triggered", "error", {"status": "error"}, "[acme/web] account.export: error"),
        ("task.triggered", "*/30", {}, "[acme/web] account.export: */30 (processing)"),
        ("task.triggered", "stalled", {}, "[acme/web] account.export: stalled (processing)"),
        ("task.recovered", "recovered", {"status": "success"}, "[acme/web] account.export: recovered"),
    ],
)
def test_the_subject_says_what_happened(message, kind, point, task, subject):
    assert letter_of(message(kind, point, **task)).subject == subject


@pytest.mark.parametrize(
    ("task", "shown"),
    [
        ({"value": None, "value_percent": None}, None),
        ({"value": 3, "value_max": 0, "value_percent": None}, "Progress: 3 of 0\n"),
        (
            {"value": 2**63 - 1, "value_max": 1, "value_percent": 100 * (2**63 - 1)},
            "Progress: 9223372036854775807 of 1 (",
        ),
    ],
)
def test_progress_is_shown_where_there_is_any(message, task, shown):
    text = letter_of(message(**task)).text
    assert shown in text if shown else "Progress" not in text


def test_a_mail_about_a_monitor_names_it_and_its_status_but_not_where_to_ping(send):
    data = {"monitor": MONITOR, "point": "monitor_late", "action": 1, "action_type": "global", "integration": "email"}
    body = json.dumps({"type": "monitor.late", "timestamp": "2026-03-01T12:00:00Z", "data": data})
    assert send(body=body).is_delivered
    (sent,) = mail.outbox
    assert sent.subject == "nightly: late"
    assert "Next due: 2026-03-01T02:00:00Z" in sent.body
    assert "Last heard of: 2026-02-28T02:00:00Z" in sent.body
    assert "ping" not in sent.body + sent.alternatives[0][0]


def test_a_test_message_says_that_it_is_one(send):
    data = {"integration": "email:ops", "message": "It works."}
    assert send(body=json.dumps({"type": "test", "timestamp": "2026-03-01T12:00:00Z", "data": data})).is_delivered
    (sent,) = mail.outbox
    assert sent.subject == "Test of email:ops"
    assert sent.body.startswith("It works.\n")


EVIL = [
    "x\r\nBcc: evil@example.org",
    "x\nBcc: evil@example.org",
    "x\rBcc: evil@example.org",
    "x\r\n\r\nanother body",
    "x\x0bBcc: evil@example.org",
    "x\x0cBcc: evil@example.org",
    "x\x1cBcc: evil@example.org",
    "x\x85Bcc: evil@example.org",
    "x\u2028Bcc: evil@example.org",
    "x\u2029Bcc: evil@example.org",
    "x\x00\x07\x1b[31m",
    "x\u202egro.elpmaxe",
    "x\ud800",
]


@pytest.mark.parametrize("name", EVIL, ids=ascii)
def test_a_tasks_name_breaks_no_line_and_adds_no_header(sink, send, message, name):
    body = message().replace('"account.export"', json.dumps(name)).replace('"job-7"', json.dumps(name))
    assert send(body=body).is_delivered
    ((recipients, content),) = sink.mails
    assert recipients == ["a@example.org"]
    sent = read(content)
    assert sent["bcc"] is None
    assert sent["to"] == "a@example.org"
    assert sent["subject"].startswith("[acme/web] x")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e]", sent["subject"])
    text = sent.get_body(("plain",)).get_content()
    assert not [line for line in text.splitlines() if line.startswith(("Bcc", "another"))]


def test_html_of_a_task_is_text_in_a_mail(message):
    letter = letter_of(message(name='<img src=x onerror="a()">&', queue="</table><script>"))
    assert "<img" not in letter.html
    assert "<script" not in letter.html
    assert "&lt;img src=x onerror=&quot;a()&quot;&gt;&amp;" in letter.html
    assert '<img src=x onerror="a()">&' in letter.text


def test_a_mail_is_known_again_and_answered_by_no_machine(sink, send, settings):
    settings.DEFAULT_FROM_EMAIL = "Tasks <tasks@acme.example>"
    send()
    send()
    first, second = (read(content) for _, content in sink.mails)
    assert first["message-id"] == second["message-id"] == "<0195b0a0-0000-7000-8000-000000000002@acme.example>"
    assert first["auto-submitted"] == "auto-generated"
    assert first["date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    assert first["from"] == "Tasks <tasks@acme.example>"
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]


def test_what_is_not_ascii_arrives(sink, send, message):
    assert send(to="a@bücher.example", body=message(name="Größe “\U0001f600”")).is_delivered
    ((recipients, content),) = sink.mails
    assert recipients == ["a@xn--bcher-kva.example"]
    assert read(content)["subject"].strip() == "[acme/web] Größe “\U0001f600”: 95% (processing)"
    assert "Task: Größe “\U0001f600”" in read(content).get_body(("plain",)).get_content()


# -- Who gets it -----------------------------------------------------------------------------------------------------


def test_a_channels_own_recipients_get_it_unless_the_action_names_others(send):
    channel = {"to": "team@example.org"}
    assert send(None, kind="email", channel=channel).is_delivered
    assert send("a@example.org", kind="email", channel=channel).is_delivered
    assert [sent.to for sent in mail.outbox] == [["team@example.org"], ["a@example.org"]]


@pytest.mark.parametrize("to", [None, "", "nobody", 5])
def test_a_mail_that_can_go_to_nobody_is_not_tried_again(send, to):
    outcome = send(to)
    assert (outcome.is_delivered, outcome.may_retry) == (False, False)
    assert outcome.error
    assert mail.outbox == []


def test_a_channel_needs_recipients_and_an_action_of_it_does_not(email):
    channel = Channel(kind="email", slug="ops", config={"to": "a@example.org"})
    assert email.check_channel({"to": "a@example.org, b@example.org"}) == {"to": "a@example.org, b@example.org"}
    assert email.sealed_of({"to": "a@example.org"}) == ({"to": "a@example.org"}, "")
    email.check_config({}, channel)
    email.check_config({"to": "b@example.org"}, channel)
    email.check_config({"to": "b@example.org"}, None)


FIVE = ", ".join(f"{name}@example.org" for name in "abcde")
BAD = [
    None,
    "",
    ",",
    "a@example.org,",
    5,
    ["a@example.org"],
    "nobody",
    "a@example.org; b@example.org",
    f"{FIVE}, f@x.org",
]


@pytest.mark.parametrize("to", BAD, ids=repr)
def test_bad_recipients_are_refused_by_field(email, to):
    channel = Channel(kind="email", slug="ops", config={"to": "a@example.org"})
    for check, field in (
        (lambda: email.check_channel({"to": to}), "config.to"),
        (lambda: email.check_config({"to": to}, None), "config"),
        (lambda: email.check_config({"to": to}, channel), "config"),
    ):
        with pytest.raises(ValidationError) as refused:
            check()
        assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize("config", [None, [], "a@example.org", 5, {}], ids=repr)
def test_the_built_in_channel_needs_recipients_in_an_object(email, config):
    with pytest.raises(ValidationError) as refused:
        email.check_config(config, None)
    assert "recipients" in refused.value.message_dict["config"][0]


def test_a_channel_takes_nothing_but_recipients(email):
    for config, field in (({}, "config.to"), ({"to": "a@example.org", "cc": "b@example.org"}, "config.cc")):
        with pytest.raises(ValidationError) as refused:
            email.check_channel(config)
        assert list(refused.value.message_dict) == [field]


# -- What the mail server answers ------------------------------------------------------------------------------------


def test_five_recipients_get_one_mail(sink, send):
    assert send(FIVE).is_delivered
    ((recipients, content),) = sink.mails
    assert ", ".join(recipients) == FIVE
    assert read(content)["to"] == FIVE


@pytest.mark.parametrize(
    ("answer", "may_retry"),
    [
        ("550 5.1.1 No such user", False),
        ("553 Bad name", False),
        ("450 4.2.1 Busy", True),
        ("451 Greylisted, come again", True),
        ("550 5.7.1 Relaying denied", True),
        ("530 Authentication required", True),
    ],
)
def test_recipients_that_are_all_refused(sink, send, answer, may_retry):
    sink.answers["a@example.org"] = answer
    outcome = send()
    assert (outcome.is_delivered, outcome.may_retry) == (False, may_retry)
    assert f"a@example.org: {answer}" in outcome.error
    assert sink.mails == []


def test_one_of_two_who_may_come_later_keeps_the_mail_alive(sink, send):
    sink.answers = {"a@example.org": "550 No such user", "b@example.org": "450 Busy"}
    assert send("a@example.org, b@example.org").may_retry


def test_a_recipient_who_is_refused_while_others_get_it_is_named(sink, send):
    sink.answers["b@example.org"] = "550 No such user"
    outcome = send("a@example.org, b@example.org")
    assert (outcome.is_delivered, outcome.error) == (True, "")
    assert outcome.response == "b@example.org: 550 No such user"
    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    ("step", "answer", "may_retry"),
    [
        ("DATA", "554 5.6.0 Not this text", False),
        ("DATA", "554 5.7.1 Policy", True),
        ("DATA", "452 Disk full", True),
        ("MAIL", "550 Not from you", True),
        ("MAIL", "421 Later", True),
    ],
)
def test_a_mail_that_is_refused(sink, send, step, answer, may_retry):
    sink.answers[step] = answer
    outcome = send()
    assert (outcome.is_delivered, outcome.may_retry) == (False, may_retry)
    assert answer in outcome.error


def test_no_mail_server_is_a_failure_that_passes(sink, send, settings):
    settings.EMAIL_PORT = free_port()
    outcome = send()
    assert (outcome.is_delivered, outcome.may_retry) == (False, True)
    assert "Connection refused" in outcome.error


def test_a_silent_mail_server_is_left_at_the_deadline(sink, send, settings):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.EMAIL_PORT = silent.getsockname()[1]
        outcome = send(deadline=0.3)
    assert (outcome.is_delivered, outcome.may_retry) == (False, True)
    assert "within 0.3 seconds" in outcome.error or "timed out" in outcome.error


def test_an_error_does_not_hold_the_password(send, settings):
    def authenticate(server, session, envelope, mechanism, data):
        said = f"535 5.7.8 {data.login.decode()} may not use {data.password.decode()}"
        return AuthResult(success=False, handled=False, message=said)

    port = free_port()
    controller = Controller(
        Sink(), hostname="127.0.0.1", port=port, authenticator=authenticate, auth_require_tls=False, ready_timeout=10
    )
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "taskapi", "correct-horse"
    outcome = send()
    controller.stop()
    assert (outcome.is_delivered, outcome.may_retry) == (False, True)
    assert "taskapi may not use ***" in outcome.error
    assert "correct-horse" not in outcome.error


def test_integers_of_any_size_in_data_hinder_no_mail(message):
    body = message(value=7).replace('"task": {', '"task": {"data": {"big": %s},' % ("9" * 5000))
    assert "7 of 100" in letter_of(body).text
