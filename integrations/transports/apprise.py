"""Messages by Apprise, which knows some hundred services. It is optional, and imported only when it is needed.

Its URLs hold tokens, so a channel keeps its URL sealed. They could also make the server call any host, and read its
files. So only services whose host is fixed are taken, each looked up in Apprise's source, and only options that change
neither where a message goes nor what becomes of it. An operator may add schemes (`TASKAPI_APPRISE_SCHEMES`) whose host
is the URL's own.
"""

import datetime
import importlib
import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from django.conf import settings

from integrations.deadlines import Both, TookTooLong, within
from integrations.messages import letter_of
from integrations.models import Channel
from integrations.sealing import Unreadable, unseal
from integrations.targets import NOT_PRINTABLE, URL_MAX
from integrations.transports.base import Outcome, Outgoing, check_is_object, only_key, refused

# Scheme, and the hosts that its plugin calls whatever the URL says: a test holds each to them.
FIXED_HOSTS = {
    "clicksend": ("rest.clicksend.com",),
    "dingtalk": ("oapi.dingtalk.com",),
    "discord": ("discord.com",),
    "feishu": ("open.feishu.cn",),
    "firehydrant": ("signals.firehydrant.com",),
    "flock": ("api.flock.com", "api.flock.co"),
    "gchat": ("chat.googleapis.com",),
    "ifttt": ("maker.ifttt.com",),
    "ilert": ("api.ilert.com",),
    "incidentio": ("api.incident.io",),
    "jira": ("api.atlassian.com",),
    "join": ("joinjoaomgcd.appspot.com",),
    "lark": ("open.larksuite.com",),
    "line": ("api.line.me",),
    "msgbird": ("rest.messagebird.com",),
    "opsgenie": ("api.opsgenie.com", "api.eu.opsgenie.com"),
    "pagerduty": ("events.pagerduty.com", "events.eu.pagerduty.com"),
    "pagertree": ("api.pagertree.com",),
    "pbul": ("api.pushbullet.com",),
    "plivo": ("api.plivo.com",),
    "pover": ("api.pushover.net",),
    "prowl": ("api.prowlapp.com",),
    "signl4": ("connect.signl4.com",),
    "slack": ("hooks.slack.com", "hooks.slack-gov.com", "slack.com"),
    "spike": ("api.spike.sh",),
    "splunk": ("alert.victorops.com",),
    "squadcast": ("api.squadcast.com", "api.eu.squadcast.com"),
    "telnyx": ("api.telnyx.com",),
    "tgram": ("api.telegram.org",),
    "threema": ("msgapi.threema.ch",),
    "twilio": ("api.twilio.com",),
    "victorops": ("alert.victorops.com",),
    "vonage": ("rest.nexmo.com",),
    "webex": ("webexapis.com", "api.ciscospark.com"),
    "wecombot": ("qyapi.weixin.qq.com",),
    "wxteams": ("webexapis.com", "api.ciscospark.com"),
    "zoom": ("inbots.zoom.us",),
}
# Left out are above all `template`, which reads a file or URL into the message; `optional` and `action`, by which
# nothing may be sent and yet be called a success; `verify` and `redirect`, which take safety away; `retry` and `wait`:
# when to try again is the outbox's to say.
OPTIONS = frozenset(
    {
        *("alias", "apikey", "batch", "class", "click", "component", "dedup", "entity", "footer", "format", "from"),
        *("group", "href", "image", "key", "lang", "mdv", "mode", "name", "overflow", "ping", "preview", "priority"),
        *("region", "route", "routing_key", "severity", "silent", "sound", "source", "tags", "thread", "timestamp"),
        *("to", "token", "topic", "tts", "type", "tz", "url_title"),
    }
)
NOT_INSTALLED = "Apprise is not installed on this server. Its administrator can add it: make install ARGS=apprise."
SENDING = threading.BoundedSemaphore(64)  # at once, those included that nobody waits for any more
OWN = 8  # of them, for one organization
ERROR_MAX = 2048


class AppriseTransport:
    """A channel's `config` is `{"url": "slack://…"}` on the way in; what is seen of it later is its scheme."""

    def check_channel(self, config: Mapping[str, Any]) -> dict[str, Any]:
        url = only_key(config, "url")
        try:
            service_of(url)
        except ImportError:
            raise refused("config.url", NOT_INSTALLED) from None
        except ValueError as error:
            raise refused("config.url", str(error)) from None
        return {"url": url}

    def sealed_of(self, config: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        url = config["url"]
        return {"url": f"{scheme_of(url)}://…"}, url

    def check_config(self, config: Any, channel: Channel | None) -> None:
        check_is_object(config)

    def host_of(self, channel: Channel | None) -> str:
        return scheme_of(channel.config.get("url", "")) if channel else ""

    def send(self, outgoing: Outgoing, *, now: datetime.datetime, deadline: float) -> Outcome:
        if outgoing.channel is None:
            return Outcome(is_delivered=False, error="The channel does not exist any more.", may_retry=False)
        letter = letter_of(outgoing.body)
        try:
            url = unseal(outgoing.channel.sealed)
            places = Both(places_of(outgoing.channel.organization_id), SENDING)
            problem = within(deadline, lambda: notify(url, letter.subject, letter.text), places)
        except ImportError:
            problem = NOT_INSTALLED
        except (Unreadable, ValueError) as error:
            problem = str(error)
        except TookTooLong:
            problem = f"No answer within {deadline:g} seconds."
        return Outcome(is_delivered=problem is None, error=problem or "")


@lru_cache(maxsize=10_000)
def places_of(organization_id: int) -> threading.BoundedSemaphore:
    """Those of an organization: a URL may name hundreds of targets, and go on long after the deadline."""
    return threading.BoundedSemaphore(OWN)


def scheme_of(url: str) -> str:
    return url.partition("://")[0].lower()


def service_of(url: Any) -> Any:
    """Apprise's own object for the URL. Raises `ValueError` for one that must not be used, `ImportError` without it."""
    apprise = importlib.import_module("apprise")  # heavy, and optional
    if not isinstance(url, str) or "://" not in url or len(url) > URL_MAX or NOT_PRINTABLE.search(url):
        raise ValueError("This is no Apprise URL: slack://…, tgram://…")
    scheme = scheme_of(url)
    if scheme not in FIXED_HOSTS and scheme not in settings.TASKAPI_APPRISE_SCHEMES:
        raise ValueError(
            f"“{scheme}” is not among the services that this server takes: {', '.join(sorted(FIXED_HOSTS))}. "
            "Its setting TASKAPI_APPRISE_SCHEMES adds others."
        )
    query = url.partition("?")[2].replace(";", "&")  # Apprise parts options at both
    for name, _ in parse_qsl(query, keep_blank_values=True):
        if name.lower() not in OPTIONS:
            raise ValueError(f"The option “{name}” can't be used here.")
    service = apprise.Apprise.instantiate(url, asset=asset())
    if service is None or scheme not in service.schemas():
        raise ValueError(f"This is no {scheme} URL as Apprise knows it: https://appriseit.com/services/")
    return service


@lru_cache
def asset() -> Any:
    """How Apprise is to behave: as ourselves, in the caller's thread, without redirects or files of its own."""
    apprise = importlib.import_module("apprise")
    return apprise.AppriseAsset(
        app_id="taskapi",
        app_desc="taskapi",
        app_url=settings.BASE_URL,
        async_mode=False,
        http_redirects=False,
        storage_mode="memory",
        pgp_autogen=False,
        pem_autogen=False,
    )


def notify(url: str, title: str, text: str) -> str | None:
    """None when the service has taken it, else what Apprise says of the failure, without the URL's secrets."""
    apprise = importlib.import_module("apprise")
    services = apprise.Apprise(asset=asset())
    services.add(service_of(url))
    # As a warning, whatever it says: some services of those on call show nothing less, and drop what resolves nothing.
    result = services.notify(
        body=text, title=title, notify_type=apprise.NotifyType.WARNING, body_format=apprise.NotifyFormat.TEXT
    )
    if result:
        return None
    said = " ".join(entry.message for entry in result.logs()) or "The service did not take it."
    return without_secrets(said, url)[:ERROR_MAX]


def without_secrets(text: str, url: str) -> str:
    """Every longer part of the URL is taken for a secret, as it stands there and decoded."""
    _, _, rest = url.partition("://")
    parts = {part for spelling in (rest, unquote(rest)) for part in re.split(r"[/?&@=:;\s]+", spelling)}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) > 7:
            text = text.replace(part, "***")
    return text.replace("\0", "")
