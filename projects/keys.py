"""API keys as text: made, written for the client, read back, digested. Pure.

A key on the wire is `base64("organization/project/secret")`, with the project left empty for a whole organization; the
official client takes the first form apart and sends the bare secret, so that is a key too.
"""

import base64
import binascii
import hashlib
import re
import secrets
import zlib

PREFIX = "tak_"  # lets a secret scanner recognise our keys
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_LENGTH = 43  # 256 bits
CHECK_LENGTH = 6
SECRET = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM_LENGTH + CHECK_LENGTH}}}")
SHOWN = 8  # characters of a secret that its row keeps in the clear, for people to tell keys apart


def make() -> str:
    """A new secret: prefix, 256 random bits in base 62, and a checksum of both."""
    body = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return body + checksum(body)


def checksum(body: str) -> str:
    """CRC-32 in base 62: a mistyped key is refused without asking the database."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECK_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def encode(organization: str, project: str, secret: str) -> str:
    """The whole key; `project` is empty for an organization key."""
    return base64.b64encode(f"{organization}/{project}/{secret}".encode()).decode()


def decode(key: str) -> str | None:
    """The secret in a key, whole or bare; None where it is no key of ours."""
    secret = key
    if not SECRET.fullmatch(key):
        try:
            parts = base64.b64decode(key, validate=True).decode("ascii").split("/")
        except (ValueError, binascii.Error):
            return None
        secret = parts[-1]
        if len(parts) != 3 or not SECRET.fullmatch(secret):
            return None
    return secret if checksum(secret[:-CHECK_LENGTH]) == secret[-CHECK_LENGTH:] else None


def digest(secret: str) -> bytes:
    """What is stored: SHA-256. A slow hash would guard guessable passwords; 256 random bits can't be guessed."""
    return hashlib.sha256(secret.encode()).digest()
