"""For those who run the server: is it alive, is it ready, how is it doing."""

import hmac
import ipaddress

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from taskapi import backlog
from taskapi.metrics import exposition

# What proxies add: any of them says that the caller is not the one who connects.
PROXIED = {"HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP"}
_is_migrated = False


def healthz(request: HttpRequest | None = None) -> HttpResponse:
    """The process answers. `manage.py serve` has its event loop answer it, without a request of Django's."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """The database can be reached and its migrations are applied; 503 with the reason otherwise."""
    problem = unready()
    return JsonResponse({"status": problem or "ok"}, status=503 if problem else 200)


def unready() -> str:
    global _is_migrated
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _is_migrated:  # asked until it is so: migrations are not taken back under a running server
            executor = MigrationExecutor(connection)
            _is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InterfaceError):
        return "database away"
    return "" if _is_migrated else "migrations missing"


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for loopback and for whoever has the token."""
    if not may_scrape(request):
        return HttpResponse("Unauthorized\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition() + backlog.exposition(), content_type=CONTENT_TYPE_LATEST)


def may_scrape(request: HttpRequest) -> bool:
    expected = f"Bearer {settings.TASKAPI_METRICS_TOKEN}"
    given = request.META.get("HTTP_AUTHORIZATION", "")
    if settings.TASKAPI_METRICS_TOKEN and hmac.compare_digest(given.encode(), expected.encode()):
        return True
    # A proxy on this machine calls from loopback too, but says for whom.
    if PROXIED & request.META.keys():
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
