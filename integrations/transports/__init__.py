"""The registry of transports: which code sends to which kind of channel."""

from functools import lru_cache

from django.utils.module_loading import import_string

from integrations.transports.base import Transport

# By path: each is imported when a message of its kind is first sent or checked.
TRANSPORTS = {
    "apprise": "integrations.transports.apprise.AppriseTransport",
    "email": "integrations.transports.email.EmailTransport",
    "webhook": "integrations.transports.webhook.WebhookTransport",
}


@lru_cache
def transport_of(kind: str) -> Transport:
    """The transport of a channel's kind; of the built-in `email` too. Raises `KeyError` for any other."""
    transport: Transport = import_string(TRANSPORTS[kind])()
    return transport
