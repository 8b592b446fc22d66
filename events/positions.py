"""Event ids: a place in the stream of a project's changes, signed, so that nobody can make one up."""

import base64
import binascii
import hmac
from typing import NamedTuple

from django.conf import settings

Mark = tuple[int, int]
MAX_LENGTH = 200


class Position(NamedTuple):
    """What whoever holds this has seen.

    mark: the last change of a status, by (transaction, id); on SQLite, whose writers come one by one, the first is 0.
    number: all tasks up to this number were told of when they were made. at: milliseconds since 1970.
    """

    mark: Mark
    number: int
    at: int

    def encode(self, project_id: int) -> str:
        text = f"{self.mark[0]}.{self.mark[1]}.{self.number}.{self.at}".encode()
        return base64.urlsafe_b64encode(signature(text, project_id) + text).rstrip(b"=").decode()


def position_of(token: str, project_id: int) -> Position | None:
    """The position that `encode` wrote; None for anything else, that of another project too."""
    if len(token) > MAX_LENGTH:
        return None
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        return None
    text = raw[SIGNATURE:]
    if not hmac.compare_digest(raw[:SIGNATURE], signature(text, project_id)):
        return None
    xact, change, number, at = map(int, text.split(b"."))
    return Position((xact, change), number, at)


SIGNATURE = 9


def signature(text: bytes, project_id: int) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"event %d " % project_id + text, "sha256")[:SIGNATURE]
