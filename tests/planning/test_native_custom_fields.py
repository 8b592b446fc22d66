"""/api/{org}/custom-fields, and their values in plans."""

import json

import pytest
from django.utils import timezone

from planning.custom_fields import FIELDS_MAX
from planning.models import CustomField, Plan
from projects.models import User
from projects.scopes import Scope
from tests.answers import assert_failed, assert_refused
from tests.client import Api

RISK = {"name": "Risk", "type": "choice", "choices": ["low", "high"]}
EUR = {"amount": "12.50", "currency": "EUR"}


@pytest.fixture
def make(admin):
    def _make(type="text", **fields):
        choices = {"choices": ["low", "high", "none"]} if "choice" in type else {}
        response = admin.post("custom-fields", {"name": f"A {type}", "type": type, **choices, **fields})
        assert response.status_code == 201, response.content
        return response.json()

    return _make


@pytest.fixture
def path(make_task):
    return f"tasks/{make_task()['id']}/plan"


@pytest.fixture
def set_value(api, path):
    """Sets a value in a plan; gives the answer."""

    def _set_value(field, value):
        return api.patch(path, {"custom_fields": {str(field["id"]): value}})

    return _set_value


# -- Definitions -----------------------------------------------------------------------------------------------------


def test_a_definition_is_made_shown_listed_changed_and_deleted(admin, organization):
    response = admin.post("custom-fields", RISK)
    assert response.status_code == 201
    made = response.json()
    assert made == {"id": made["id"], **RISK}
    path = f"custom-fields/{made['id']}"
    assert admin.get(path).json() == admin.get(f"{path}/").json() == made
    other = admin.post("custom-fields/", {"name": "Contract", "type": "text"}).json()
    assert other["choices"] == []
    assert admin.get("custom-fields").json() == [made, other]
    assert admin.patch(path, {"name": "Risks"}).json() == {**made, "name": "Risks"}
    assert admin.patch(path, {"choices": ["none"]}).json() == {**made, "name": "Risks", "choices": ["none"]}
    assert admin.put(path, {"name": "Risk", "type": "choice"}).json() == {**made, "choices": ["none"]}
    assert admin.delete(path).status_code == 204
    assert admin.get("custom-fields").json() == [other]


@pytest.mark.parametrize("type", ["text", "number", "date", "boolean", "person", "currency"])
def test_only_choices_have_choices(admin, organization, type):
    assert admin.post("custom-fields", {"name": "x", "type": type, "choices": []}).status_code == 201
    assert_refused(admin.post("custom-fields", {"name": "y", "type": type, "choices": ["a"]}), "choices")
    made = admin.get("custom-fields").json()[0]
    assert_refused(admin.patch(f"custom-fields/{made['id']}", {"choices": ["a"]}), "choices")


@pytest.mark.parametrize("type", ["choice", "multi-choice"])
def test_choices_have_some(admin, organization, type):
    assert_refused(admin.post("custom-fields", {"name": "x", "type": type}), "choices")
    assert_refused(admin.post("custom-fields", {"name": "x", "type": type, "choices": []}), "choices")
    made = admin.post("custom-fields", {"name": "x", "type": type, "choices": ["a", "b"]}).json()
    assert_refused(admin.patch(f"custom-fields/{made['id']}", {"choices": []}), "choices")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("name", value) for value in (None, "", 5, "x" * 256)),
        *(("type", value) for value in (None, "", "colour", 5, "Choice")),
        *(("choices", value) for value in (None, "a", {}, ["a", "a"])),
    ],
)
def test_a_bad_value_is_refused_by_its_name(admin, organization, name, value):
    assert_refused(admin.post("custom-fields", {**RISK, name: value}), name)
    made = admin.post("custom-fields", RISK).json()
    assert_refused(admin.patch(f"custom-fields/{made['id']}", {name: value}), name)
    assert admin.get("custom-fields").json() == [made]


@pytest.mark.parametrize("value", [None, "", 5, "x" * 256])
def test_a_bad_choice_is_refused_by_its_place(admin, organization, value):
    assert_refused(admin.post("custom-fields", {**RISK, "choices": ["a", value]}), "choices.1")
    assert_refused(admin.post("custom-fields", {**RISK, "choices": [str(n) for n in range(201)]}), "choices")


def test_every_bad_field_is_named_at_once(admin, organization):
    assert_refused(admin.post("custom-fields", {}), "name", "type")
    assert_refused(admin.post("custom-fields", {"name": 5, "type": "text", "choices": ["a"]}), "name", "choices")
    assert_refused(admin.post("custom-fields", {"name": 5, "type": "x", "choices": 5}), "name", "type", "choices")


def test_a_name_is_one_of_its_kind_and_a_type_is_for_good(admin, organization):
    made = admin.post("custom-fields", RISK).json()
    other = admin.post("custom-fields", {"name": "Contract", "type": "text"}).json()
    assert_refused(admin.post("custom-fields", {"name": "Risk", "type": "text"}), "name")
    assert_refused(admin.patch(f"custom-fields/{other['id']}", {"name": "Risk"}), "name")
    assert_refused(admin.patch(f"custom-fields/{other['id']}", {"type": "number"}), "type")
    assert admin.patch(f"custom-fields/{made['id']}", {"type": "choice"}).json() == made


def test_there_is_an_end_to_them(admin, organization):
    now = timezone.now()
    rows = [CustomField(organization=organization, name=str(n), type="text", created=now) for n in range(FIELDS_MAX)]
    CustomField.objects.bulk_create(rows)
    assert_refused(admin.post("custom-fields", RISK), "name")


def test_a_key_of_a_project_reads_and_does_not_write(project, make, make_key):
    made = make()
    path = f"custom-fields/{made['id']}"
    for scope in (Scope.READ_TASKS, Scope.ADMIN):
        own = Api(make_key(project, scope), base="/api/acme")
        assert own.get("custom-fields").json() == [own.get(path).json()] == [made]
        assert_failed(own.post("custom-fields", RISK), 403, "permission_denied")
        assert_failed(own.patch(path, {"name": "x"}), 403, "permission_denied")
        assert_failed(own.put(path, RISK), 403, "permission_denied")
        assert_failed(own.delete(path), 403, "permission_denied")


def test_those_of_another_organization_are_not_there(admin, stranger, make_key):
    theirs = Api(make_key(stranger.organization, Scope.ADMIN), base="/api/globex").post("custom-fields", RISK).json()
    assert admin.get("custom-fields").json() == []
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        assert_failed(admin.request(method, f"custom-fields/{theirs['id']}", RISK), 404, "not_found")


# -- Values ----------------------------------------------------------------------------------------------------------

GOOD = {
    "text": ["", "KST-100", "x" * 10_000, "ÄÖÜ 🚀"],
    "number": [0, -5, 1.5, 0.1, -0.001, 2**63 - 1, -(2**63), 123456789.123456],
    "date": ["2024-02-29", "0001-01-01", "9999-12-31"],
    "boolean": [True, False],
    "choice": ["low"],
    "multi-choice": [[], ["high", "low"]],
    "currency": [EUR],
}
BAD = {
    "text": [5, True, [], "x" * 10_001],
    "number": ["5", True, [], {}, 2**63 + 0.0, 1e300, 1e-300, 0.1 + 0.2],
    "date": ["2026-02-30", "2026-1-1", "", 5, True, "2026-01-01T00:00:00Z", "20260101"],
    "boolean": [0, 1, "true", []],
    "choice": ["medium", "", 5, ["low"], "Low"],
    "multi-choice": ["low", ["low", "medium"], ["low", "low"], [5], {}],
    "person": ["5", 4711, 2**63 - 1, 0, -1, 1.5, True, [1]],
    "currency": [
        *("12.50", 12.5, [], {}, {"amount": "12.50"}, {**EUR, "more": 1}),
        *({**EUR, "amount": amount} for amount in ("-1", "x", None, "1.00001", True, 1e12)),
        *({**EUR, "currency": currency} for currency in ("eur", "EURO", None, 5, "EUR\n")),
    ],
}


@pytest.mark.parametrize(("type", "value"), [(kind, value) for kind in GOOD for value in GOOD[kind]])
def test_a_value_of_the_type_is_kept_as_it_is_sent(api, make, path, set_value, type, value):
    field = make(type)
    response = set_value(field, value)
    assert response.status_code == 200, response.content
    shown = api.get(path).json()["custom_fields"]
    assert shown == response.json()["custom_fields"] == {str(field["id"]): value}
    assert json.dumps(shown[str(field["id"])]) == json.dumps(value)


@pytest.mark.parametrize(("type", "value"), [(kind, value) for kind in BAD for value in BAD[kind]])
def test_a_value_that_is_not_of_the_type_is_refused_by_its_id(api, make, path, set_value, type, value):
    field = make(type)
    assert_refused(set_value(field, value), f"custom_fields.{field['id']}")
    assert api.get(path).json()["custom_fields"] == {str(field["id"]): None}


def test_a_person_is_a_member(organization, stranger, make, set_value):
    field = make("person")
    ada, eve = (User.objects.create_user(f"{name}@example.org") for name in ("ada", "eve"))
    organization.memberships.create(user=ada)
    stranger.organization.memberships.create(user=eve)
    assert set_value(field, ada.pk).json()["custom_fields"] == {str(field["id"]): ada.pk}
    assert_refused(set_value(field, eve.pk), f"custom_fields.{field['id']}")


def test_an_amount_is_shown_as_money_is(make, set_value):
    field = make("currency")
    shown = set_value(field, {"amount": 7, "currency": "CHF"}).json()["custom_fields"]
    assert shown == {str(field["id"]): {"amount": "7.00", "currency": "CHF"}}


def test_values_are_laid_over_those_that_there_are_and_null_removes(api, make, path):
    first, second, third = (str(make(kind)["id"]) for kind in ("text", "number", "boolean"))
    api.patch(path, {"custom_fields": {third: True, first: "x"}})
    plan = api.patch(path, {"custom_fields": {second: 1.5, first: None}}).json()
    assert plan["custom_fields"] == {first: None, second: 1.5, third: True}
    assert Plan.objects.get().custom_fields == f'{{"{second}":1.5,"{third}":true}}'
    assert api.patch(path, {"custom_fields": {}}).json()["custom_fields"] == plan["custom_fields"]


@pytest.mark.parametrize("name", ["4711", "x", "", "-1", "01", "1.0", "9" * 30, "é"])
def test_an_id_that_is_unknown_is_refused(api, make, path, name):
    make()
    (error,) = api.patch(path, {"custom_fields": {name: None}}).json()["errors"]
    assert (error["attr"], error["code"]) == (f"custom_fields.{name}", "unknown")


def test_every_bad_value_is_named_at_once(api, make, path):
    text, person = str(make()["id"]), str(make("person")["id"])
    response = api.patch(path, {"custom_fields": {text: 5, person: 4711, "4712": 1}})
    assert_refused(response, f"custom_fields.{text}", f"custom_fields.{person}", "custom_fields.4712")


def test_values_of_a_deleted_definition_go(admin, api, make, path, set_value):
    gone, stays = make(), make("number")
    set_value(gone, "x")
    set_value(stays, 5)
    admin.delete(f"custom-fields/{gone['id']}")
    assert api.get(path).json()["custom_fields"] == {str(stays["id"]): 5}
    assert_refused(set_value(gone, None), f"custom_fields.{gone['id']}")
    set_value(stays, 6)
    assert Plan.objects.get().custom_fields == f'{{"{stays["id"]}":6}}'


def test_a_value_stays_when_its_choice_goes(admin, api, make, path, set_value):
    field, other = make("choice"), make("multi-choice")
    set_value(field, "low")
    admin.patch(f"custom-fields/{field['id']}", {"choices": ["high"]})
    assert api.get(path).json()["custom_fields"] == {str(field["id"]): "low", str(other["id"]): None}
    assert set_value(field, "low").status_code == 200  # as a client does that sends the whole plan
    assert set_value(field, "high").status_code == 200
    assert_refused(set_value(field, "low"), f"custom_fields.{field['id']}")


def test_a_person_stays_when_he_leaves(organization, make, set_value):
    field = make("person")
    ada = User.objects.create_user("ada@acme.example")
    membership = organization.memberships.create(user=ada)
    set_value(field, ada.pk)
    membership.delete()
    assert set_value(field, ada.pk).json()["custom_fields"] == {str(field["id"]): ada.pk}


def test_one_is_no_number_of_what_is_true(make, set_value):
    field = make("boolean")
    set_value(field, True)
    assert_refused(set_value(field, 1), f"custom_fields.{field['id']}")
