"""What a task's public link opens: a page and a badge, for whoever has it."""

import re
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone

from tasks.sharing import share_task

SECRET = "top-secret"


@pytest.fixture
def task(make_task):
    more = {"data": {"k": SECRET}, "tags": {"t": SECRET}, "queue": SECRET, "external_id": SECRET}
    return make_task("nightly.import", status="processing", value=30, value_max=120, **more)


def path(task):
    return urlsplit(task["public_url"]).path


def get(url, status=200, **headers):
    response = Client().get(url, headers=headers)
    assert response.status_code == status
    return response


def test_the_page_shows_how_far_it_is_and_no_more(task, project):
    response = get(path(task))
    text = response.content.decode()
    assert "nightly.import" in text
    assert "<b>25 %</b>" in text
    assert "processing" in text
    assert SECRET not in text
    assert project.organization.name not in text
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex' in text
    assert "no-store" in response["Cache-Control"]
    assert "Set-Cookie" not in response


def test_the_page_needs_one_statement(task, django_assert_num_queries):
    with django_assert_num_queries(1):
        get(path(task))


def test_the_part_that_moves_is_a_part_of_the_page(task):
    text = get(f"{path(task)}?part=progress").content.decode()
    assert "<html" not in text
    assert "<b>25 %</b>" in text
    assert SECRET not in text


def test_its_title_is_in_words(make_task):
    task = make_task("nightly.import", status="pre_processing")
    assert "<title>nightly.import · pre processing</title>" in get(path(task)).content.decode()


def test_a_hostile_name_is_only_text(make_task):
    task = make_task("</title><script>alert(1)</script>")
    assert "<script>alert" not in get(path(task)).content.decode()


def test_the_badge_is_an_svg_that_caches_keep_for_seconds(task):
    response = get(f"{path(task)}badge.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=5, s-maxage=5"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response
    texts = [found.text for found in ET.fromstring(response.content).iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["nightly.import", "processing 25 %"]


def test_the_badge_is_sent_again_only_once_it_differs(task, api):
    tag = get(f"{path(task)}badge.svg")["ETag"]
    assert get(f"{path(task)}badge.svg", 304, if_none_match=tag).content == b""
    api.patch(f"tasks/{task['id']}", {"value": 60})
    get(f"{path(task)}badge.svg", 200, if_none_match=tag)


@pytest.mark.parametrize("suffix", ["", "badge.svg"])
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda url: re.sub(r"[^/]+/$", "guess/", url), id="wrong token"),
        pytest.param(lambda url: re.sub(r"[^/]+/$", "%00/", url), id="NUL"),
        pytest.param(lambda url: re.sub(r"[^/]+/([^/]+)/$", r"x/\1/", url), id="no id"),
    ],
)
def test_without_the_tasks_own_token_there_is_nothing(task, wrong, suffix):
    get(wrong(path(task)) + suffix, 404)


@pytest.mark.parametrize("suffix", ["", "badge.svg"])
def test_a_link_that_was_taken_back_opens_nothing(task, project, suffix):
    share_task(project, UUID(task["id"]), False, timezone.now())
    get(path(task) + suffix, 404)
    get(re.sub(r"[^/]+/$", "/", path(task)) + suffix, 404)


def test_nothing_is_left_of_a_deleted_organization(task, organization):
    organization.deleted = timezone.now()
    organization.save()
    get(path(task), 404)
    get(f"{path(task)}badge.svg", 404)


def test_nothing_is_changed_by_a_public_link(task):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)(path(task)).status_code == 405
