"""Where a page of the browsable API lies: the way down to it, and what lies below. All from the OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.admindocs.views import simplify_regex

from taskapi.rest.document import document

# The page of an organization or a project lies beside what belongs to it, not above.
OWN_PAGES = {"/api/organizations/{org}": "/api/{org}", "/api/{org}/projects/{project}": "/api/{org}/{project}"}


@dataclass(frozen=True, slots=True)
class Place:
    """One step of the way: `href` is empty where there is no page."""

    label: str
    href: str


def template_of(route: str) -> str:
    """A route of the URLconf as the document writes paths: `/api/{org}/{project}/tasks`."""
    return simplify_regex(route).replace("<", "{").replace(">", "}").replace("\\.", ".").rstrip("/")


def has_page(template: str) -> bool:
    return "get" in document()["paths"].get(template, {})


def fill(template: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template


def word(segment: str) -> str:
    return segment.replace("-", " ").capitalize()


def way_to(template: str, values: Mapping[str, str]) -> list[Place]:
    """The steps from `/api/` down to a page, itself the last. `values`: of the path's parameters."""
    places = [Place("API", "/api/")]
    subject = OWN_PAGES.get(template, template)
    walked = "/api"
    for part in subject.split("/")[2:]:
        walked = f"{walked}/{part}"
        page = next((own for own, base in OWN_PAGES.items() if base == walked), walked)
        label = values.get(part.strip("{}"), "") if part.startswith("{") else word(part)
        places.append(Place(label, fill(page, values) if has_page(page) else ""))
    return places


def below(template: str, values: Mapping[str, str]) -> list[Place]:
    """The pages one step below a page."""
    base = OWN_PAGES.get(template, template) + "/"
    if template == "/api":
        return []
    deeper = [path for path in document()["paths"] if path.startswith(base) and has_page(path)]
    names = sorted({path.removeprefix(base) for path in deeper})
    return [Place(word(name), fill(base + name, values)) for name in names if "/" not in name and "{" not in name]
