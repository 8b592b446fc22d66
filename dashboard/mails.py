"""Mails to single people: plain text, with a link that is theirs alone.

They go out at once and are kept nowhere, unlike messages to channels: the link in them is a secret.
"""

import logging
import threading
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from integrations.deadlines import TookTooLong, within
from integrations.transports.email import failure, hand_over

log = logging.getLogger(__name__)

WAIT = 4.0  # seconds that a page waits for the mail server: on SQLite it holds the process's one thread
DEADLINE = 20.0  # for the sending itself, which goes on without the page
NAME_MAX = 80
MOST = 16  # at once
SENDING = threading.BoundedSemaphore(MOST)


def letter_to(email: str, template: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """The mail that a template makes: its first line is the subject, and the text begins after an empty one.

    Names that people chose must have gone through `on_one_line`.
    """
    text = render_to_string(f"dashboard/mails/{template}.txt", {"base_url": settings.BASE_URL, **context})
    subject, _, body = text.strip().partition("\n\n")
    headers = {"Auto-Submitted": "auto-generated"}  # so that nobody's holiday notice answers
    return EmailMultiAlternatives(on_one_line(subject, 3 * NAME_MAX), body + "\n", to=[email], headers=headers)


def address(name: str, **values: str) -> str:
    """A page's whole address; never of what the request calls this server."""
    return f"{settings.BASE_URL}{reverse(name, kwargs=values)}"


def on_one_line(name: str, most: int = NAME_MAX) -> str:
    """A name as it may stand in a mail: no line of its own, no control characters, and not at any length."""
    line = "".join(char for char in " ".join(name.split()) if unicodedata.category(char)[0] != "C")
    return line if len(line) <= most else line[: most - 1] + "…"


def send(letter: EmailMultiAlternatives) -> str:
    """ "" once the mail server has taken it; else what went wrong, as a sentence."""
    try:
        return within(WAIT, lambda: attempt(letter), SENDING)
    except TookTooLong:
        return "The mail server has not answered yet; the mail may still go out."


def send_unheard(letter: EmailMultiAlternatives | None) -> None:
    """Nobody waits for it: how long it takes would tell whether there was anybody to write to (None)."""
    in_background(lambda: attempt(letter) if letter else None)


def attempt(letter: EmailMultiAlternatives) -> str:
    try:
        hand_over(letter, DEADLINE)
    except (OSError, ValueError) as error:  # smtplib's are OSErrors, Django's ValueErrors
        problem = failure(error).error.rstrip(".") + "."
        log.warning("A mail could not be sent. %s", problem)
        return problem
    return ""


def in_background(work: Callable[[], object]) -> None:
    places = SENDING
    if not places.acquire(blocking=False):
        log.warning("A mail was not sent: %s wait for the mail server already.", MOST)
        return

    def run() -> None:
        try:
            work()
        finally:
            places.release()

    threading.Thread(target=run, daemon=True).start()
