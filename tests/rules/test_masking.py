"""What is masked in every log line: `taskapi.masking`."""

import base64
import json
import time

import pytest

from projects import keys
from taskapi.masking import mask

UUID = "7d0f6c1e-52a4-4b3d-9a63-1f0c8e2b4d95"
KEY = keys.make()
TOKEN = "s3cr3t-T0ken_Value"
HOOK = "whsec_" + base64.b64encode(b"\xff" * 32).decode()


def whole(organization, project=""):
    return keys.encode(organization, project, KEY)


@pytest.mark.parametrize(
    ("text", "secret", "kept"),
    [
        pytest.param(f"/public/tasks/{UUID}/{TOKEN}/", TOKEN, f"/public/tasks/{UUID}/…/", id="public page"),
        pytest.param(f"/public/tasks/{UUID}/{TOKEN}/badge.svg", TOKEN, "/…/badge.svg", id="badge"),
        pytest.param(f"/public//tasks/{UUID}//{TOKEN}", TOKEN, "/…", id="doubled slashes"),
        pytest.param(f"/account/invitation/{TOKEN}", TOKEN, "/account/invitation/…", id="invitation"),
        pytest.param(f"/account/password-reset/MQ/{TOKEN}/", TOKEN, "/password-reset/MQ/…/", id="password reset"),
        pytest.param(f"/ping/{UUID}", UUID, "/ping/7d0f6c1e-…", id="ping"),
        pytest.param(f"/ping/{UUID.upper()}/fail?rid=1", UUID.upper(), "/ping/7D0F6C1E-…/fail?rid=1", id="ping, fail"),
        pytest.param(f"/ping/{KEY}/nightly/start", KEY, "/ping/…/nightly/start", id="ping by key and slug"),
        pytest.param(f"/ping/{TOKEN}/nightly", TOKEN, "/ping/…/nightly", id="ping by what is no key"),
        pytest.param(f"/api/12/cron/nightly/{KEY}/?status=ok", KEY, "/api/12/cron/nightly/…/?status=ok", id="cron"),
        pytest.param(f"/api/12/cron/nightly/{TOKEN}", TOKEN, "/cron/nightly/…", id="cron by what is no key"),
        pytest.param(f"/api/acme/web/monitors/{UUID}/", UUID, "/monitors/7d0f6c1e-…/", id="monitor in the API"),
        pytest.param(f"/a/acme/tasks/?monitor={UUID}&a=b", UUID, "monitor=7d0f6c1e-…&a=b", id="monitor as a filter"),
        pytest.param(f"Monitor {UUID} is not watched", UUID, "Monitor 7d0f6c1e-… is not watched", id="monitor"),
        pytest.param(f"key {KEY} failed", KEY[8:], f"key {KEY[:8]}… failed", id="bare key"),
        pytest.param(f"key={KEY[:30]}", KEY[8:30], f"key={KEY[:8]}…", id="part of a key"),
        pytest.param(f"https://{KEY}@host/1", KEY[8:], "@host/1", id="key in a DSN"),
        pytest.param(f"sentry_key={KEY}, x", KEY[8:], "…, x", id="key in a header"),
        *(
            pytest.param(f"key: {whole('a' * n, 'web')}!", whole("a" * n, "web"), "key: …!", id=f"whole key, {n}")
            for n in (1, 2, 3)
        ),
        pytest.param(f"Authorization: Bearer {TOKEN}", TOKEN, "Authorization: Bearer …", id="bearer"),
        pytest.param(f"{{'Authorization': 'bearer {TOKEN}'}}", TOKEN, "'bearer …'}", id="bearer in a dict"),
        pytest.param(f"secret {HOOK}.", HOOK[6:], "secret whsec_….", id="webhook secret"),
        pytest.param(f"sessionid={TOKEN}; a=b", TOKEN, "sessionid=…; a=b", id="session"),
        pytest.param("postgres://me:hunter2@db:5432/x", "hunter2", "postgres://me:…@db:5432/x", id="password in a URL"),
    ],
)
def test_a_secret_is_masked_and_what_is_around_it_stays(text, secret, kept):
    for line in (text, f"before {text}\nafter"):
        masked = mask(line)
        assert secret not in masked
        assert kept in masked
        assert mask(masked) == masked
    written = json.loads(mask(json.dumps({"event": f'"{text}"\n', "path": text})))
    assert written["path"] == mask(text)
    assert secret not in written["event"]


@pytest.mark.parametrize(
    "text",
    [
        f"/api/acme/web/tasks/{UUID}",
        f"/a/acme/tasks/{UUID}/edit/",
        "/account/password-reset/sent/",
        "/account/password/",
        "/public/tasks/",
        "GET /healthz 200",
        "The monitor is not watched",
        "https://example.org:8000/path@x",
        base64.b64encode(b"nothing of ours, but long enough to be taken for a key " * 2).decode(),
    ],
)
def test_what_is_no_secret_stays(text):
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    ["/ping/", "/public/tasks/", "/account/password-reset/a/", "://a:", "bearer ", "tak_", "dGFrX/", "monitor ", "A/ "],
)
def test_masking_takes_time_proportional_to_the_length(text):
    def seconds(length):
        started = time.process_time()
        mask(text * (length // len(text)))
        return time.process_time() - started

    seconds(10_000)
    assert seconds(1_000_000) < 20 * max(seconds(100_000), 0.005)
