"""Messages as mail, by the mail server that EMAIL_URL names."""

import datetime
import smtplib
import threading
from collections.abc import Mapping
from contextlib import suppress
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email

from integrations.deadlines import TookTooLong, within
from integrations.messages import letter_of
from integrations.models import Channel
from integrations.transports.base import Outcome, Outgoing, check_is_object, only_key, refused

HOST = "mail server"  # the only one
MAX_RECIPIENTS = 5
RESPONSE_MAX = 2048
SENDING = threading.BoundedSemaphore(64)  # at once, those included that nobody waits for any more
NEEDS_RECIPIENTS = 'An e-mail needs recipients: {"to": "a@example.org, b@example.org"}.'

Refusals = Mapping[str, tuple[int, bytes]]  # what a mail server answers to single recipients


class EmailTransport:
    """The built-in channel, whose recipients are in each action's `config`, and channels that have their own."""

    def check_channel(self, config: Mapping[str, Any]) -> dict[str, Any]:
        to = only_key(config, "to")
        read_recipients(to, "config.to")
        return {"to": to}

    def sealed_of(self, config: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        return dict(config), ""

    def check_config(self, config: Any, channel: Channel | None) -> None:
        if channel is not None:
            check_is_object(config)
        if channel is None or "to" in config:
            read_recipients(config.get("to") if isinstance(config, dict) else None, "config")

    def host_of(self, channel: Channel | None) -> str:
        return HOST

    def send(self, outgoing: Outgoing, *, now: datetime.datetime, deadline: float) -> Outcome:
        try:
            recipients = read_recipients(recipients_text(outgoing.config, outgoing.channel), "config")
        except ValidationError as error:
            return Outcome(is_delivered=False, error=" ".join(error.messages), may_retry=False)
        mail = mail_of(outgoing, recipients, now)
        try:
            refusals = within(deadline, lambda: hand_over(mail, deadline), SENDING)
        except TookTooLong:
            return Outcome(is_delivered=False, error=f"The mail server did not take it within {deadline:g} seconds.")
        except (OSError, ValueError) as error:  # smtplib's are OSErrors, Django's ValueErrors
            return failure(error)
        return Outcome(is_delivered=True, response=without_password(said_of(refusals)))


def recipients_text(config: Mapping[str, Any], channel: Channel | None) -> Any:
    """Whom a mail goes to: the action says it, else the channel."""
    return (config if "to" in config or channel is None else channel.config).get("to")


def recipients_of(config: Mapping[str, Any], channel: Channel | None) -> list[str]:
    """Whom a mail goes to; none where it can't be sent."""
    try:
        return read_recipients(recipients_text(config, channel), "config")
    except ValidationError:
        return []


def read_recipients(to: Any, field: str) -> list[str]:
    """The addresses of a comma-separated list; raises `ValidationError` on `field`."""
    if not isinstance(to, str):
        raise refused(field, NEEDS_RECIPIENTS)
    addresses = [address.strip() for address in to.split(",")]
    if len(addresses) > MAX_RECIPIENTS:
        raise refused(field, f"At most {MAX_RECIPIENTS} recipients are allowed.")
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError:
            raise refused(field, f"“{address}” is no e-mail address.") from None
    return addresses


def mail_of(outgoing: Outgoing, recipients: list[str], now: datetime.datetime) -> EmailMultiAlternatives:
    letter = letter_of(outgoing.body)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "taskapi"
    headers = {
        # The same over all attempts: a mail that arrived, though we never heard so, is known again.
        "Message-ID": f"<{outgoing.public_id}@{domain}>",
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",  # so that nobody's holiday notice answers
    }
    mail = EmailMultiAlternatives(letter.subject, letter.text, to=recipients, headers=headers)
    mail.attach_alternative(letter.html, "text/html")
    return mail


def hand_over(mail: EmailMultiAlternatives, seconds: float) -> Refusals:
    """Gives it to the mail server; returns the recipients whom that refused while it took others."""
    backend: Any = get_connection(timeout=seconds)
    refusals: dict[str, tuple[int, bytes]] = {}
    try:
        backend.open()
        server = getattr(backend, "connection", None)
        if isinstance(server, smtplib.SMTP):
            # Django drops what is said of single recipients.
            send = server.sendmail
            setattr(server, "sendmail", lambda *args: refusals.update(send(*args)))  # noqa: B010 - mypy forbids the other
        backend.send_messages([mail])
    finally:
        with suppress(OSError):  # whatever is said to the farewell: the mail is with the server, or it is not
            backend.close()
    return refusals


def failure(error: OSError | ValueError) -> Outcome:
    may_retry = True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        text = said_of(error.recipients)
        may_retry = not all(is_final(*refusal) for refusal in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        text = f"{error.smtp_code} {as_text(error.smtp_error)}"
        if isinstance(error, smtplib.SMTPDataError):
            may_retry = not is_final(error.smtp_code, error.smtp_error)
    elif isinstance(error, OSError) and error.strerror:
        text = error.strerror
    else:
        text = str(error) or type(error).__name__
    text = without_password(f"The mail server: {text}")
    return Outcome(is_delivered=False, error=text, may_retry=may_retry)


def is_final(code: int, answer: bytes | str) -> bool:
    """Whether another try must end alike. What is about the sender's rights or policy (5.7.…, 530) can be mended."""
    return 500 <= code < 600 and code != 530 and not as_text(answer).startswith("5.7.")


def said_of(refusals: Refusals) -> str:
    return "; ".join(f"{address}: {code} {as_text(answer)}" for address, (code, answer) in refusals.items())


def as_text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def without_password(text: str) -> str:
    password = settings.EMAIL_HOST_PASSWORD
    return (text.replace(password, "***") if password else text).replace("\0", "")[:RESPONSE_MAX]
