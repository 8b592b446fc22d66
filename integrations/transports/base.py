"""What every transport is given and gives back. Each knows one kind of destination, and nothing of the outbox."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import ValidationError

from integrations.models import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message on its way.

    public_id: the delivery's id, the same over all attempts. config: the action's own. channel: None for the built-in
    `email`. body: the message as JSON text: `{"type", "timestamp", "data"}`.
    """

    public_id: uuid.UUID
    integration: str
    config: Mapping[str, Any]
    channel: Channel | None
    body: str
    point: str
    created: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt.

    status: the HTTP status of the answer, None where there was none. response: its first 2 kB. error: why it failed.
    retry_after: seconds that the other side asks to wait. is_gone: it asks never to be called again. may_retry: False
    where another try could only end the same way.
    """

    is_delivered: bool
    status: int | None = None
    response: str = ""
    error: str = ""
    retry_after: float | None = None
    is_gone: bool = False
    may_retry: bool = True


class Transport(Protocol):
    def check_channel(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """A channel's `config`, whole and right; raises Django's `ValidationError({"config.url": error})`."""

    def sealed_of(self, config: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """Parts a checked `config`: what is stored for everyone to see, and what is stored sealed.

        The second is "" where nothing of it is secret. A webhook's signing secret is no part of it: nobody sends it.
        """

    def check_config(self, config: Any, channel: Channel | None) -> None:
        """Raises Django's `ValidationError({"config": error})` for an action's `config` that the channel can't use."""

    def host_of(self, channel: Channel | None) -> str:
        """Where its messages go, as far as that is known without asking: channels of one host may be slow together."""

    def send(self, outgoing: Outgoing, *, now: datetime.datetime, deadline: float) -> Outcome:
        """One attempt, over within `deadline` seconds; what the network does is in the outcome, never raised."""


def refused(field: str, text: str) -> ValidationError:
    return ValidationError({field: ValidationError(text, "invalid")})


def check_is_object(config: Any) -> None:
    """What an action's `config` is for every channel."""
    if not isinstance(config, dict):
        raise refused("config", "This must be a JSON object.")


def only_key(config: Mapping[str, Any], name: str) -> Any:
    """The value of the one key that a channel's `config` has; raises `ValidationError` for others, and for none."""
    for other in config.keys() - {name}:
        raise refused(f"config.{other}", f"A channel of this kind takes `{name}` alone.")
    if name not in config:
        raise refused(f"config.{name}", "This field is required.")
    return config[name]
