"""Forms about passwords and mails: an address that sends them too often waits."""

import math
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.generic import FormView
from rest_framework.exceptions import Throttled

from taskapi.rest import limits


class LimitedFormView(FormView):
    """Beside Django's own form views: counts each form that comes in, before it is looked at.

    All such forms are counted as one, `TASKAPI_SIGN_INS_PER_MINUTE`. Over it, the form is shown again with `wait`, the
    seconds to wait (429).
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            limits.count_sign_in(request, settings.TASKAPI_SIGN_INS_PER_MINUTE)
        except Throttled as error:
            wait = math.ceil(error.wait or 0)  # type: ignore[attr-defined]
            page = self.render_to_response(self.get_context_data(wait=wait), status=429)
            page["Retry-After"] = str(wait)
            return page
        return super().post(request, *args, **kwargs)
