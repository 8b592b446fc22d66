"""/admin/: the operator's pages of channels and deliveries."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.models import Channel, Delivery
from projects.models import User

HOOK = {"kind": "webhook", "slug": "ops", "config": {"url": "https://hooks.acme.example/"}}


@pytest.fixture
def operator(db):
    browser = Client()
    browser.force_login(User.objects.create_superuser("root@server.example", "correct horse battery"))
    return browser


@pytest.fixture
def channel(admin):
    return Channel.objects.get(pk=admin.post("integrations", HOOK).json()["id"])


@pytest.fixture
def delivery(project, channel):
    now = timezone.now()
    fields = {"integration": "webhook:ops", "channel": channel, "status": "failed", "finished": now}
    return Delivery.objects.create(
        organization=project.organization, project=project, point="error", body="{}", due_at=now, created=now, **fields
    )


def page(model, kind, *args):
    return reverse(f"admin:integrations_{model._meta.model_name}_{kind}", args=args)


def test_a_channel_is_renamed_and_switched_off_and_its_secret_is_not_shown(operator, channel):
    text = operator.get(page(Channel, "change", channel.pk)).content.decode()
    assert channel.sealed not in text
    sealed, fields = channel.sealed, {"name": "On call", "slug": "other", "config": "{}"}
    assert operator.post(page(Channel, "change", channel.pk), fields).status_code == 302
    channel.refresh_from_db()
    assert (channel.name, channel.enabled, channel.slug, channel.sealed) == ("On call", False, "ops", sealed)


def test_a_channel_is_made_by_the_api_alone(operator):
    assert operator.get(page(Channel, "add")).status_code == 403


def test_a_channel_is_deleted_and_what_was_sent_by_it_stays(operator, channel, delivery):
    assert operator.get(page(Channel, "delete", channel.pk)).status_code == 200
    assert operator.post(page(Channel, "delete", channel.pk), {"post": "yes"}).status_code == 302
    assert not Channel.objects.exists()
    assert operator.get(page(Delivery, "change", delivery.pk)).status_code == 200


def test_a_delivery_is_only_looked_at(operator, delivery):
    assert operator.get(page(Delivery, "add")).status_code == 403
    assert operator.post(page(Delivery, "change", delivery.pk), {}).status_code == 403
    assert operator.post(page(Delivery, "delete", delivery.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("query", ["id", "error", "webhook:ops"])
def test_a_delivery_is_found_by_its_id_its_point_or_its_channel(operator, delivery, query):
    query = str(delivery.public_id) if query == "id" else query
    row = page(Delivery, "change", delivery.pk)
    assert row in operator.get(page(Delivery, "changelist"), {"q": query}).content.decode()
    assert row not in operator.get(page(Delivery, "changelist"), {"q": "nothing of it"}).content.decode()


AGAIN = {"action": "deliver_again"}


def test_a_delivery_is_delivered_again(operator, delivery):
    chosen = {**AGAIN, "_selected_action": [delivery.pk]}
    assert operator.post(page(Delivery, "changelist"), chosen).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.status, delivery.finished) == ("pending", None)


def test_who_may_only_look_delivers_nothing_again(delivery):
    user = User.objects.create_user("ada@server.example", "correct horse battery", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    browser = Client()
    browser.force_login(user)
    assert "deliver_again" not in browser.get(page(Delivery, "changelist")).content.decode()
    browser.post(page(Delivery, "changelist"), {**AGAIN, "_selected_action": [delivery.pk]})
    delivery.refresh_from_db()
    assert delivery.status == "failed"
