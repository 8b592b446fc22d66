"""Events: `GET /api/{org}/{project}/tasks/events`."""

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from events import documentation
from events.grants import NEEDED, grant_of
from events.response import EVENT_STREAM, EventStreamResponse
from events.wishes import wish_of
from projects.in_project import InProject
from projects.models import User
from taskapi.rest.rendering import JSONRenderer


class EventStream(JSONRenderer):
    """What `Accept` may ask for; failures are JSON all the same."""

    media_type = EVENT_STREAM
    format = "events"


@documentation.events
class EventViewSet(InProject, ViewSet):
    """Refuses what must be refused; what it grants is streamed by the server (`events.response`)."""

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
        session: Any = getattr(asked, "session", None)
        # Not `asked.user`, which REST framework has put the principal in the place of.
        user_id = self.principal.user_id
        user = None if user_id is None else User.objects.filter(pk=user_id).first()
        grant = grant_of(self.principal, self.project, user, session.session_key if session else "")
        return EventStreamResponse(wish, grant)
