"""When each key was last used, written outside the requests that use it and at most once a minute for a key."""

import atexit
import datetime
import logging
import threading
import time

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q
from django.utils import timezone

from projects.models import ApiKey

INTERVAL = 60.0  # seconds between two writes for one key
DELAY = 1.0  # seconds that a use waits, for others to be written along with it

log = logging.getLogger(__name__)
_next_write: dict[int, float] = {}
_pending: dict[int, datetime.datetime] = {}
_wanted = threading.Event()
_lock = threading.Lock()
_writer: threading.Thread | None = None


def note(key_id: int) -> None:
    """A request was made with this key: costs a dictionary look-up, but for once a minute."""
    clock = time.monotonic()
    if _next_write.get(key_id, 0.0) > clock:
        return
    _next_write[key_id] = clock + INTERVAL
    _pending[key_id] = timezone.now()
    start_writer()
    _wanted.set()


def start_writer() -> None:
    global _writer
    with _lock:
        if _writer is None or not _writer.is_alive():
            if _writer is None:
                atexit.register(flush)
            _writer = threading.Thread(target=write_for_ever, name="last-used", daemon=True)
            _writer.start()


def write_for_ever() -> None:
    while _wanted.wait():
        time.sleep(DELAY)
        _wanted.clear()
        flush()
        connection.close()


def flush() -> None:
    """Writes what is noted; a moment that another process has noted within the minute stands."""
    while _pending:
        key_id, moment = _pending.popitem()
        too_old = moment - datetime.timedelta(seconds=INTERVAL)
        try:
            ApiKey.objects.filter(Q(last_used=None) | Q(last_used__lt=too_old), pk=key_id).update(last_used=moment)
        except (DatabaseError, InterfaceError) as error:  # worth a line, not the request of anybody
            log.warning("The last use of a key could not be written: %s", error)
