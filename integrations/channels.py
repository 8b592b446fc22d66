"""Channels, made, changed, tested and deleted; and whether an action may name one."""

import datetime
from collections.abc import Mapping
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from integrations.mail_limit import may_test
from integrations.models import Channel, Kind
from integrations.outbox import BUILT_IN
from integrations.sealing import Unreadable, seal, unseal
from integrations.signing import make_secret
from integrations.transports import transport_of
from integrations.transports.base import Outcome, Outgoing
from projects.capacity import refuse_beyond
from projects.locks import locked, locked_organization
from projects.models import Organization
from projects.tenants import keep

OVERLAP = datetime.timedelta(hours=24)  # that the secret before the last one signs as well
TEST_DEADLINE = 4.0  # seconds; a client waits five for its answer
MAIL_LIMIT = "The organization has sent as many mails as it may in an hour."
TEST_MESSAGE = "This is a test. The messages of this integration will come here."


def create_channel(
    organization: Organization, fields: Mapping[str, Any], now: datetime.datetime
) -> tuple[Channel, str | None]:
    """A new channel, and the secret that signs its messages where its kind has one: the only time that it is known.

    fields: `kind`, `slug`, `config`, and perhaps `name` (the slug unless set) and `enabled`.
    Raises `ValidationError` on any of them: on `config.url` for a bad one, on `slug` where it is taken.
    """
    settings = {"name": fields["slug"], **{name: value for name, value in fields.items() if name != "config"}}
    channel = Channel(organization=organization, created=now, updated=now, **settings)
    channel.clean_fields(exclude={"organization"})
    set_config(channel, fields["config"])
    secret = None
    if channel.kind == Kind.WEBHOOK:
        secret = make_secret()
        channel.sealed = seal(secret)
    with transaction.atomic():
        channel.organization = locked_organization(organization)
        refuse_beyond(channel.organization.channels, "slug")
        save_new(channel)
    return channel, secret


def change_channel(channel: Channel, fields: Mapping[str, Any], now: datetime.datetime) -> Channel:
    """Changes `name`, `config` (as a whole) and `enabled`.

    Raises `ValidationError` on `kind` or `slug` when another is sent, on `config` as `create_channel` does.
    """
    with transaction.atomic():
        channel = locked(channel)
        keep("kind", channel.kind, fields)
        keep("slug", channel.slug, fields)
        channel.name = fields.get("name", channel.name)
        channel.enabled = fields.get("enabled", channel.enabled)
        channel.updated = now
        # Sent back as it is shown, it changes nothing: a part of it may not be shown.
        if fields.get("config", channel.config) != channel.config:
            set_config(channel, fields["config"])
        channel.save(update_fields=["name", "config", "sealed", "enabled", "updated"])
    return channel


def delete_channel(channel: Channel) -> None:
    """Actions that name it stay; what is owed to it fails."""
    channel.delete()


def rotate_secret(channel: Channel, now: datetime.datetime) -> tuple[Channel, str]:
    """The channel and its new secret: the only time that it is known. The one before signs as well for `OVERLAP`.

    Raises `ValidationError` on `kind` for a channel that signs nothing.
    """
    secret = make_secret()
    with transaction.atomic():
        channel = locked(channel)
        if channel.kind != Kind.WEBHOOK:
            raise ValidationError({"kind": ValidationError("A channel of this kind has no secret to rotate.", "fixed")})
        # One that no key opens any more signs nothing, and would keep the new one from it.
        channel.sealed_before = channel.sealed if is_readable(channel.sealed) else ""
        channel.overlap_until = now + OVERLAP if channel.sealed_before else None
        channel.sealed, channel.updated = seal(secret), now
        channel.save(update_fields=["sealed", "sealed_before", "overlap_until", "updated"])
    return channel, secret


def disable(channel_id: int, now: datetime.datetime) -> None:
    """No message is owed to it any more, until somebody enables it again."""
    Channel.objects.filter(pk=channel_id, enabled=True).update(enabled=False, updated=now)


def check_action(organization_id: int, integration: str, config: Any) -> None:
    """Raises `ValidationError` on `integration` for an unknown channel, on `config` for what the channel can't use."""
    if integration == BUILT_IN:
        transport_of(BUILT_IN).check_config(config, None)
        return
    is_name = ":" in integration  # the database is not asked for what can't be one
    channel = Channel.objects.named(organization_id, integration).first() if is_name else None
    if channel is None:
        raise ValidationError({"integration": ValidationError(f"There is no channel “{integration}”.", "unknown")})
    transport_of(channel.kind).check_config(config, channel)


def check_channel(kind: str, config: Mapping[str, Any], channel: Channel | None) -> None:
    """Raises `ValidationError` on `config.url` and the like. channel: the one that is to be changed."""
    if channel is None or config != channel.config:
        transport_of(kind).check_channel(config)


def send_test(channel: Channel, now: datetime.datetime) -> Outcome:
    """Sends a test message, also where the channel is not enabled, and waits for what comes of it."""
    if channel.kind == Kind.EMAIL and not may_test(channel, now):
        return Outcome(is_delivered=False, error=MAIL_LIMIT)
    data = {"integration": channel.integration, "message": TEST_MESSAGE}
    body = orjson.dumps({"type": "test", "timestamp": now, "data": data}, option=orjson.OPT_UTC_Z).decode()
    outgoing = Outgoing(
        public_id=uuid7(),
        integration=channel.integration,
        config={},
        channel=channel,
        body=body,
        point="test",
        created=now,
    )
    return transport_of(channel.kind).send(outgoing, now=now, deadline=TEST_DEADLINE)


def set_config(channel: Channel, config: Mapping[str, Any]) -> None:
    transport = transport_of(channel.kind)
    channel.config, secret_part = transport.sealed_of(transport.check_channel(config))
    if secret_part:
        channel.sealed = seal(secret_part)


def save_new(channel: Channel) -> None:
    """No look beforehand could tell which slug others are taking: the unique constraint refuses it."""
    try:
        with transaction.atomic():
            channel.save(force_insert=True)
    except IntegrityError:
        text = f"There is a channel “{channel.integration}” already."
        raise ValidationError({"slug": ValidationError(text, "unique")}) from None


def is_readable(sealed: str) -> bool:
    try:
        unseal(sealed)
    except Unreadable:
        return False
    return True
