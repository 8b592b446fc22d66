"""`/api/schema.json`, `/api/schema.yaml`, `/api/docs/`, `/api/redoc/`: public, and all from this server."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from django.contrib.staticfiles.finders import find
from django.test import Client

from taskapi.rest import document as served
from tests.client import Api
from tests.openapi import document

PAGES = ["/api/docs", "/api/redoc"]
anyone = Api(None)


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_document_is_served_as_json_and_as_yaml(slash):
    as_json, as_yaml = anyone.get(f"/api/schema.json{slash}"), anyone.get(f"/api/schema.yaml{slash}")
    assert as_json.status_code == as_yaml.status_code == 200
    assert as_json.headers["Content-Type"].startswith("application/json")
    assert as_yaml.headers["Content-Type"].startswith("application/yaml")
    assert as_json.json() == yaml.safe_load(as_yaml.content)


def test_the_document_is_the_snapshot_with_the_servers_own_address():
    assert anyone.get("/api/schema.json").json() == {**document(), "servers": [{"url": "http://testserver"}]}


@pytest.mark.parametrize("accept", ["text/html", "application/yaml", "application/vnd.oai.openapi+json", "image/png"])
def test_the_document_comes_whatever_is_accepted(accept):
    assert anyone.get("/api/schema.json", headers={"Accept": accept}).status_code == 200


def test_the_document_is_not_sent_to_who_has_it():
    etag = anyone.get("/api/schema.json").headers["ETag"]
    again = anyone.get("/api/schema.json", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert not again.content


@pytest.mark.parametrize("path", ["/api/schema.json", "/api/schema.yaml", *PAGES])
def test_a_bad_key_does_no_harm(path):
    assert Api("nonsense").get(path).status_code == 200


@pytest.mark.parametrize("path", ["/api/schema.json", *PAGES])
def test_writing_to_the_docs_is_refused_as_everywhere(path):
    response = anyone.post(path, {})
    assert response.status_code == 405
    assert response.json()["errors"][0]["code"] == "method_not_allowed"
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_no_other_host(path, slash):
    response = Client().get(path + slash)
    assert response.status_code == 200
    page = response.content.decode()
    assert all(url.startswith("/") for url in re.findall(r'(?:src|href)="([^"]*)"', page))
    assert not re.search(r"<script>|<style|\son\w+=|style=", page)
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_the_assets_of_a_page_are_there(path):
    page = Client().get(path).content.decode()
    assets = re.findall(r'"(/static/[^"]*)"', page)
    assert len(assets) >= 4
    assert all(find(asset.removeprefix("/static/")) for asset in assets)


def test_many_may_ask_for_the_document_first():
    """The generator imports as it goes, and gets in its own way on two threads."""
    served.written_once.cache_clear()
    served.as_json.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: served.as_json(), range(8)))
    assert len(set(found)) == 1
