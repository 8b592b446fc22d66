"""Channels and deliveries: `/api/{org}/integrations`, `/api/{org}/deliveries`. All of it needs the scope `admin`."""

import time
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from integrations import documentation
from integrations.channels import change_channel, create_channel, delete_channel, rotate_secret, send_test
from integrations.filters import selected
from integrations.models import Channel, Delivery
from integrations.outbox import redeliver
from integrations.serializers import ChannelChangeSerializer, ChannelSerializer, DeliverySerializer
from integrations.wire import delivery_on_wire
from projects.resource_views import EVERY_ACTION, ResourceViewSet
from taskapi.rest.pages import KeysetPagination
from taskapi.rest.params import public_id_of
from taskapi.rest.rendering import answer


@documentation.channels
class ChannelViewSet(ResourceViewSet):
    queryset = Channel.objects.none()
    serializer_class = ChannelSerializer
    change_serializer_class = ChannelChangeSerializer
    lookup_url_kwarg = "id"
    governed = EVERY_ACTION | {"test", "rotate_secret"}

    def get_queryset(self) -> QuerySet[Channel]:
        return self.organization.channels.all()

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        channel, secret = create_channel(self.organization, serializer.validated_data, timezone.now())
        return Response(self.with_secret(channel, secret), status=status.HTTP_201_CREATED)

    def change(self, row: Channel, fields: Mapping[str, Any]) -> Channel:
        return change_channel(row, fields, timezone.now())

    def perform_destroy(self, instance: Channel) -> None:
        delete_channel(instance)

    def test(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        channel, began = self.get_object(), time.monotonic()
        outcome = send_test(channel, timezone.now())
        return Response(
            {
                "delivered": outcome.is_delivered,
                "status": outcome.status,
                "response": outcome.response,
                "error": outcome.error,
                "duration_ms": round((time.monotonic() - began) * 1000),
            }
        )

    def rotate_secret(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        channel, secret = rotate_secret(self.get_object(), timezone.now())
        return Response(self.with_secret(channel, secret))

    def with_secret(self, channel: Channel, secret: str | None) -> dict[str, Any]:
        return {**ChannelSerializer(channel).data, "secret": secret}


@documentation.deliveries
class DeliveryViewSet(ResourceViewSet):
    queryset = Delivery.objects.none()
    serializer_class = DeliverySerializer
    pagination_class = KeysetPagination  # type: ignore[assignment]

    def get_queryset(self) -> QuerySet[Delivery]:
        """Those of the projects within reach: one that was deleted is in no organization of the caller any more."""
        rows = Delivery.objects.filter(organization=self.organization, project__organization=self.organization)
        only = self.principal.only_project
        mine = rows.filter(project=only) if only is not None else rows
        return mine.select_related("project").prefetch_related("attempts").defer("config", "body")

    def get_object(self) -> Delivery:
        return get_object_or_404(self.get_queryset(), public_id=public_id_of(self.kwargs["id"]))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        pages = KeysetPagination()
        page = pages.page_of(selected(self.get_queryset(), self.organization, request.query_params), request)
        return pages.answer([delivery_on_wire(delivery) for delivery in page])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        return answer(request, delivery_on_wire(self.get_object()))

    def redeliver(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return answer(request, delivery_on_wire(redeliver(self.get_object(), timezone.now())))
