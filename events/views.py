"""Events: `GET /api/{org}/{project}/tasks/events`, for the events process to serve and for all else to point there."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from events import catching_up, documentation, wire
from events.admission import ticket_of
from events.grants import NEEDED, grant_of
from events.wishes import wish_of
from projects.in_project import InProject
from projects.models import User
from taskapi.rest.rendering import JSONRenderer

EVENT_STREAM = "text/event-stream"
RETRY = 2000  # milliseconds
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(JSONRenderer):
    """What `Accept` may ask for; failures are JSON all the same."""

    media_type = EVENT_STREAM
    format = "events"


@documentation.events
class EventViewSet(InProject, ViewSet):
    """Refuses what must be refused. What it grants is streamed by whoever asked it (`events.admission`).

    The web server asks for itself: it sends what happened since the last event, and ends; clients come back by
    themselves, with the id of what they have. So nothing holds a thread, and nothing is lost where no stream can be.
    """

    scopes = {"events": NEEDED}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        renderers = [EventStream()]
        try:
            DefaultContentNegotiation().select_renderer(request, renderers)
        except NotAcceptable:
            if not force:
                raise
        return JSONRenderer(), JSONRenderer.media_type

    def events(self, request: Request, **path: str) -> HttpResponseBase:
        asked = request._request
        wish = wish_of(self.project, request.query_params, asked.META.get("HTTP_LAST_EVENT_ID", ""))
        ticket = ticket_of(asked)
        body = b""
        if ticket is None:
            page = catching_up.missed(wish, wish.last)
            body = wire.begin(RETRY) + b"".join(page.events)
        else:
            session: Any = getattr(asked, "session", None)
            # Not `asked.user`, which REST framework has put the principal in the place of.
            user_id = self.principal.user_id
            user = None if user_id is None else User.objects.filter(pk=user_id).first()
            ticket.wish = wish
            ticket.grant = grant_of(self.principal, self.project, user, session.session_key if session else "")
        return HttpResponse(body, content_type=EVENT_STREAM, headers=HEADERS)
