"""What is planned of a task, on its page and in its form: people, money, repetition, workflow, custom fields."""

import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from planning.custom_fields import create_field
from planning.models import Plan
from planning.workflow import create_status, workflow_of
from projects.teams import create_team
from tests.browsers import browser_of


@pytest.fixture
def member(organization):
    return browser_of(organization, "member", display_name="The member")


@pytest.fixture
def task(make_task):
    return make_task("export", status="processing")


def path(task):
    return urlsplit(task["url"]).path


def plan_of(api, task):
    return api.get(f"tasks/{task['id']}/plan").json()


def form_of(client, task):
    """What a browser would send, were nothing changed."""
    sent = {}
    for field in client.get(path(task) + "edit/").context["form"]:
        value = field.value()
        value = "" if value is None else value
        if value is not False:
            sent[field.html_name] = value
        sent[field.html_initial_name] = value
    return sent


def edit(client, task, answer=302, **changed):
    sent = {name: value for name, value in {**form_of(client, task), **changed}.items() if value is not None}
    response = client.post(path(task) + "edit/", sent)
    assert response.status_code == answer, response.content.decode()[:3000]
    return response.content.decode() if answer != 302 else client.get(path(task)).content.decode()


def wrong_in(text):
    return re.findall(r'<div class="field wrong">.*?name="([a-z_0-9]+)"', text, re.S)


# -- People, money, repetition


def test_what_a_plan_has_is_written_and_shown(api, organization, member, task):
    team = create_team(organization, {"name": "Night shift", "members": []})
    text = edit(
        member,
        task,
        responsible=str(member.user.pk),
        teams=[str(team.pk)],
        priority="8",
        important="on",
        notes="Mind the <gap>",
        recurrence="M",
        start_date="2026-05-01",
        end_date="2026-05-02",
        hourly_rate="80",
        estimated_minutes="1.5 h",
        billed="on",
    )
    plan = plan_of(api, task)
    assert plan["responsible"] == member.user.pk
    assert plan["teams"] == [team.pk]
    assert (plan["priority"], plan["important"], plan["recurrence"]) == (8, True, "M")
    assert (plan["hourly_rate"], plan["billed"], plan["billable"]) == ("80.00", True, True)
    assert plan["estimated_minutes"] == 90
    for words in ("Night shift", "The member", "8, important", "Mind the &lt;gap&gt;", "monthly", "from 2026-05-01"):
        assert words in text
    edit(member, task, responsible="", teams=[], important=None, billable=None, recurrence="", fixed_price="on")
    plan = plan_of(api, task)
    assert (plan["responsible"], plan["teams"], plan["important"]) == (None, [], False)
    assert (plan["billable"], plan["recurrence"], plan["fixed_price"]) == (False, "", True)
    assert plan["notes"] == "Mind the <gap>"


def test_a_plan_is_made_only_once_something_is_planned(api, member, task):
    edit(member, task, name="renamed")
    assert not Plan.objects.exists()
    edit(member, task, priority="6")
    assert Plan.objects.get().priority == 6


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        *[("priority", ""), ("priority", "9" * 12), ("hourly_rate", "x"), ("hourly_rate", "-1"), ("price", "1.23456")],
        *[("responsible", "999999"), ("teams", ["999999"]), ("recurrence", "X"), ("estimated_minutes", "1 d")],
        *[("estimated_minutes", "9" * 12), ("description", "\x00"), ("start_date", "2026-02-30")],
    ],
)
def test_what_is_refused_is_said_beside_its_field(api, member, task, field, sent, organization):
    create_team(organization, {"name": "Night shift", "members": []})
    before = plan_of(api, task)
    assert wrong_in(edit(member, task, answer=422, **{field: sent})) == [field]
    assert plan_of(api, task) == before


# -- Workflow


@pytest.fixture
def review(project):
    workflow_of([project.pk])
    return create_status(project, {"name": "In review", "status": "post_processing"})


def test_a_workflow_status_moves_the_task(api, member, task, review):
    text = edit(member, task, workflow_status=str(review.pk))
    assert "<dd>In review</dd>" in text
    assert api.get(f"tasks/{task['id']}").json()["status"] == "post_processing"
    assert "<dd>In review</dd>" not in edit(member, task, status="success")


def test_two_statuses_that_differ_are_refused(api, member, task, review):
    text = edit(member, task, answer=422, workflow_status=str(review.pk), status="error")
    assert wrong_in(text) == ["workflow_status"]
    assert "stands for “post processing”" in text
    edit(member, task, workflow_status=str(review.pk), status="post_processing")


def test_a_workflow_status_does_not_undo_a_cancel(api, member, task, review):
    api.delete(f"tasks/{task['id']}")
    text = edit(member, task, workflow_status=str(review.pk), notes="asked")
    assert "The task stays cancelled" in text
    assert api.get(f"tasks/{task['id']}").json()["status"] == "cancelled"
    assert plan_of(api, task)["notes"] == "asked"


def test_a_project_without_a_workflow_of_its_own_is_not_asked_for_one(project, member, task):
    workflow_of([project.pk])
    assert "workflow_status" not in member.get(path(task) + "edit/").context["form"].fields


# -- Custom fields


@pytest.fixture
def fields(organization):
    """One of each type, by type."""
    choices = {"choice": ["red", "blue"], "multi-choice": ["de", "fr", "it"]}
    types = ("text", "number", "date", "boolean", "choice", "multi-choice", "person", "currency")
    now = timezone.now()
    made = {}
    for kind in types:
        more = {"choices": choices[kind]} if kind in choices else {}
        made[kind] = create_field(organization, {"name": f"<{kind}>", "type": kind, **more}, now=now)
    return made


def custom(fields, **values):
    return {f"custom_{fields[kind.replace('_', '-')].pk}": value for kind, value in values.items()}


def test_custom_fields_of_every_type_are_written_shown_and_cleared(api, member, task, fields):
    sent = custom(
        fields,
        text="Ask <b>",
        number="12.50",
        date="2026-05-01",
        boolean="no",
        choice="red",
        multi_choice=["de", "it"],
        person=str(member.user.pk),
        currency="12.5 eur",
    )
    text = edit(member, task, **sent)
    assert plan_of(api, task)["custom_fields"] == {
        str(fields[kind].pk): value
        for kind, value in {
            "text": "Ask <b>",
            "number": 12.5,
            "date": "2026-05-01",
            "boolean": False,
            "choice": "red",
            "multi-choice": ["de", "it"],
            "person": member.user.pk,
            "currency": {"amount": "12.50", "currency": "EUR"},
        }.items()
    }
    assert "<dt>&lt;text&gt;</dt><dd>Ask &lt;b&gt;</dd>" in text
    for words in ("<dd>12.5</dd>", "<dd>no</dd>", "<dd>red</dd>", "<dd>de, it</dd>", "<dd>The member</dd>"):
        assert words in text
    assert "<dd>12.50 EUR</dd>" in text
    before = Plan.objects.get().plan_updated
    edit(member, task)
    assert Plan.objects.get().plan_updated == before
    edit(member, task, **{name: [] if isinstance(value, list) else "" for name, value in sent.items()})
    assert set(plan_of(api, task)["custom_fields"].values()) == {None}


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        *[("number", "x"), ("number", "1" * 30), ("number", "0.1234567890123456789"), ("date", "x")],
        *[("boolean", "maybe"), ("choice", "green"), ("multi_choice", ["xx"]), ("person", "999999")],
        *[("currency", "12.50"), ("currency", "much EUR"), ("text", "x" * 10_001)],
    ],
)
def test_a_bad_custom_value_is_said_beside_its_field(api, member, task, fields, kind, sent):
    changed = custom(fields, **{kind: sent})
    assert wrong_in(edit(member, task, answer=422, **changed)) == list(changed)
    assert not Plan.objects.exists()


def test_a_choice_that_there_is_no_more_stays(api, member, task, fields):
    edit(member, task, **custom(fields, choice="red", multi_choice=["de"]))
    for kind, left in (("choice", ["blue"]), ("multi-choice", ["fr"])):
        fields[kind].choices = left
        fields[kind].save()
    edit(member, task, **custom(fields, number="3"))
    own = plan_of(api, task)["custom_fields"]
    assert (own[str(fields["choice"].pk)], own[str(fields["multi-choice"].pk)]) == ("red", ["de"])
