"""Every operation of the API, from its OpenAPI document as it is generated: a new route comes along by itself."""

from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, Model
from drf_spectacular.settings import spectacular_settings

from projects.models import Organization, Project, User
from tests.client import Api

MARK = "zanzibar"  # in everything that a stranger must not see
# What most of the operations would take, so that one that should refuse has something to be tempted by.
BODY = {
    "billable": False,
    "name": "hijacked",
    "slug": "hijacked",
    "status": "error",
    "value": 1,
    "trigger": "error",
    "integration": "email",
    "config": {"to": "hijacker@example.org"},
    "email": "hijacker@example.org",
    "role": "owner",
    "members": [],
    "scopes": ["admin"],
}


@cache
def operations() -> tuple[tuple[str, str], ...]:
    """Method and path template, `("GET", "/api/{org}/{project}/tasks")`; HEAD and OPTIONS as well."""
    paths = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)["paths"]
    found = []
    for template, methods in paths.items():
        found += [
            (method.upper(), template) for method in methods if method in {"get", "put", "patch", "post", "delete"}
        ]
        found += [("HEAD", template)] if "get" in methods else []
        found.append(("OPTIONS", template))
    assert ("GET", "/api/{org}/{project}/tasks/{id}") in found
    return tuple(found)


# ProjectBubble takes no parameter that it does not know.
PROJECTBUBBLE_BODY = {"task_name": "hijacked", "description": "hijacked", "progress": 100, "archived": 1}


def call(api: Api, method: str, path: str) -> Any:
    body = PROJECTBUBBLE_BODY if path.startswith("/v2/") else BODY
    return api.request(method, path, **({"body": body} if method in {"PUT", "PATCH", "POST"} else {}))


def fill(template: str, known: dict[str, str], admin: Api) -> str:
    """A path to what exists: a parameter that is not `known` is taken from the list above it, as `admin` sees it."""
    path = ""
    for part in template.strip("/").split("/"):
        if not part.startswith("{"):
            path += f"/{part}"
        elif (name := part.strip("{}")) in known:
            path += f"/{known[name]}"
        else:
            answer = admin.get(path)
            assert answer.status_code == 200, f"{path}: {answer.content!r}"
            rows = rows_in(answer.json())
            assert rows, f"{path} lists nothing: make one in the fixture `populated`"
            path += f"/{rows[0].get('id') or rows[0]['task_id']}"
    return path


def rows_in(body: Any) -> list[dict[str, Any]]:
    """Of a list, whichever dialect it is in."""
    if isinstance(body, list):
        return body
    return next(body[name] for name in ("results", "items", "data") if name in body)


def own_models() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if (settings.BASE_DIR / model._meta.app_label / "apps.py").exists()
    ]


def way_to(target: type[Model], model: type[Model], depth: int = 3) -> str | None:
    """The look-up that leads from a model along its foreign keys: `task__project`."""
    keys = [field for field in model._meta.get_fields() if isinstance(field, ForeignKey)]
    for key in keys:
        if key.related_model is target:
            return key.name
    for key in keys if depth else []:
        if key.related_model is not model and (way := way_to(target, key.related_model, depth - 1)):
            return f"{key.name}__{way}"
    return None


def rows_of(organization: Organization, *, but: Project | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every row of an organization; `but` leaves out those of one of its projects."""
    rows = {"User": list(User.objects.filter(memberships__organization=organization).order_by("pk").values())}
    for model in own_models():
        way = "pk" if model is Organization else way_to(Organization, model)
        if way is None:
            continue
        found = model._default_manager.filter(**{way: organization.pk}).order_by("pk")
        project = "pk" if model is Project else way_to(Project, model)
        if but is not None and project is not None:
            found = found.exclude(**{project: but.pk})
        rows[model.__name__] = list(found.values())
    return rows
