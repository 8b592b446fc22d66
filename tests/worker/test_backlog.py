"""What `/metrics` says of the outbox."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from integrations.models import Delivery
from tests.worker.conftest import make_channel, owe_for


@pytest.fixture
def scrape(db):
    def read():
        response = Client().get("/metrics")
        assert response.status_code == 200
        lines = response.content.decode().splitlines()
        return {name: float(value) for name, _, value in (line.partition(" ") for line in lines) if name[0] != "#"}

    return read


def test_an_empty_outbox_is_told_as_such(scrape):
    seen = scrape()
    assert (seen["taskapi_deliveries_due"], seen["taskapi_deliveries_late_seconds"]) == (0, 0)


def test_it_says_how_much_is_due_and_for_how_long(scrape, project):
    make_channel(project.organization)
    now = timezone.now()
    owe_for(project, count=2, now=now - timedelta(seconds=30))
    owe_for(project, "webhook:ops", now=now - timedelta(seconds=90))
    owe_for(project, now=now + timedelta(hours=1))
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in owe_for(project, count=3)]).update(status="delivered")
    seen = scrape()
    assert seen["taskapi_deliveries_due"] == 3
    assert 90 <= seen["taskapi_deliveries_late_seconds"] < 120


def test_the_rest_is_told_also_while_the_database_is_away(scrape, monkeypatch):
    def away(*args):
        raise OperationalError("away")

    monkeypatch.setattr(Delivery.objects.all().__class__, "due", away)
    seen = scrape()
    assert "taskapi_deliveries_due" not in seen
    assert any(name.startswith(("taskapi_request_seconds", "python_")) for name in seen)
