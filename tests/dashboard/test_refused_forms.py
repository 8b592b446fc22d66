"""A form that was refused keeps every value when it is sent again: all forms of all pages, found by their URLs."""

import re

import pytest
from django import forms
from django.urls import get_resolver

from dashboard import mails
from dashboard import urls as pages
from planning.custom_fields import delete_field
from tests.dashboard.forms.cases import CASES, WITHOUT_CASE
from tests.dashboard.forms.world import World
from tests.html_forms import forms_of

ELSEWHERE = ["login", "logout"]  # pages that lie in another package
NO_PAGE = {"task-badge": "an image", "logout": "takes a POST alone", "invitation": "nothing but a way"}


@pytest.fixture
def world(organization, project, other_project, monkeypatch):
    monkeypatch.setattr(mails, "in_background", lambda work: work())  # a mail is out before the answer is
    return World(organization, project)


def lists(typed):
    return {name: texts if isinstance(texts, list) else [texts] for name, texts in typed.items()}


def in_order(values):
    """Boxes have no order of their own."""
    return {name: sorted(texts) for name, texts in values.items()}


def form_in(response, names):
    found = [form for form in forms_of(response) if form.names >= names]
    assert len(found) == 1, f"{len(found)} forms have all of {sorted(names)}"
    return found[0]


def errors_in(response):
    return re.findall(r'<p class="(?:error|notice bad)".*?</p>', response.content.decode(), re.DOTALL)


def walk(client, case, path, typed):
    """Sends what is typed with one field wrong, twice, each time the form as it came back; then with it corrected."""
    response = client.get(path, follow=True)
    path = response.request["PATH_INFO"] + f"?{response.request['QUERY_STRING']}".rstrip("?")
    form, entered = form_in(response, typed.keys()), typed
    assert form.names == typed.keys()
    for _ in range(2):
        refused = client.post(path, form.sent({**entered, **lists(case.wrong)}))
        assert refused.status_code == case.refused, errors_in(refused)
        form = form_in(refused, typed.keys())
        shown = in_order(form.values())
        expected = {**typed, **lists(case.wrong), **{name: [""] for name in case.secret}}
        assert shown == in_order(expected)
        entered = {name: typed[name] for name in case.secret}
    answer = client.post(path, form.sent({name: typed[name] for name in case.secret | case.wrong.keys()}))
    assert answer.status_code == case.answers, errors_in(answer)


def assert_stored(client, case, world, typed):
    found = lists(case.stored(world)) if case.stored else {}
    if case.kept_at or case.is_of_what_is_stored:
        path = case.kept_at(world) if case.kept_at else case.path_in(world)
        shown = [form.values() for form in forms_of(client.get(path))]
        found = {**max(shown, key=lambda values: len(values.keys() & typed.keys())), **found}
    assert in_order({name: found[name] for name in typed}) == in_order(typed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_refused_form_keeps_every_value(world, case):
    client, path = world.client_of(case.page), case.path_in(world)
    typed = lists(case.typed(world))
    before = form_in(client.get(path, follow=True), typed.keys()).values()
    walk(client, case, path, typed)
    assert_stored(client, case, world, typed)
    if not case.stored and not case.kept_at:
        assert {name for name in typed if sorted(before[name]) == sorted(typed[name])} == set(), (
            "not changed by the case"
        )
        walk(client, case, path, before)
        assert_stored(client, case, world, before)


# -- Every form has a case -------------------------------------------------------------------------------------------


def names_of(patterns):
    for pattern in patterns:
        yield from names_of(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern.name]


def paths_to(world, page):
    yield world.path(page)
    if page == "integrations":
        yield from (f"{world.path(page)}?kind={kind}" for kind in world.channels)
    if page == "integration":
        yield from (world.path(page, id=channel.pk) for channel in world.channels.values())


def subclasses(of):
    for own in of.__subclasses__():
        yield own
        yield from subclasses(own)


def test_every_form_has_a_case(world, monkeypatch):
    made = set()
    original = forms.BaseForm.__init__

    def noted(self, *args, **kwargs):
        made.update(type(self).__mro__)
        original(self, *args, **kwargs)

    monkeypatch.setattr(forms.BaseForm, "__init__", noted)
    known = {(case.page, frozenset(case.typed(world))) for case in CASES}
    missing = []
    for page in [*names_of(get_resolver(pages.__name__).url_patterns), *ELSEWHERE]:
        if page in NO_PAGE:
            continue
        client = world.client_of(page)
        for path in paths_to(world, page):
            response = client.get(path, follow=True)
            assert response.status_code == 200, (path, response.status_code)
            for form in forms_of(response):
                is_excused = any((page, name) in WITHOUT_CASE for name in form.names)
                if form.names and not is_excused and (page, form.names) not in known:
                    missing.append((page, sorted(form.names)))
    assert missing == []
    unseen = {own for own in subclasses(forms.BaseForm) if own.__module__.startswith("dashboard.")} - made
    assert unseen == set(), "no page of this test shows these"


# -- Filters, whose values are a part of the address -----------------------------------------------------------------


def test_filters_that_were_refused_are_kept(world):
    client, path = world.client_of("tasks"), world.path("tasks")
    names = {"name_contains", "queue", "created_after"}
    typed = {"name_contains": ["exp"], "queue": ["bulk"], "external_id": ["7"], "created_after": ["2026-01-31"]}
    typed |= {"tag": ["env:prod", "team:data"], "parent": ["none"]}
    form = form_in(client.get(path), names)
    refused = client.get(path, form.sent({**typed, "created_after": ["soon"]}), follow=True)
    assert refused.status_code == 422
    answer = client.get(path, form_in(refused, names).sent({"created_after": ["2026-01-31"]}), follow=True)
    assert answer.status_code == 200
    shown = form_in(answer, names).values()
    assert {name: [text for text in texts if text] for name, texts in shown.items() if any(texts)} == typed


# -- Two who edit at the same time -----------------------------------------------------------------------------------


def fields_of(api):
    return api.get("tasks").json()["results"][0]


def test_what_a_program_reports_between_two_attempts_stays(world, api):
    client, path = world.client_of("task-edit"), world.path("task-edit")
    names = {"hourly_rate", "value"}
    form = form_in(client.get(path), names)
    url = f"tasks/{fields_of(api)['id']}"
    api.patch(url, {"value": 10})
    refused = client.post(path, form.sent({"hourly_rate": ["85,50"], "assignees": [str(world.owner.pk)]}))
    assert refused.status_code == 422
    api.patch(url, {"value": 20, "tags": {"host": "a"}})
    api.patch(f"{url}/plan", {"teams": [world.team.pk], "notes": "by a program"})
    again = form_in(refused, names)
    assert client.post(path, again.sent({"hourly_rate": ["85.50"], "notes": ["by a person"]})).status_code == 302
    task = api.get(f"{url}?embed=plan").json()
    assert (task["value"], task["tags"]) == (20, {"host": "a"})
    plan = {name: task["plan"][name] for name in ("assignees", "teams", "hourly_rate", "notes")}
    expected = {"assignees": [world.owner.pk], "teams": [world.team.pk], "hourly_rate": "85.50", "notes": "by a person"}
    assert plan == expected


def test_what_was_entered_in_a_field_that_is_gone_is_not_dropped_silently(world):
    client, path = world.client_of("task-edit"), world.path("task-edit")
    form = form_in(client.get(path), {"name"})
    sent = form.sent({"name": ["renamed"], f"custom_{world.custom['text'].pk}": ["Ask first"]})
    for kind in ("text", "number", "multi-choice"):  # in the others nothing was entered
        delete_field(world.custom[kind])
    refused = client.post(path, sent)
    assert refused.status_code == 422
    assert "does not exist any more" in refused.content.decode()
    again = form_in(refused, {"name"})
    assert client.post(path, again.sent({})).status_code == 302
    assert form_in(client.get(path), {"name"}).values()["name"] == ["renamed"]


# -- What a page carries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("carried", ["", "x", "[]", "5", "[" * 100_000, '{"name": [5], "value": {}}', '{"gone": "x"}'])
def test_marks_that_no_page_carried_do_no_harm(world, api, carried):
    client, path = world.client_of("task-edit"), world.path("task-edit")
    sent = form_in(client.get(path), {"name"}).sent({"priority": ["8"]}) | {"first_shown": [carried]}
    assert client.post(path, {**sent, "value": ["x"]}).status_code == 422
    before = fields_of(api)
    assert client.post(path, sent).status_code == 302
    after = fields_of(api)
    assert {name for name in after if after[name] != before[name]} <= {"updated"}


def test_a_line_break_that_no_browser_shows_is_no_change(world, api):
    client, path = world.client_of("task-edit"), world.path("task-edit")
    url = f"tasks/{fields_of(api)['id']}"
    assert api.patch(url, {"name": "two\nlines"}).status_code == 200
    form = form_in(client.get(path), {"name"})
    assert form.values()["name"] == ["twolines"]
    assert client.post(path, form.sent({"value": ["7"]})).status_code == 302
    task = api.get(url).json()
    assert (task["name"], task["value"]) == ("two\nlines", 7)


def test_data_that_has_grown_too_long_for_the_page_since_is_still_replaced(world, api):
    client, path = world.client_of("task-edit"), world.path("task-edit")
    url = f"tasks/{fields_of(api)['id']}"
    form = form_in(client.get(path), {"data_text"})
    api.patch(url, {"data": ["x" * 100] * 2000})
    assert client.post(path, form.sent({"data_text": ['{"by": "a person"}']})).status_code == 302
    assert api.get(url).json()["data"] == {"by": "a person"}
