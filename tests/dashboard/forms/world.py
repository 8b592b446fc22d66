"""An organization with one of everything that a form is about, and the way to each page."""

import datetime
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from dashboard.invitations import token_of
from dashboard.views.account import link_of
from integrations.channels import create_channel
from integrations.models import Delivery
from monitors.changes import create_monitor
from planning.custom_fields import create_field
from planning.work import add_cost, add_report
from planning.workflow import create_status, workflow_of
from projects.issuing import issue_key
from projects.models import Membership, Organization, Project, User
from projects.principals import Principal
from projects.scopes import SCOPES_OF_ROLE, Role
from projects.teams import create_team
from tasks.changes import create_task
from tasks.global_actions import create_global_action
from tests.dashboard.forms.case import NEW_PASSWORD, PASSWORD

CHOICES = {"choice": ["red", "blue"], "multi-choice": ["de", "fr", "it"]}
TYPES = ("text", "number", "date", "boolean", "choice", "multi-choice", "person", "currency")
CONFIGS = {
    "webhook": {"url": "https://hooks.example.org/tasks"},
    "email": {"to": "ops@acme.example"},
    "apprise": {"url": "slack://T1JJ3T3L2/A1BRTD4JD/AAAAAAAAAAAAAAAAAAAAAAAA/#dev"},
}
SIGNED_OUT = frozenset({"login", "password-reset", "password-reset-confirm", "invitation-password"})


class World:
    def __init__(self, organization: Organization, project: Project) -> None:
        self.organization, self.project = organization, project
        self.owner = self.join("owner", Role.OWNER, PASSWORD)
        self.member = self.join("member", Role.MEMBER, PASSWORD)
        self.invited = self.join("invited", Role.MEMBER, None)
        now = timezone.now()
        self.team = create_team(organization, {"name": "Night shift", "members": []})
        self.custom = {
            kind: create_field(organization, {"name": kind, "type": kind, "choices": CHOICES.get(kind, [])}, now=now)
            for kind in TYPES
        }
        workflow_of([project.pk])
        self.review = create_status(project, {"name": "In review", "status": "post_processing"})
        create_status(project, {"name": "Later", "status": "post_processing"})  # so that each may stand for another
        self.channels = {
            kind: create_channel(organization, {"kind": kind, "slug": kind, "config": config}, now)[0]
            for kind, config in CONFIGS.items()
        }
        self.monitor = create_monitor(project, {"name": "backup", "interval": 3600}, now=now)
        self.paths = self.ways(now)

    def join(self, name: str, role: Role, password: str | None) -> User:
        user = User.objects.create_user(f"{name}@acme.example", password)
        Membership.objects.create(organization=self.organization, user=user, role=role, display_name=name)
        return user

    def ways(self, now: datetime.datetime) -> dict[str, dict[str, Any]]:
        """What the path of each page needs."""
        organization, project = self.organization, self.project
        task = create_task(project, {"name": "export"}, now=now)
        day = datetime.date(2026, 3, 1)
        spent = {"user": self.owner.pk, "date": day, "minutes": 45, "note": "", "billable": True}
        report = add_report(task.number, spent, organization_id=organization.pk, now=now)
        cost = add_cost(task.number, {"name": "Fee", "amount": "1", "currency": "EUR", "date": day}, now=now)
        fields = {"name": "all", "integration": "webhook:webhook", "trigger": "success", "config": {}}
        rule = create_global_action(organization, fields, now=now)
        scopes = SCOPES_OF_ROLE[Role.OWNER]
        by = Principal(organization=organization, project=None, user_id=self.owner.pk, role=Role.OWNER, scopes=scopes)
        key = issue_key(organization, {"name": "worker", "scopes": ["create:tasks"]}, by=by)[0]
        delivery = Delivery.objects.create(
            organization=organization, project=project, integration="email", body="{}", due_at=now, created=now
        )
        uid, token = urlsplit(link_of(self.member)).path.strip("/").split("/")[-2:]
        return {
            "task-page": {"id": task.public_id},
            "task-edit": {"id": task.public_id},
            "task-report": {"id": task.public_id, "row_id": report.pk},
            "task-cost": {"id": task.public_id, "row_id": cost.pk},
            "public-task-page": {"id": task.public_id, "token": task.public_token},
            "task-badge": {"id": task.public_id, "token": task.public_token},
            "monitor-page": {"id": self.monitor.pk},
            "delivery-page": {"id": delivery.public_id},
            "project": {"slug": project.slug},
            "key": {"id": key.pk},
            "integration": {"id": self.channels["webhook"].pk},
            "global-action": {"id": rule.pk},
            "workflow-status": {"id": self.review.pk},
            "custom-field": {"id": self.custom["choice"].pk},
            "member": {"id": self.member.pk},
            "team": {"id": self.team.pk},
            "password-reset-confirm": {"uidb64": uid, "token": token},
            "invitation": {"token": token_of(self.invited.memberships.get())},
        }

    def path(self, page: str, **more: Any) -> str:
        known = {**self.paths.get(page, {}), **more}
        for place in ({"org": self.organization.slug}, {}):
            try:
                return reverse(page, kwargs={name: str(value) for name, value in {**place, **known}.items()})
            except NoReverseMatch:
                continue
        raise LookupError(f"Say in World.ways what the path of “{page}” needs.")

    def client_of(self, page: str) -> Client:
        """The owner's browser; for pages of who is not signed in, another that has followed an invitation."""
        client = Client()
        if page in SIGNED_OUT:
            client.get(self.path("invitation"))
        else:
            client.force_login(self.owner)
        return client

    def passwords_of(self, user: User) -> dict[str, str]:
        user.refresh_from_db()
        is_new = user.check_password(NEW_PASSWORD)
        return dict.fromkeys(("new_password1", "new_password2"), NEW_PASSWORD if is_new else "the old one")
