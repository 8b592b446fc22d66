"""Global actions: the rules of an organization, made, changed and deleted.

Each change moves the organization's `rules_version` in its own transaction: processes that remember the rules learn by
it that what they remember is out of date.
"""

import datetime
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404

from integrations.channels import check_action
from monitors.models import Monitor
from projects.locks import locked_organization
from projects.models import Organization, Project
from tasks.models import GlobalAction
from tasks.rules import ENDS
from tasks.statuses import Status
from tasks.triggers import parse

Fields = Mapping[str, Any]


def global_actions_of(organization: Organization) -> QuerySet[GlobalAction]:
    """Those of an organization, the oldest first.

    A project that is deleted leaves its organization at once, while its rows go later: a rule for that project alone,
    or for a monitor of it, is out of sight with it.
    """
    return GlobalAction.objects.filter(
        Q(project=None) | Q(project__organization=organization),
        Q(monitor=None) | Q(monitor__project__organization=organization),
        organization=organization,
    ).select_related("project", "monitor")


def create_global_action(organization: Organization, fields: Fields, *, now: datetime.datetime) -> GlobalAction:
    """A new global action, of `settled` fields.

    Raises `ValidationError` on a `project` or `monitor` that is deleted meanwhile, `Http404` where the organization is.
    """
    with transaction.atomic():
        organization = locked_organization(organization)
        refuse_deleted(organization, fields)
        rule = GlobalAction.objects.create(organization=organization, created=now, updated=now, **fields)
        touch_rules(organization.pk)
    return rule


def change_global_action(
    organization: Organization, action_id: int, check: Callable[[GlobalAction], Fields], *, now: datetime.datetime
) -> GlobalAction:
    """A global action after a change. `check` is given the stored one and returns `settled` fields to set, or raises.

    Raises `Http404` where the organization has no such global action.
    """
    with transaction.atomic():
        rule = locked_rule(organization, action_id)
        for name, value in check(rule).items():
            setattr(rule, name, value)
        rule.updated = now
        rule.save(force_update=True)
        touch_rules(organization.pk)
    return rule


def delete_global_action(organization: Organization, action_id: int) -> None:
    """Deletes it for good: what it has caused is sent all the same. Raises `Http404` where there is none."""
    with transaction.atomic():
        locked_rule(organization, action_id).delete()
        touch_rules(organization.pk)


def touch_rules(organization_id: int) -> None:
    """Tells every process, as the caller's transaction commits, that the organization's rules have changed."""
    Organization.objects.filter(pk=organization_id).update(rules_version=F("rules_version") + 1)


def locked_rule(organization: Organization, action_id: int) -> GlobalAction:
    """A global action, held. Its organization before it, so that changes of rules happen one after the other."""
    rules = global_actions_of(locked_organization(organization))
    return get_object_or_404(rules.select_for_update(of=("self",), no_key=True), pk=action_id)


def settled(
    organization: Organization, sent: Fields, stored: GlobalAction | None = None, *, wrong: Collection[str] = ()
) -> dict[str, Any]:
    """The fields to store, of fields as they are sent, each of which is right by itself.

    sent: `project` is a slug, `monitor` an id. stored: what they change; None: they are of a new global action.
    wrong: the names of fields that were refused already; what depends on them is not looked at.
    Raises `ValidationError` with every field that does not go with the others, or with what the organization has:
    `project`, `monitor`, `integration`, `config`, `failures_in_row`, `notify_recovery`.
    """
    before = stored or GlobalAction(organization=organization)
    fields, errors = dict(sent), dict[str, Any]()

    def value(name: str) -> Any:
        return fields.get(name, getattr(before, name))

    for name, find in (("project", find_project), ("monitor", find_monitor)):
        if sent.get(name) is not None:
            fields[name] = find(organization, sent[name])
            if fields[name] is None:
                errors[name] = unknown(name, sent[name])
    if not {"project", "monitor"} & set(wrong):
        errors |= place_errors(value("project"), value("monitor"))
    is_of_channel = stored is None or bool({"integration", "config"} & sent.keys())
    if is_of_channel and "integration" not in wrong:
        try:
            check_action(organization.pk, value("integration"), value("config"))
        except ValidationError as error:
            errors |= error.error_dict
    if "trigger" not in wrong:
        errors |= counting_errors(value("trigger"), value("failures_in_row"), value("notify_recovery"))
    if errors:
        raise ValidationError(errors)
    return fields


def refuse_deleted(organization: Organization, fields: Fields) -> None:
    """Raise `ValidationError` on a `project` or `monitor` that the organization, which is locked, no longer has."""
    project, monitor = fields.get("project"), fields.get("monitor")
    errors = {}
    if project is not None and find_project(organization, project.slug) != project:
        errors["project"] = unknown("project", project.slug)
    if monitor is not None and find_monitor(organization, monitor.pk) is None:
        errors["monitor"] = unknown("monitor", monitor.pk)
    if errors:
        raise ValidationError(errors)


def unknown(name: str, sent: Any) -> ValidationError:
    return ValidationError(f"There is no {name} “{sent}”.", "does_not_exist")


def find_project(organization: Organization, slug: str) -> Project | None:
    return organization.projects.filter(slug=slug).first()


def find_monitor(organization: Organization, monitor_id: uuid.UUID | str) -> Monitor | None:
    return Monitor.objects.filter(project__organization=organization, pk=monitor_id).first()


def place_errors(project: Project | None, monitor: Monitor | None) -> Fields:
    """No task could be of both a project and another project's monitor."""
    if project is None or monitor is None or monitor.project_id == project.pk:
        return {}
    return {"monitor": ValidationError(f"This monitor is not of the project “{project.slug}”.", "other_project")}


def counting_errors(trigger: str, failures_in_row: int, notify_recovery: bool) -> Fields:
    """What counts how tasks end needs a point that they end in, and what tells of a recovery one to recover from."""
    ends = ENDS & {point.text for point in parse(trigger, is_global=True)}
    errors = {}
    if failures_in_row > 1 and not ends:
        text = "Only ends are counted: the trigger must name one of error, cancelled, stale, success."
        errors["failures_in_row"] = ValidationError(text, "no_end")
    if notify_recovery and not ends - {Status.SUCCESS}:
        text = "There is nothing to recover from: the trigger must name one of error, cancelled, stale."
        errors["notify_recovery"] = ValidationError(text, "no_failure")
    return errors
