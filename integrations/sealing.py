"""Encryption of what must be read again but not be seen in a copy of the database: secrets and URLs of channels.

The keys come from the environment (`TASKAPI_ENCRYPTION_KEYS`): the first one encrypts, all of them decrypt, so that one
can be replaced while the old one is still named. SECRET_KEY is always the last of them.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """No key that the server has fits."""

    def __str__(self) -> str:
        return "None of the server's encryption keys (TASKAPI_ENCRYPTION_KEYS, SECRET_KEY) fits this channel's secret."


def seal(text: str) -> str:
    return box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again; raises `Unreadable`."""
    try:
        return box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def box() -> MultiFernet:
    return box_of((*settings.TASKAPI_ENCRYPTION_KEYS, settings.SECRET_KEY))


@lru_cache
def box_of(texts: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key_of(text)) for text in texts])


def key_of(text: str) -> bytes:
    """A key from a text of any length; the label keeps it apart from whatever else is derived from SECRET_KEY."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"taskapi: sealed columns").derive(text.encode())
    return base64.urlsafe_b64encode(derived)
