"""The HTTP clients that people use, against the served process: bodies in chunks, and events as they happen."""

import asyncio
import json
import secrets
import shutil
import subprocess
import threading
from contextlib import closing

import aiohttp
import httpx
import pytest
import requests
import sseclient

from tests.events.listening import WITHIN

pytestmark = pytest.mark.slow
TASKS = "/api/demo/demo/tasks"
SOON = 2.0  # seconds in which an event must be shown


@pytest.fixture
def url(server):
    return server.url + TASKS


@pytest.fixture
def headers(server):
    return {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}


def body_of(name):
    return [b'{"name": ', json.dumps(name).encode(), b"}"]


def by_requests(url, headers, name):
    return requests.post(url, data=iter(body_of(name)), headers=headers, timeout=WITHIN).json()


def by_httpx(url, headers, name):
    return httpx.post(url, content=iter(body_of(name)), headers=headers, timeout=WITHIN).json()


def by_aiohttp(url, headers, name):
    async def parts():
        for part in body_of(name):
            yield part

    async def send():
        async with aiohttp.ClientSession() as session, session.post(url, data=parts(), headers=headers) as answer:
            return await answer.json()

    return asyncio.run(send())


def command(program, *arguments, sent=b""):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed here.")
    done = subprocess.run([program, *arguments], input=sent, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def by_curl(url, headers, name):
    lines = [word for header in headers.items() for word in ("-H", ": ".join(header))]
    chunked = ("-H", "Transfer-Encoding: chunked", "--data-binary", "@-")
    return json.loads(command("curl", "-sS", *lines, *chunked, url, sent=b"".join(body_of(name))))


NODE = """
const [url, headers, name] = JSON.parse(process.argv[1]);
const body = new ReadableStream({start(c) {
    for (const part of ['{"name": ', JSON.stringify(name), '}']) c.enqueue(new TextEncoder().encode(part));
    c.close();
}});
const answer = await fetch(url, {method: "POST", headers, body, duplex: "half"});
console.log(await answer.text());
"""


def by_node(url, headers, name):
    asked = json.dumps([url, headers, name])
    return json.loads(command("node", "--input-type=module", "--no-warnings", "-e", NODE, asked))


@pytest.mark.parametrize("send", [by_requests, by_httpx, by_aiohttp, by_curl, by_node])
def test_a_body_in_chunks_makes_a_task(url, headers, send):
    name = f"chunked {secrets.token_hex(8)}"
    assert send(url, headers, name)["name"] == name


def test_curl_asks_first_whether_a_large_body_is_welcome(url, headers):
    lines = [word for header in headers.items() for word in ("-H", ": ".join(header))]
    large = json.dumps({"name": "large", "data": "x" * 1_000_000}).encode()
    sent = command("curl", "-sSv", *lines, "-H", "Expect: 100-continue", "--data-binary", "@-", url, sent=large)
    assert json.loads(sent)["name"] == "large"
    lines += ["-o", "/dev/null", "-w", "%{http_code}"]
    assert command("curl", "-sS", *lines, "--data-binary", "@-", url, sent=b" " * 5_000_000) == b"413"


# -- Events ----------------------------------------------------------------------------------------------------------


def lines_of_requests(url, headers):
    with requests.get(url, headers=headers, stream=True, timeout=WITHIN) as answer:
        yield from (line.decode() for line in answer.iter_lines())


def lines_of_httpx(url, headers):
    with httpx.stream("GET", url, headers=headers, timeout=WITHIN) as answer:
        yield from answer.iter_lines()


def lines_of_sseclient(url, headers):
    with requests.get(url, headers=headers, stream=True, timeout=WITHIN) as answer:
        yield from (f"event: {event.event}" for event in sseclient.SSEClient(answer).events())


def lines_of_curl(url, headers):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed here.")
    lines = [word for header in headers.items() for word in ("-H", ": ".join(header))]
    with subprocess.Popen(["curl", "-sSN", *lines, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield from process.stdout
        finally:
            process.kill()


@pytest.mark.parametrize("lines_of", [lines_of_requests, lines_of_httpx, lines_of_sseclient, lines_of_curl])
def test_an_event_is_shown_as_it_happens(server, url, headers, lines_of):
    name = f"shown-{secrets.token_hex(8)}"
    listening, shown = threading.Event(), threading.Event()
    # An id that is none: the stream begins with the event `reset`, by which it is known to be open.
    asked = {**headers, "Last-Event-ID": "none", "Accept": "text/event-stream"}

    def listen():
        with closing(lines_of(f"{url}/events?name={name}", asked)) as lines:
            for line in lines:
                if line.strip() == "event: reset":
                    listening.set()
                if line.strip() == "event: created":
                    shown.set()
                    return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert listening.wait(WITHIN)
    assert server.request("POST", TASKS, {"name": name}).status == 201
    assert shown.wait(SOON)
    listener.join(WITHIN)
