"""Messages as signed POSTs to a URL of the receiver's."""

import datetime
import re
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from integrations import signing
from integrations.addresses import Network, networks
from integrations.models import Channel
from integrations.safe_http import Answer, NoAnswer, post
from integrations.sealing import Unreadable, unseal
from integrations.targets import check_url
from integrations.transports.base import Outcome, Outgoing, check_is_object, only_key, refused

SECONDS = re.compile(r"[0-9]{1,9}")
GONE = 410


class WebhookTransport:
    """A channel's `config` is `{"url": …}`; its signing secrets are sealed in the channel."""

    def check_channel(self, config: Mapping[str, Any]) -> dict[str, Any]:
        url = only_key(config, "url")
        if not isinstance(url, str):
            raise refused("config.url", "A URL is text.")
        try:
            check_url(url, allowed_networks())
        except ValueError as error:
            raise refused("config.url", str(error)) from None
        return {"url": url}

    def sealed_of(self, config: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        return dict(config), ""

    def check_config(self, config: Any, channel: Channel | None) -> None:
        check_is_object(config)

    def host_of(self, channel: Channel | None) -> str:
        return (urlsplit(channel.config.get("url", "")).netloc if channel else "").lower()

    def send(self, outgoing: Outgoing, *, now: datetime.datetime, deadline: float) -> Outcome:
        channel = outgoing.channel
        if channel is None:
            return Outcome(is_delivered=False, error="The channel does not exist any more.", may_retry=False)
        body = outgoing.body.encode()
        try:
            signed = signing.headers(outgoing.public_id, now, body, secrets_of(channel, now))
            headers = {"content-type": "application/json", "user-agent": "taskapi", **signed}
            answer = post(channel.config["url"], body, headers, seconds=deadline, allowed=allowed_networks())
        except (Unreadable, NoAnswer) as error:
            return Outcome(is_delivered=False, error=str(error))
        return outcome_of(answer, now)


def allowed_networks() -> Sequence[Network]:
    return networks(tuple(settings.TASKAPI_WEBHOOK_ALLOW))


def secrets_of(channel: Channel, now: datetime.datetime) -> list[str]:
    """The secrets that sign: the channel's, and for a while after a change the one before; raises `Unreadable`."""
    secrets = [unseal(channel.sealed)]
    if channel.sealed_before and channel.overlap_until and now < channel.overlap_until:
        secrets.append(unseal(channel.sealed_before))
    return secrets


def outcome_of(answer: Answer, now: datetime.datetime) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(is_delivered=True, status=answer.status, response=answer.text)
    error = f"The receiver answered {answer.status}."
    if 300 <= answer.status < 400:
        error += " Redirects are not followed: give the channel the URL that this one leads to."
    return Outcome(
        is_delivered=False,
        status=answer.status,
        response=answer.text,
        error=error,
        retry_after=wait_asked_for(answer.headers.get("retry-after", ""), now),
        is_gone=answer.status == GONE,
        may_retry=answer.status != GONE,
    )


def wait_asked_for(text: str, now: datetime.datetime) -> float | None:
    """The seconds of a `Retry-After`: a number, or the distance to a date; None for what is neither."""
    text = text.strip()
    if SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # A date that says no zone is in UTC, as all of HTTP's are.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return max(0.0, (moment - now).total_seconds())
