"""The forms about one task."""

from typing import Any

from planning.models import ExtraCost, TimeReport
from tasks.models import Action
from tests.dashboard.forms.case import Case, Typed, newest, page_of_newest, same

COST: Typed = {"name": "Licence", "amount": "12.50", "currency": "CHF", "date": "2026-05-04"}


def report(world: Any) -> Typed:
    return {
        "user": str(world.member.pk),
        "date": "2026-05-04",
        "minutes": "1 h 30 min",
        "billable": [],
        "note": "Two\nlines",
    }


def task(world: Any) -> Typed:
    custom = {
        "text": "Ask <b>\nfirst",
        "number": "12.5",
        "date": "2026-05-01",
        "boolean": "no",
        "choice": "red",
        "multi-choice": ["de", "it"],
        "person": str(world.member.pk),
        "currency": "12.50 EUR",
    }
    return {
        "name": "import",
        "status": "post_processing",
        "value": "55",
        "value_max": "200",
        "tags": "env: prod\nteam: data",
        "data_text": '{\n  "a": [\n    1,\n    "é"\n  ]\n}',
        "description": "\nAsk\nfirst",
        "workflow_status": str(world.review.pk),
        "priority": "8",
        "important": ["on"],
        "responsible": str(world.member.pk),
        "assignees": [str(world.owner.pk), str(world.member.pk)],
        "teams": [str(world.team.pk)],
        "notes": "Mind the <gap>",
        "start_date": "2026-05-01",
        "end_date": "2026-05-02",
        "due_date": "2026-05-03",
        "deadline_date": "2026-05-04",
        "recurrence": "M",
        "estimated_minutes": "1 h 30 min",
        "billable": [],
        "hourly_rate": "85.50",
        "fixed_price": ["on"],
        "price": "1200.00",
        "billed": ["on"],
        **{f"custom_{world.custom[kind].pk}": value for kind, value in custom.items()},
    }


TASKS = [
    Case("task", "task-edit", task, {"hourly_rate": "85,50"}),
    Case("time report", "task-report", report, {"minutes": "soon"}),
    Case("extra cost", "task-cost", same(COST), {"amount": "12,50"}),
    Case(
        "new time report",
        "task-page",
        report,
        {"minutes": "soon"},
        kept_at=page_of_newest("task-report", TimeReport, "row_id"),
    ),
    Case(
        "new cost", "task-page", same(COST), {"amount": "x"}, kept_at=page_of_newest("task-cost", ExtraCost, "row_id")
    ),
    Case(
        "new action",
        "task-page",
        same({"trigger": "95%, error", "integration": "email", "to": "ops@acme.example"}),
        {"trigger": "soon"},
        stored=lambda _: {
            "trigger": newest(Action).trigger,
            "integration": newest(Action).integration,
            "to": newest(Action).config["to"],
        },
    ),
]
