"""The answer to a caller that may listen to events."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse

from events import catching_up, wire
from events.grants import Grant
from events.wishes import Wish

EVENT_STREAM = "text/event-stream"
RETRY = 2000  # milliseconds until a client that was sent what it missed comes back
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStreamResponse(StreamingHttpResponse):
    """An event stream that is granted: what is wanted, and by what right.

    `manage.py serve` streams it, for as long as the client listens (`taskapi.server.event_streams`). Any other server
    iterates it: then it holds what happened since the last event, and ends. Clients come back by themselves, with the
    id of what they have: nothing holds a thread, and nothing is lost.
    """

    def __init__(self, wish: Wish, grant: Grant) -> None:
        super().__init__(missed_by(wish), content_type=EVENT_STREAM, headers=HEADERS)
        self.wish, self.grant = wish, grant


def missed_by(wish: Wish) -> Iterator[bytes]:
    yield wire.begin(RETRY)
    page = catching_up.missed(wish, wish.last)
    yield from catching_up.events_of(wish, page)
