"""Time reports and extra costs on a task's page: added, changed and deleted by whoever may write."""

import datetime
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from planning.models import ExtraCost, TimeReport
from planning.work import add_cost, add_report
from projects.models import Membership
from tests.browsers import browser_of

DAY = datetime.date(2026, 5, 4)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def viewer(organization):
    return browser_of(organization, "viewer", display_name="The viewer")


@pytest.fixture
def member(organization):
    return browser_of(organization, "member", display_name="The member")


@pytest.fixture
def task(make_task):
    return make_task("export")


@pytest.fixture
def report(project, task, member):
    fields = {"user": member.user.pk, "date": DAY, "minutes": 45, "note": "Mapping"}
    return add_report(task["number"], fields, organization_id=project.organization_id, now=timezone.now())


@pytest.fixture
def cost(task):
    fields = {"name": "Licence", "amount": "12.50", "currency": "EUR", "date": DAY}
    return add_cost(task["number"], fields, now=timezone.now())


def path(task):
    return urlsplit(task["url"]).path


def place(task, row):
    kind = "time-reports" if isinstance(row, TimeReport) else "extra-costs"
    return f"{path(task)}{kind}/{row.pk}/"


def reports_of(api, task):
    return api.get(f"tasks/{task['id']}/time-reports").json()


def costs_of(api, task):
    return api.get(f"tasks/{task['id']}/extra-costs").json()


def send(client, where, word, answer=302, **fields):
    response = client.post(where, {"do": word, **fields})
    assert response.status_code == answer, response.content.decode()[-3000:]
    return response if answer == 302 else response.content.decode()


def time(member, **changed):
    return {"user": member.user.pk, "date": "2026-05-04", "minutes": "1:30", "billable": "on", "note": "", **changed}


COST = {"name": "Licence", "amount": "12.5", "currency": "eur", "date": "2026-05-04"}


# -- Added


def test_a_member_reports_time(api, member, viewer, task):
    send(member, path(task), "report", **time(member, note="One\r\ntwo"))
    send(member, path(task), "report", **time(member, user=viewer.user.pk, billable=""))
    first, second = reports_of(api, task)
    assert (first["user"], first["date"], first["minutes"]) == (member.user.pk, "2026-05-04", 90)
    assert (first["billable"], first["note"]) == (True, "One\ntwo")
    assert (second["user"], second["billable"]) == (viewer.user.pk, False)
    text = member.get(path(task)).content.decode()
    assert "1 h 30 min" in text
    assert "The viewer" in text
    assert "3 h, 1 h 30 min of them billable" in text


def test_the_form_proposes_oneself_and_today(member, task):
    form = member.get(path(task)).context["adding"]["report"]
    assert form["user"].value() == member.user.pk
    assert form["date"].value() == timezone.now().date()
    assert form["billable"].value() is True


def test_a_member_adds_a_cost(api, member, task):
    send(member, path(task), "cost", **COST)
    assert [(row["name"], row["amount"], row["currency"]) for row in costs_of(api, task)] == [
        ("Licence", "12.50", "EUR")
    ]


@pytest.mark.parametrize(
    ("field", "sent", "told"),
    [
        ("minutes", "soon", "Write minutes, or hours and minutes"),
        ("minutes", "0", "greater than or equal to 1"),
        ("minutes", "-5", "greater than or equal to 1"),
        ("minutes", "999999999", "less than or equal to"),
        ("minutes", "", "This field is required."),
        ("date", "2026-13-01", "Enter a valid date."),
        ("user", "999999", "Select a valid choice"),
        ("user", "", "This field is required."),
        ("note", "x" * 10_001, "at most 10000 characters"),
        ("note", "\x00", "Null characters are not allowed"),
    ],
)
def test_a_refused_report_is_kept_as_it_was_typed(api, member, task, field, sent, told):
    text = send(member, path(task), "report", 422, **time(member, **{"note": HOSTILE, field: sent}))
    assert told in text
    assert '<details id="new-report" open>' in text
    assert "<script>alert" not in text
    assert field == "note" or "&lt;script&gt;alert" in text
    assert reports_of(api, task) == []


@pytest.mark.parametrize(
    ("field", "sent", "told"),
    [
        ("name", "", "This field is required."),
        ("amount", "much", "Give an amount as text"),
        ("amount", "-1", "An amount is 0 or more."),
        ("amount", "1.23456", "at most 4 digits after its point"),
        ("currency", "€", "three capital letters"),
        ("date", "", "This field is required."),
    ],
)
def test_a_refused_cost_is_kept_as_it_was_typed(api, member, task, field, sent, told):
    text = send(member, path(task), "cost", 422, **{**COST, "name": HOSTILE, field: sent})
    assert told in text
    assert '<details id="new-cost" open>' in text
    assert field == "name" or "&lt;script&gt;alert" in text
    assert costs_of(api, task) == []


# -- Changed


def test_of_a_report_only_what_was_changed_is_written(api, member, task, report):
    page = member.get(place(task, report))
    sent = {field.html_name: field.value() for field in page.context["form"]}
    sent |= {field.html_initial_name: field.value() for field in page.context["form"]}
    api.patch(f"tasks/{task['id']}/time-reports/{report.pk}", {"note": "Another's"})
    send(member, place(task, report), "save", **{**sent, "minutes": "50 min"})
    own = reports_of(api, task)[0]
    assert (own["minutes"], own["note"], own["billable"]) == (50, "Another's", True)


def test_a_report_stays_of_who_has_left(api, member, viewer, task, report):
    TimeReport.objects.filter(pk=report.pk).update(user=viewer.user)
    Membership.objects.filter(user=viewer.user).delete()
    text = member.get(place(task, report)).content.decode()
    assert "somebody who has left" in text
    kept = {"user": viewer.user.pk, "initial-user": viewer.user.pk}
    send(member, place(task, report), "save", **time(member, **kept, minutes="2 h"))
    assert [(row["user"], row["minutes"]) for row in reports_of(api, task)] == [(viewer.user.pk, 120)]


def test_a_correction_below_zero_can_be_seen_and_noted(api, member, task, report):
    TimeReport.objects.filter(pk=report.pk).update(minutes=-75)
    assert "−1 h 15 min" in member.get(path(task)).content.decode()
    assert member.get(place(task, report)).context["form"]["minutes"].value() == "-75"
    same = {"minutes": "-75", "initial-minutes": "-75"}
    send(member, place(task, report), "save", **time(member, **same, note="Wrong task"))
    assert [(row["minutes"], row["note"]) for row in reports_of(api, task)] == [(-75, "Wrong task")]


def test_a_cost_is_changed(api, member, task, cost):
    send(member, place(task, cost), "save", **{**COST, "amount": "99", "currency": "USD"})
    assert [(row["amount"], row["currency"]) for row in costs_of(api, task)] == [("99.00", "USD")]


def test_a_refused_change_is_kept_and_changes_nothing(api, member, task, report, cost):
    text = send(member, place(task, report), "save", 422, **time(member, minutes="x", note=HOSTILE))
    assert "&lt;script&gt;" in text
    assert 'value="x"' in text
    send(member, place(task, cost), "save", 422, **{**COST, "amount": "x"})
    assert (reports_of(api, task)[0]["minutes"], costs_of(api, task)[0]["amount"]) == (45, "12.50")


def test_both_are_deleted(api, member, task, report, cost):
    send(member, place(task, report), "delete")
    send(member, place(task, cost), "delete")
    assert reports_of(api, task) == costs_of(api, task) == []
    assert member.post(place(task, report), {"do": "delete"}).status_code == 404


# -- Whose it is


@pytest.mark.parametrize("word", ["report", "cost"])
def test_a_viewer_adds_nothing(viewer, task, word):
    assert viewer.post(path(task), {"do": word, **COST}).status_code == 403
    assert not TimeReport.objects.exists()
    assert not ExtraCost.objects.exists()


def test_a_viewer_reads_and_changes_nothing(viewer, task, report, cost):
    text = viewer.get(path(task)).content.decode()
    assert "Mapping" in text
    assert "Licence" in text
    for words in ("Report time", "Add a cost", "time-reports", "extra-costs"):
        assert words not in text
    for row in (report, cost):
        assert viewer.get(place(task, row)).status_code == 403
        assert viewer.post(place(task, row), {"do": "delete"}).status_code == 403
    assert TimeReport.objects.exists()
    assert ExtraCost.objects.exists()


def test_of_another_organization_or_task_there_is_nothing(stranger, member, make_task, task, report, cost):
    other = browser_of(stranger.organization, "owner", display_name="The owner")
    for row in (report, cost):
        for where in (place(task, row), place(task, row).replace("acme", "globex"), place(make_task("b"), row)):
            client = member if "acme" in where and not where.startswith(path(task)) else other
            assert client.get(where).status_code == 404
            assert client.post(where, {"do": "delete"}).status_code == 404
    for wrong in ("x", "0", "9" * 30, "%00"):
        assert member.get(f"{path(task)}time-reports/{wrong}/").status_code == 404
    assert TimeReport.objects.exists()
    assert ExtraCost.objects.exists()


def test_nobody_of_another_organization_can_be_named(api, stranger, member, task):
    other = browser_of(stranger.organization, "owner", display_name="The owner")
    assert "Select a valid choice" in send(member, path(task), "report", 422, **time(member, user=other.user.pk))
    assert reports_of(api, task) == []


def test_a_form_of_elsewhere_is_refused(member, task, report):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member.user)
    assert client.post(place(task, report), {"do": "delete"}).status_code == 403
    assert TimeReport.objects.exists()
