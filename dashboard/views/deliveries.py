"""Deliveries: messages sent and owed, by pages; and one of them with every attempt."""

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from dashboard.json_text import readable
from dashboard.task_filters import changed
from dashboard.task_messages import MAIL
from dashboard.visits import Visit, page
from integrations.bodies import body_of
from integrations.filters import selected
from integrations.models import Delivery, DeliveryStatus
from integrations.outbox import redeliver
from monitors.models import Monitor
from projects.scopes import Scope
from taskapi.rest.pages import Cursor, KeysetPagination
from taskapi.rest.params import public_id_of
from tasks.models import Task

SAID_MAX = 160  # characters of an answer in the list


@require_safe
@page(Scope.ADMIN)
def delivery_list(visit: Visit) -> HttpResponse:
    """`/a/{org}/deliveries/`, newest first, with the filters of the API's list."""
    params = visit.request.GET
    filled = without_blanks(params)
    if filled != params:
        return HttpResponseRedirect("?".join(filter(None, [visit.request.path, filled.urlencode()])))
    context = {
        "title": "Deliveries",
        "statuses": [("", "All"), *((status, status.label) for status in DeliveryStatus)],
        "status": params.get("status", ""),
        "integration": params.get("integration", ""),
        "integrations": [MAIL, *(channel.integration for channel in visit.organization.channels.order_by("name"))],
        "is_filtered": bool(params.keys() - {"project", "cursor", "page_size"}),
    }
    pages = KeysetPagination()
    try:
        rows = selected(deliveries_of(visit).prefetch_related("attempts"), visit.organization, params)
        found: list[Delivery] = pages.page_of(rows, Request(visit.request))
    except ValidationError as error:
        return visit.render("dashboard/deliveries.html", {**context, "problems": error.messages}, status=422)
    except APIException:  # a cursor or a size that is none
        raise Http404 from None
    context |= {
        "rows": rows_of(visit, found),
        "newer": link(params, pages.previous),
        "older": link(params, pages.next),
    }
    return visit.render("dashboard/deliveries.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Scope.ADMIN)
def delivery_page(visit: Visit, id: str) -> HttpResponse:
    """`/a/{org}/deliveries/{id}/`; a POST delivers it again."""
    public_id = public_id_of(id)
    rows = deliveries_of(visit, with_body=True).prefetch_related("attempts")
    delivery = rows.filter(public_id=public_id).first() if public_id else None
    if delivery is None:
        raise Http404
    if visit.request.method == "POST":
        redeliver(delivery, timezone.now())
        messages.success(visit.request, "It is sent again: at once, and with all its attempts anew.")
        place = {"org": visit.organization.slug, "id": str(delivery.public_id)}
        return HttpResponseRedirect(reverse("delivery-page", kwargs=place))
    row = rows_of(visit, [delivery])[0]
    channels = visit.organization.channels
    channel = next((one for one in channels.all() if one.integration == delivery.integration), None)
    context = {
        "title": f"{delivery.point} → {delivery.integration}",
        **row,
        "attempts": list(delivery.attempts.all()),
        "channel": channel,
        "is_mail": delivery.integration == MAIL,
        "body": readable(body_of(delivery)),
        "config": readable(json.dumps(delivery.config, ensure_ascii=False)) if delivery.config else "",
    }
    return visit.render("dashboard/delivery.html", context)


def deliveries_of(visit: Visit, *, with_body: bool = False) -> QuerySet[Delivery]:
    """As the API shows them: those of a project that was deleted are out of sight with it."""
    rows = Delivery.objects.filter(organization=visit.organization, project__organization=visit.organization)
    if with_body:
        return rows.select_related("project", "shared_body")
    return rows.select_related("project").defer("config", "body")


def rows_of(visit: Visit, deliveries: Iterable[Delivery]) -> list[dict[str, Any]]:
    """Each with what it is about, by name while that is there. Two statements."""
    now = timezone.now()
    tasks = names_of(Task, "public_id", visit, {row.task_id for row in deliveries if row.task_id})
    monitors = names_of(Monitor, "pk", visit, {row.monitor_id for row in deliveries if row.monitor_id})
    return [
        {
            "delivery": row,
            "task_name": tasks.get(row.task_id) if row.task_id else None,
            "monitor_name": monitors.get(row.monitor_id) if row.monitor_id else None,
            "said": said_last(row),
            "is_due": row.due_at <= now,
        }
        for row in deliveries
    ]


def names_of(model: type[Task | Monitor], key: str, visit: Visit, ids: set[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    if not ids:
        return {}
    found = model._default_manager.filter(project__organization=visit.organization, **{f"{key}__in": ids})
    return dict(found.values_list(key, "name"))


def said_last(delivery: Delivery) -> str:
    """What came of the last attempt, in a line."""
    last = next(reversed(delivery.attempts.all()), None)
    if last is None:
        return ""
    return (last.error or (f"Answer {last.status}" if last.status else "Taken"))[:SAID_MAX]


def without_blanks(params: QueryDict) -> QueryDict:
    """A form sends what was left empty as well, which asks for nothing."""
    kept = QueryDict(mutable=True)
    for name, values in params.lists():
        if filled := [value for value in values if value.strip()]:
            kept.setlist(name, filled)
    return kept


def link(params: QueryDict, cursor: Cursor | None) -> str:
    return changed(params, cursor=cursor.encode()) if cursor else ""
