from django.apps import AppConfig
from django.conf import settings
from django.core import signals
from django.core.cache import close_caches
from django.core.handlers.base import reset_urlconf
from django.db import close_old_connections, reset_queries


class TaskapiConfig(AppConfig):
    name = "taskapi"

    def ready(self) -> None:
        """Takes out what Django does at the two ends of each request and what has nothing to do here.

        Connections are kept, and looked at when a request begins; nothing is cached; there is one map of URLs; queries
        are noted only to debug.
        """
        signals.request_finished.disconnect(close_old_connections)
        signals.request_finished.disconnect(close_caches)
        signals.request_finished.disconnect(reset_urlconf)
        if not settings.DEBUG:
            signals.request_started.disconnect(reset_queries)
