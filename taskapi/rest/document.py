"""The OpenAPI document as it is served: written once in each process, for writing it takes most of a second."""

import threading
from functools import cache
from typing import Any

from django.conf import settings
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.settings import spectacular_settings

_writing = threading.Lock()  # the generator is not made for several threads at a time


def document() -> dict[str, Any]:
    """The whole document. It is shared: take from it, change nothing."""
    with _writing:
        return written_once()


@cache
def written_once() -> dict[str, Any]:
    # By its setting: the generator imports views, and views import the renderer that asks for this document.
    generator = spectacular_settings.DEFAULT_GENERATOR_CLASS()
    written: dict[str, Any] = generator.get_schema(request=None, public=True)
    # The committed snapshot names no server: it must not differ between machines.
    return {**written, "servers": [{"url": settings.BASE_URL}]}


@cache
def as_json() -> bytes:
    return bytes(OpenApiJsonRenderer().render(document(), renderer_context={}))


@cache
def as_yaml() -> bytes:
    return bytes(OpenApiYamlRenderer().render(document(), renderer_context={}))


def operation_at(template: str, method: str) -> dict[str, Any] | None:
    """The operation of a path as the document writes it (`/api/{org}/{project}/tasks`); None where it has none."""
    operation: dict[str, Any] | None = document()["paths"].get(template, {}).get(method.lower())
    return operation
