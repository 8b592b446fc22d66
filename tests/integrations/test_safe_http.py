"""`integrations.safe_http`, and the addresses that it must never reach (`integrations.addresses`, `.targets`)."""

import ipaddress
import socket
import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import repeat

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from integrations import deadlines, safe_http
from integrations.addresses import is_open, literal, networks
from integrations.safe_http import READ_MAX, TEXT_MAX, NoAnswer, post
from integrations.targets import check_url, read_url
from tests.receivers import Receiver, Reply, drip

LOOPBACK = networks(("127.0.0.0/8",))
SOON = 0.3  # seconds: a deadline that tests can wait for
LATE = 5.0  # longer than anything here may take
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\ncontent-length: 5\r\n\r\n"

# Every one must be refused when it is saved: no name server is needed to know it.
FORBIDDEN = [
    "127.0.0.1",
    "127.0.0.1:8000",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f.1",
    "0X7F000001",
    "017700000001",
    "2130706433",
    "127.0.0.1.",
    "0",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "167772161",
    "012.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "0xc0a80001",
    "192.168.257",
    "169.254.169.254",
    "169.254.0.1",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.16689662",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "api.localhost",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::8.8.8.8]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:a9fe:a9fe]",
    "[0:0:0:0:0:ffff:10.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::8.8.8.8]",
    "[64:ff9b:1:ffff::10.0.0.1]",
    "[100::1]",
    "[2001::1]",
    "[2001:0:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2002:808:808::1]",
    "[2606:4700::5efe:127.0.0.1]",
    "[2606:4700::200:5efe:10.0.0.1]",
    "[3fff::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fe80::a9fe:a9fe]",
    "[fec0::1]",
    "[feff::1]",
    "[ff02::1]",
    "[ff0e::1]",
]
# What is read differently by different programs, or no address of a web server at all.
MALFORMED = [
    "",
    "example.org",
    "//example.org/",
    "http:example.org",
    "http:/example.org",
    "http://",
    "http:///path",
    "http://?a=b",
    "http://:80/",
    "https://example.org:0/",
    "https://example.org:65536/",
    "https://example.org:99999/",
    "https://example.org:-1/",
    "https://example.org:1x/",
    "https://example.org:\uff18\uff10/",
    "https://example.org:80:80/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "unix:///var/run/docker.sock",
    "javascript:alert(1)",
    "http://good@127.0.0.1/",
    "http://example.org@127.0.0.1/",
    "http://example.org:80@127.0.0.1/",
    "http://user:password@example.org/",
    "http://@example.org/",
    "http://127.0.0.1\\@example.org/",
    "http://example.org\\@127.0.0.1/",
    "http:\\\\127.0.0.1\\",
    "http://example.org#@127.0.0.1/"[:-1] + "\t",
    " http://example.org/",
    "http://example.org/ ",
    "http://exam ple.org/",
    "http://exam\nple.org/",
    "http://127.0.0.1\t.example.org/",
    "http://example.org/\r\nHost: 127.0.0.1",
    "http://example.org/\0",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://127\u30020\u30020\u30021/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://b\u00fccher.example/",
    "http://loc\u24d0lhost/",
    "http://exa\u00admple.org/",
    "http://%31%32%37.0.0.1/",
    "http://127.0.0.1%2f@example.org/",
    "http://example.org%00.evil.example/",
    "http://exa$mple.org/",
    "http://a..b/",
    "http://.example.org/",
    "http://example.org../",
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 130 + "example/",
    "http://[::1/",
    "http://::1/",
    "http://[]/",
    "http://[127.0.0.1]/",
    "http://[1::2::3]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[::1]evil.example/",
    "http://evil.example[::1]/",
    "http://[v1.fe80]/",
    "https://example.org/" + "x" * 2000,
]
FINE = [
    "https://example.org",
    "https://example.org/hooks/1?a=b&c[]=d#part",
    "http://example.org:8080/",
    "HTTPS://EXAMPLE.ORG/",
    "https://example.org./",
    "https://example.org:/",
    "https://xn--bcher-kva.example/",
    "http://my_service:1/",
    "http://8.8.8.8/",
    "http://[2606:4700::1111]:65535/",
    "http://[::ffff:8.8.8.8]/",
    "http://[64:ff9b::808:808]/",
    "http://notlocalhost/",
    "http://localhost.example.org/",
    "https://example.org/" + "x" * 1980,
    "https://example.org/gr\u00fc\u00dfe",
]


@pytest.fixture
def name_server(monkeypatch):
    """Answers with the addresses that a test gives; `asked` has every question."""

    class NameServer:
        asked = []
        answers = {}

        def __call__(self, host, port, *args, **kwargs):
            self.asked.append(host)
            answers = self.answers.get(host)
            if not answers:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            answer = answers.pop(0) if isinstance(answers[0], list) else answers
            return [
                (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
                if ":" in address
                else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
                for address in answer
            ]

    server = NameServer()
    server.asked, server.answers = [], {}
    monkeypatch.setattr(safe_http.socket, "getaddrinfo", server)
    return server


@pytest.fixture
def no_connections(monkeypatch):
    """A connection that is only begun is one too many."""

    def connect(self, address):
        raise AssertionError(f"connected to {address}")

    monkeypatch.setattr(socket.socket, "connect", connect)


def send(url, seconds=LATE, allowed=LOOPBACK, body=b"{}"):
    return post(url, body, {"content-type": "application/json"}, seconds=seconds, allowed=allowed)


# -- What is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", FORBIDDEN)
def test_a_forbidden_address_is_refused_when_it_is_saved(host):
    with pytest.raises(ValueError, match="not a public address"):
        check_url(f"http://{host}/hook", ())


@pytest.mark.parametrize("host", FORBIDDEN)
def test_a_forbidden_address_is_refused_when_it_is_called(host, no_connections):
    with pytest.raises(NoAnswer):
        send(f"https://{host}/hook", allowed=())


@pytest.mark.parametrize("url", MALFORMED, ids=ascii)
def test_what_is_no_clear_url_is_refused_when_it_is_saved_and_when_it_is_called(url, no_connections):
    with pytest.raises(ValueError):
        check_url(url, ())
    with pytest.raises(NoAnswer):
        send(url, allowed=())


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://user:password@example.org/", "no user name or password"),
        ("https://b\u00fccher.example/", "xn--"),
        ("ftp://example.org/", "http:// or https://"),
        ("https://example.org:0/", "from 1 to 65535"),
        ("https://exa mple.org/", "no spaces"),
        ("https://example.org/" + "x" * 2000, "2000 characters"),
        ("https://", "no valid host"),
    ],
    ids=ascii,
)
def test_a_refusal_says_what_is_wrong(url, why):
    with pytest.raises(ValueError, match=why):
        check_url(url, ())


@pytest.mark.parametrize("url", FINE, ids=ascii)
def test_public_addresses_and_names_may_be_saved_without_a_look_up(url, name_server):
    check_url(url, ())
    assert name_server.asked == []


@pytest.mark.parametrize("host", FORBIDDEN)
def test_a_name_that_means_a_forbidden_address_is_not_called(host, name_server, no_connections):
    address = literal(host.partition("]")[0].strip("[]")) or literal(host.split(":")[0]) or "127.0.0.1"
    name_server.answers["rebound.example"] = [str(address)]
    with pytest.raises(NoAnswer, match="not at a public address"):
        send("http://rebound.example/", allowed=())


def test_an_error_does_not_tell_what_an_internal_name_means(name_server, no_connections):
    name_server.answers["db.internal"] = ["10.1.2.3"]
    with pytest.raises(NoAnswer) as failed:
        send("http://db.internal/", allowed=())
    assert "10.1.2.3" not in str(failed.value)


@pytest.mark.parametrize("order", [["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["2606:4700::1", "::1"]])
def test_one_forbidden_address_of_several_refuses_them_all(order, name_server, no_connections):
    name_server.answers["mixed.example"] = order
    with pytest.raises(NoAnswer, match="not at a public address"):
        send("http://mixed.example/", allowed=())


def test_a_zone_does_not_hide_an_address(name_server, no_connections):
    name_server.answers["zone.example"] = ["fe80::1%eth0"]
    with pytest.raises(NoAnswer, match="not at a public address"):
        send("http://zone.example/", allowed=())


def test_a_name_is_resolved_once_and_a_second_answer_changes_nothing(receiver, name_server):
    name_server.answers["twice.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    assert send(f"http://twice.example:{receiver.port}/").status == 200
    assert name_server.asked == ["twice.example"]


def test_each_call_looks_anew_and_refuses_a_name_that_has_moved_inside(receiver, name_server):
    name_server.answers["moving.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    assert send(f"http://moving.example:{receiver.port}/").status == 200
    with pytest.raises(NoAnswer, match="not at a public address"):
        send(f"http://moving.example:{receiver.port}/")
    assert len(receiver.requests) == 1


def test_a_connection_that_leads_elsewhere_is_dropped(receiver, monkeypatch):
    monkeypatch.setattr(socket.socket, "getpeername", lambda _: ("10.0.0.1", 80))
    with pytest.raises(NoAnswer, match="leads elsewhere"):
        send(receiver.url)
    assert receiver.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(receiver, status):
    inside = Receiver()
    receiver.answer(Reply(status, {"location": f"{inside.url}/secret"}))
    assert send(receiver.url).status == status
    inside.close()
    assert inside.requests == []


def test_proxies_of_the_environment_are_not_asked(receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send(receiver.url).status == 200


# -- What is allowed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cidr", "opened", "closed"),
    [
        ("127.0.0.0/8", ["127.0.0.1", "127.9.9.9", "::ffff:127.0.0.1", "64:ff9b::7f00:1"], ["::1", "10.0.0.1"]),
        ("127.0.0.1", ["127.0.0.1"], ["127.0.0.2", "::1"]),
        ("10.20.0.0/16", ["10.20.255.1", "::ffff:10.20.0.1", "2002:a14:1::"], ["10.21.0.1", "10.19.255.255"]),
        ("fd00::/8", ["fd12::1"], ["fc00::1", "fe80::1", "127.0.0.1"]),
        ("::1/128", ["::1"], ["::", "::2", "127.0.0.1"]),
        ("169.254.169.254/32", ["169.254.169.254"], ["169.254.169.253"]),
    ],
)
def test_an_allowed_network_opens_exactly_what_it_names(cidr, opened, closed):
    allowed = networks((cidr,))
    assert [address for address in opened if not is_open(ipaddress.ip_address(address), allowed)] == []
    assert [address for address in closed if is_open(ipaddress.ip_address(address), allowed)] == []
    assert is_open(ipaddress.ip_address("8.8.8.8"), allowed)


def test_an_allowed_address_may_be_saved(receiver):
    check_url(receiver.url, LOOPBACK)
    check_url("http://localhost:8000/", LOOPBACK)
    with pytest.raises(ValueError, match="TASKAPI_WEBHOOK_ALLOW"):
        check_url("http://10.0.0.1/", LOOPBACK)


@pytest.mark.parametrize("cidr", ["10.0.0.0/33", "10.0.0.1/8", "example.org", "", "10.0.0.0-10.0.0.9"])
def test_a_bad_network_is_named(cidr):
    with pytest.raises(ValueError, match="no network"):
        networks(("10.0.0.0/8", cidr))


@given(st.ip_addresses())
def test_whatever_is_open_is_public_to_pythons_own_registry_too(address):
    if is_open(address, ()):
        inner = address.ipv4_mapped or address if address.version == 6 else address
        assert inner.is_global
        assert not inner.is_multicast


@given(st.ip_addresses(v=4))
def test_however_an_ipv4_address_is_wrapped_it_opens_nothing(address):
    number = int(address)
    for base in (0xFFFF << 32, 0x64FF9B << 96, 0, 0x2606_4700 << 96 | 0x5EFE << 32):
        if is_open(ipaddress.IPv6Address(base | number), ()):
            assert is_open(address, ())


@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_address_is_read_as_that_address(address):
    number, parts = int(address), [int(part) for part in str(address).split(".")]
    spellings = [
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(map(hex, parts)),
        ".".join(f"0{p:o}" for p in parts),
    ]
    assert {literal(text) for text in [*spellings, f"{parts[0]}.{number & 0xFFFFFF}"]} == {address}


# -- What is sent ----------------------------------------------------------------------------------------------------


def test_body_headers_and_path_arrive_as_they_are(receiver):
    receiver.answer(Reply(202, {"x-a": "b"}, b"thanks"))
    answer = post(
        f"{receiver.url}/hooks/gr\u00fc\u00dfe?a=%20&b[]=\u00e4#part",
        "{“}".encode(),
        {"content-type": "application/json", "webhook-id": "1"},
        seconds=LATE,
        allowed=LOOPBACK,
    )
    assert (answer.status, answer.headers["X-A"], answer.text) == (202, "b", "thanks")
    (request,) = receiver.requests
    assert (request.method, request.path) == ("POST", "/hooks/gr%C3%BC%C3%9Fe?a=%20&b[]=%C3%A4")
    assert request.body.decode() == "{“}"
    assert request.headers["webhook-id"] == "1"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_the_name_stays_in_the_host_header(receiver, name_server):
    name_server.answers["hooks.example."] = ["127.0.0.1"]
    send(f"http://hooks.example.:{receiver.port}/")
    assert receiver.requests[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_the_next_address_is_tried_when_the_first_does_not_answer(receiver, name_server):
    name_server.answers["two.example"] = ["::1", "127.0.0.1"]
    both = networks(("127.0.0.1", "::1"))
    assert send(f"http://two.example:{receiver.port}/", allowed=both).status == 200


def test_nobody_there_is_no_answer():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(NoAnswer, match="Connection refused"):
            send(f"http://127.0.0.1:{free.getsockname()[1]}/")


def test_an_unknown_name_is_no_answer(name_server):
    with pytest.raises(NoAnswer, match=r"gone\.example can't be resolved: Name or service not known"):
        send("http://gone.example/")


# -- Bad receivers ---------------------------------------------------------------------------------------------------


def assert_ends_at_the_deadline(url, seconds=SOON):
    start = time.monotonic()
    with pytest.raises(NoAnswer, match=f"within {seconds} seconds"):
        send(url, seconds)
    assert seconds <= time.monotonic() - start < seconds + 1


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param([], id="silence"),
        pytest.param(drip(b""), id="a status line that never ends"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nx: "), id="a header that never ends"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"), id="headers without end"),
        pytest.param(drip(b"", CONTINUE), id="never more than: go on"),
        pytest.param(drip(b"", PROCESSING), id="never more than: I am at it"),
        pytest.param(drip(b"", HINTS), id="never more than hints"),
    ],
)
def test_a_receiver_that_never_gets_to_its_answer_is_left_at_the_deadline(receiver, raw):
    receiver.answer(Reply(raw=raw))
    assert_ends_at_the_deadline(receiver.url)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(drip(), id="with a length"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), id="in chunks"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"0"), id="a chunk's size"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n\r\n"), id="until it closes"),
    ],
)
def test_a_dripping_body_ends_at_the_deadline_and_its_status_counts(receiver, raw):
    receiver.answer(Reply(raw=raw))
    start = time.monotonic()
    answer = send(receiver.url, SOON)
    assert SOON <= time.monotonic() - start < SOON + 1
    assert answer.status == 200
    assert set(answer.text) <= {"x"}


def test_a_receiver_that_does_not_read_is_left_at_the_deadline():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        start = time.monotonic()
        with pytest.raises(NoAnswer, match="No answer within"):
            send(f"http://127.0.0.1:{deaf.getsockname()[1]}/", SOON, body=b"x" * 10_000_000)
        assert time.monotonic() - start < SOON + 1


def test_a_tls_handshake_that_never_comes_is_left_at_the_deadline(receiver):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        assert_ends_at_the_deadline(f"https://127.0.0.1:{deaf.getsockname()[1]}/")


def test_a_name_server_that_does_not_answer_is_left_at_the_deadline(monkeypatch):
    answers = threading.Event()
    monkeypatch.setattr(safe_http.socket, "getaddrinfo", lambda *_, **__: answers.wait(10) and [])
    assert_ends_at_the_deadline("http://slow.example/")
    answers.set()


def test_look_ups_that_hang_do_not_pile_up():
    places, answers = threading.BoundedSemaphore(2), threading.Event()
    before = threading.active_count()
    for _ in range(4):
        with pytest.raises(deadlines.TookTooLong):
            deadlines.within(0.02, lambda: answers.wait(10), places)
    assert threading.active_count() <= before + 2
    answers.set()
    assert deadlines.within(LATE, lambda: "there is room again", places) == "there is room again"


def test_work_that_hangs_for_one_owner_leaves_places_for_another():
    places, answers = threading.BoundedSemaphore(4), threading.Event()
    mine, yours = (deadlines.Both(threading.BoundedSemaphore(2), places) for _ in range(2))
    for _ in range(6):
        with pytest.raises(deadlines.TookTooLong):
            deadlines.within(0.02, lambda: answers.wait(10), mine)
    assert deadlines.within(LATE, lambda: "there is room", yours) == "there is room"
    answers.set()
    assert deadlines.within(LATE, lambda: "there is room again", mine) == "there is room again"


def test_an_owner_that_finds_no_place_among_those_of_all_keeps_none():
    full = threading.BoundedSemaphore(1)
    own = threading.BoundedSemaphore(1)
    full.acquire()
    with pytest.raises(deadlines.TookTooLong):
        deadlines.within(0.02, lambda: None, deadlines.Both(own, full))
    assert own.acquire(blocking=False)


def test_what_bounded_work_raises_is_raised():
    with pytest.raises(TimeoutError, match="its own"):
        deadlines.within(LATE, lambda: (_ for _ in ()).throw(TimeoutError("its own")), threading.BoundedSemaphore(1))


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param(Reply(is_reset=True), "Connection reset|without response", id="reset"),
        pytest.param(Reply(raw=[b"HTTP/1.1 200"], is_reset=True), "reset|HTTP answer", id="reset in the first line"),
        pytest.param(Reply(raw=[b"SSH-2.0-OpenSSH_9\r\n"]), "No valid HTTP answer", id="another protocol"),
        pytest.param(Reply(raw=[b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200]), "HTTP answer", id="200 headers"),
        pytest.param(Reply(raw=[b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70000]), "HTTP answer", id="a long header"),
        pytest.param(Reply(raw=repeat(HINTS * 1000)), "HTTP answer: its headers have more", id="endless hints"),
        pytest.param(Reply(raw=repeat(CONTINUE * 5000)), "HTTP answer: its headers have more", id="endless 100s"),
        pytest.param(Reply(raw=[HINTS], is_reset=True), "reset|closed|HTTP answer", id="hints and no answer"),
    ],
)
def test_what_is_no_answer_says_why(receiver, reply, error):
    receiver.answer(reply)
    with pytest.raises(NoAnswer, match=error):
        send(receiver.url)


@pytest.mark.parametrize(
    "interim",
    [
        pytest.param([CONTINUE], id="100"),
        pytest.param([PROCESSING], id="102"),
        pytest.param([HINTS], id="103"),
        pytest.param([b"HTTP/1.1 199 Whatever\r\ntransfer-encoding: chunked\r\n\r\n"], id="any other"),
        pytest.param([CONTINUE, PROCESSING, HINTS], id="several"),
        pytest.param([PROCESSING * 100], id="many"),
        pytest.param([HINTS + CONTINUE + HINTS[:20], HINTS[20:]], id="in pieces"),
    ],
)
@pytest.mark.parametrize(("status", "text"), [(200, "taken"), (204, ""), (410, "gone"), (503, "later")])
def test_interim_answers_are_passed_over_and_the_final_one_counts(receiver, interim, status, text):
    final = f"HTTP/1.1 {status} It\r\nretry-after: 7\r\ncontent-length: {len(text)}\r\n\r\n{text}"
    receiver.answer(Reply(raw=[*interim[:-1], interim[-1] + final.encode()]))
    answer = send(receiver.url)
    assert (answer.status, answer.text, answer.headers["retry-after"]) == (status, text, "7")
    assert "link" not in answer.headers


def test_a_change_of_protocol_that_was_not_asked_for_is_an_answer(receiver):
    receiver.answer(Reply(raw=[b"HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\n\r\nno HTTP any more"]))
    assert send(receiver.url).status == 101


def test_a_body_that_breaks_off_does_not_undo_the_status(receiver):
    receiver.answer(Reply(raw=[b"HTTP/1.1 204 No Content\r\ncontent-length: 10\r\n\r\n", b"ab"], is_reset=True))
    assert send(receiver.url).status == 204
    receiver.answer(Reply(raw=[b"HTTP/1.1 500 Oops\r\ncontent-length: 10\r\n\r\nab"], is_reset=True))
    answer = send(receiver.url)
    assert (answer.status, answer.text) == (500, "ab")


def test_of_a_huge_answer_only_the_beginning_is_read_and_less_is_kept(receiver):
    sent = []

    def pieces():
        yield b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n"
        while True:
            sent.append(1)
            yield b"x" * 16384

    receiver.answer(Reply(raw=pieces()))
    answer = send(receiver.url)
    assert answer.text == "x" * TEXT_MAX
    assert len(sent) <= READ_MAX // 16384 + 2


def test_a_compressed_answer_is_not_unpacked(receiver):
    receiver.answer(Reply(200, {"content-encoding": "gzip"}, b"\x1f\x8b no gzip at all"))
    assert send(receiver.url).text.endswith(" no gzip at all")
    assert receiver.requests[0].headers["accept-encoding"] == "identity"


def test_the_text_of_an_answer_can_be_stored_whatever_it_is(receiver):
    receiver.answer(Reply(200, {}, b"a\0b\xff\xfec"))
    assert send(receiver.url).text == "ab\ufffd\ufffdc"


def test_who_answers_without_reading_it_all_is_heard():
    def refuse():
        connection, _ = impatient.accept()
        with connection:
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 413 Too Large\r\ncontent-length: 4\r\n\r\nmuch")

    with socket.create_server(("127.0.0.1", 0)) as impatient:
        thread = threading.Thread(target=refuse)
        thread.start()
        answer = send(f"http://127.0.0.1:{impatient.getsockname()[1]}/", body=b"x" * 10_000_000)
        thread.join()
    assert (answer.status, answer.text) == (413, "much")


# -- TLS -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate for hooks.example, and the file that those read who are to trust it."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))
    return folder


@pytest.fixture
def secure_receiver(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "certificate.pem", authority / "key.pem")
    names = []
    context.sni_callback = lambda _, name, __: names.append(name)
    receiver = Receiver(context)
    receiver.names = names
    yield receiver
    receiver.close()


@pytest.fixture
def trusted(authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "certificate.pem"))
    safe_http.trust.cache_clear()
    yield
    safe_http.trust.cache_clear()


def test_a_certificate_is_checked_against_the_name_and_not_the_address(secure_receiver, name_server, trusted):
    name_server.answers["hooks.example"] = ["127.0.0.1"]
    assert send(f"https://hooks.example:{secure_receiver.port}/").status == 200
    assert secure_receiver.names == ["hooks.example"]
    assert secure_receiver.requests[0].headers["host"] == f"hooks.example:{secure_receiver.port}"


def test_a_certificate_for_another_name_is_refused(secure_receiver, name_server, trusted):
    name_server.answers["other.example"] = ["127.0.0.1"]
    with pytest.raises(NoAnswer, match=r"TLS: .*other\.example"):
        send(f"https://other.example:{secure_receiver.port}/")
    assert secure_receiver.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_receiver, name_server):
    name_server.answers["hooks.example"] = ["127.0.0.1"]
    with pytest.raises(NoAnswer, match="TLS: self-signed certificate"):
        send(f"https://hooks.example:{secure_receiver.port}/")
    assert secure_receiver.requests == []


def test_a_body_that_drips_through_tls_ends_at_the_deadline_too(secure_receiver, name_server, trusted):
    name_server.answers["hooks.example"] = ["127.0.0.1"]
    secure_receiver.answer(Reply(raw=drip(b"HTTP/1.1 200 OK\r\nx: ")))
    assert_ends_at_the_deadline(f"https://hooks.example:{secure_receiver.port}/")


def test_https_to_a_plain_server_says_so(receiver):
    with pytest.raises(NoAnswer, match="TLS: "):
        send(receiver.url.replace("http:", "https:"))


# -- Reading URLs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("http://example.org", "example.org", 80, "/"),
        ("https://example.org?a", "example.org", 443, "/?a"),
        ("https://example.org:8443/a;b/../c?d=e#f", "example.org", 8443, "/a;b/../c?d=e"),
        ("http://[2606:4700::1]:81/", "2606:4700::1", 81, "/"),
        ("https://example.org:/x", "example.org", 443, "/x"),
    ],
)
def test_a_url_is_taken_apart(url, host, port, path):
    target = read_url(url)
    assert (target.host, target.port, target.path) == (host, port, path)


@given(st.text(max_size=60))
def test_no_text_at_all_makes_reading_fail_in_another_way(text):
    for url in (text, "http://" + text, "https://example.org" + text):
        with suppress(ValueError):
            check_url(url, ())
