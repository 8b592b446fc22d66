"""The browsable API: every answer as a page for people, with forms for what else the path can do.

What a page knows about an operation (fields, examples, filters, texts) it takes from the OpenAPI document. Forms hold
JSON alone, since JSON is all that the parsers take.
"""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import Resolver404, resolve
from django.utils.html import escape
from django.utils.safestring import SafeString
from rest_framework import exceptions, renderers
from rest_framework.request import Request, override_method

from taskapi.rest.document import document, operation_at
from taskapi.rest.json_html import VALUE_CHARS, as_html, raw_of
from taskapi.rest.json_tokens import Trail, indented
from taskapi.rest.places import Place, below, template_of, way_to

NO_FORMS = frozenset({401, 403, 404, 406, 500, 503})
UNKNOWN = "unknown"  # the name of the last pattern under /api/
NO_PAGES = {UNKNOWN, "ping", "ping-signal"}  # to look at a ping would be to make one
WRITING = ("POST", "PUT", "PATCH", "DELETE")


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    template = "rest_framework/api.html"

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        view, request, response = (renderer_context[name] for name in ("view", "request", "response"))
        match = request._request.resolver_match
        template = template_of(match.route) if match else ""
        values = {name: str(value) for name, value in view.kwargs.items()}
        status = response.status_code
        here = self.is_within_reach(view, request)
        places = way_to(template, values) if here else [*way_to("/api", {}), Place(HTTPStatus(status).phrase, "")]
        operation = operation_at(template, request.method) or {}
        is_list = isinstance(data, list) or (isinstance(data, dict) and "results" in data)
        content = as_html(data, Links(request.path, is_list or status == HTTPStatus.CREATED).of)
        failed, created = status >= 400, status == HTTPStatus.CREATED
        return {
            "request": request,
            "view": view,
            "person": person_of(request),
            "title": HTTPStatus(status).phrase if failed else title_of(data, places[-1].label, is_list),
            "status": status,
            "phrase": HTTPStatus(status).phrase,
            "failed": failed,
            "about": "" if failed else prose(operation.get("description", "").partition("\n\n")[0]),
            "method": request.method,
            "base_url": settings.BASE_URL,
            "url": settings.BASE_URL + request.get_full_path(),
            "headers": sorted({**response.headers, "Content-Type": "application/json"}.items()),
            "content": content.html,
            "whole": whole_of(request) if content.is_shortened else "",
            "has_content": data is not None,
            "pages": pages_of(data),
            "places": places,
            "below": [] if failed else below(template, values),
            "filters": filters_of(template, request) if is_list or status == 400 else [],
            "forms": self.forms(template, view, request, None if failed or created or is_list else data, status),
        }

    def forms(self, template: str, view: Any, request: Request, shown: Any, status: int) -> list[dict[str, Any]]:
        """One form for each body that the path takes: `methods` may share it; DELETE has none."""
        if status in NO_FORMS:
            return []
        methods = [method for method in WRITING if self.show_form_for_method(view, method, request, None)]
        if "POST" in methods and "PATCH" in methods:
            methods.remove("POST")  # the same as PATCH
        found = []
        for group in (["POST"], ["PUT", "PATCH"], ["DELETE"]):
            if offered := [method for method in group if method in methods]:
                operation = operation_at(template, offered[0]) or {}
                body, left_out = (None, []) if offered == ["DELETE"] else prefilled(operation, shown)
                rows = min(body.count("\n") + 2, 24) if body else 0
                summary = operation.get("summary", offered[0])
                found.append({"methods": offered, "body": body, "left_out": left_out, "rows": rows, "summary": summary})
        return found

    def show_form_for_method(self, view: Any, method: str, request: Request, obj: Any) -> bool:
        if method not in view.allowed_methods:
            return False
        try:
            with override_method(view, request, method) as asked:
                view.check_permissions(asked)
        except (exceptions.APIException, PermissionDenied, Http404):
            return False
        return True

    def is_within_reach(self, view: Any, request: Request) -> bool:
        """The tenant of the path is the caller's: links to its pages lead somewhere."""
        match = request._request.resolver_match
        if match is None or match.url_name == UNKNOWN:
            return False
        try:
            view.check_permissions(request)
        except (exceptions.PermissionDenied, PermissionDenied):
            return True
        except (exceptions.APIException, Http404):
            return False
        return True


def person_of(request: Request) -> Any:
    """Whoever signed in, also where the path takes no credentials; a request with a key comes without a session."""
    return get_user(request._request) if hasattr(request._request, "session") else AnonymousUser()


def prose(text: str) -> SafeString:
    """A text of the document, its words in backticks as code."""
    return SafeString(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))


def pages_of(shown: Any) -> dict[str, str | None]:
    if not isinstance(shown, dict) or "results" not in shown:
        return {}
    return {name: shown.get(name) for name in ("previous", "next")}


def title_of(shown: Any, label: str, is_list: bool) -> str:
    name = shown.get("name") if isinstance(shown, dict) and not is_list else None
    return name if isinstance(name, str) and name else label


def whole_of(request: Request) -> str:
    """The path of all that a page shows a part of."""
    params = request.query_params.copy()
    params["format"] = "json"
    return f"{request.path}?{params.urlencode()}"


def prefilled(operation: Mapping[str, Any], shown: Any) -> tuple[str, list[str]]:
    """The body to begin with: the writable fields of what is shown, or else the operation's first example.

    And the names of those fields that are too long for a form: left out of a body, they stay as they are.
    """
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    reference = content.get("schema", {}).get("$ref", "")
    if isinstance(shown, dict) and reference:
        fields = document()["components"]["schemas"][reference.rpartition("/")[2]].get("properties", {})
        edited = [name for name, field in fields.items() if name in shown and is_edited(field, shown[name])]
        texts = {name: indented(raw_of(shown[name]), (name,), VALUE_CHARS) for name in edited}
        members = [f"  {json.dumps(name)}: {text}" for name, text in texts.items() if text is not None]
        return "{\n" + ",\n".join(members) + "\n}", [name for name, text in texts.items() if text is None]
    examples = [example["value"] for example in content.get("examples", {}).values()]
    return json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else "{}", []


def is_edited(field: Mapping[str, Any], value: Any) -> bool:
    """Left out: moments, which follow the status unless they are sent, and parts that would be added once more."""
    is_list_of_objects = isinstance(value, list) and any(isinstance(item, dict) for item in value)
    return field.get("format") != "date-time" and not is_list_of_objects


def filters_of(template: str, request: Request) -> list[dict[str, Any]]:
    """The list's query parameters, each with its text, its choices and what was asked for."""
    found = []
    for parameter in (operation_at(template, "GET") or {}).get("parameters", []):
        if parameter.get("in") != "query" or parameter["name"] in {"cursor", "format"}:
            continue
        schema = parameter["schema"]
        found.append(
            {
                "name": parameter["name"],
                "about": prose(parameter.get("description", "")),
                "choices": schema.get("items", schema).get("enum", []),
                "hint": hint_of(schema),
                "values": request.query_params.getlist(parameter["name"]),
            }
        )
    return found


def hint_of(schema: Mapping[str, Any]) -> str:
    example = next(iter(schema.get("examples", [])), schema.get("default", ""))
    return str(example[0] if isinstance(example, list) else example)


class Links:
    """Which values of an answer lead to a page: URLs of this server, and ids of what lies in the same collection."""

    def __init__(self, path: str, is_list: bool) -> None:
        path = path.rstrip("/")
        self.collection = path if is_list else path.rpartition("/")[0]

    def of(self, trail: Trail, value: Any) -> str | None:
        if isinstance(value, str) and value.startswith(f"{settings.BASE_URL}/"):
            path = value.removeprefix(settings.BASE_URL)
            return path if is_page(path.partition("?")[0]) else None
        places = tuple(key for key in trail[:-1] if key not in {"results", "children"} and not isinstance(key, int))
        if not places and trail and trail[-1] in {"id", "slug", "parent"} and isinstance(value, (str, int)):
            href = f"{self.collection}/{value}"
            return href if is_page(href) else None
        return None


def is_page(path: str) -> bool:
    """Whether a click may lead there."""
    try:
        return resolve(path).url_name not in NO_PAGES
    except Resolver404:
        return False
