"""Paths of channels and deliveries under `/api/`, each with and without its trailing slash."""

from django.urls import re_path

from integrations.views import ChannelViewSet, DeliveryViewSet
from projects.urls import ALL, ID, ONE, ORG

TEST, ROTATE = ChannelViewSet.as_view({"post": "test"}), ChannelViewSet.as_view({"post": "rotate_secret"})
REDELIVER = DeliveryViewSet.as_view({"post": "redeliver"})

urlpatterns = [
    re_path(rf"{ORG}/integrations/?$", ChannelViewSet.as_view(ALL), name="channel-list"),
    re_path(rf"{ORG}/integrations/{ID}/?$", ChannelViewSet.as_view(ONE), name="channel-detail"),
    re_path(rf"{ORG}/integrations/{ID}/test/?$", TEST, name="channel-test"),
    re_path(rf"{ORG}/integrations/{ID}/rotate-secret/?$", ROTATE, name="channel-rotate-secret"),
    re_path(rf"{ORG}/deliveries/?$", DeliveryViewSet.as_view({"get": "list"}), name="delivery-list"),
    re_path(
        rf"{ORG}/deliveries/(?P<id>[^/]+)/?$", DeliveryViewSet.as_view({"get": "retrieve"}), name="delivery-detail"
    ),
    re_path(rf"{ORG}/deliveries/(?P<id>[^/]+)/redeliver/?$", REDELIVER, name="delivery-redeliver"),
]
