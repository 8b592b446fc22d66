"""Signatures of webhooks by the Standard Webhooks specification, so that receivers know who sent them, and when.

Each attempt is signed anew: receivers refuse what was signed minutes ago.
"""

import base64
import datetime
import hashlib
import hmac
import secrets as randomness
import uuid
from collections.abc import Iterable

PREFIX = "whsec_"
SECRET_BYTES = 32


def make_secret() -> str:
    return PREFIX + base64.b64encode(randomness.token_bytes(SECRET_BYTES)).decode()


def headers(public_id: uuid.UUID, now: datetime.datetime, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """The three headers. Of several secrets each signs: a receiver needs to know one of them."""
    moment = str(int(now.timestamp()))
    signed = b".".join((str(public_id).encode(), moment.encode(), body))
    return {
        "webhook-id": str(public_id),
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{signature(signed, secret)}" for secret in secrets),
    }


def signature(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
