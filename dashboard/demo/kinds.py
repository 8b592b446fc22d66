"""What the made-up company runs: each kind of task, how often, for how long, and how it goes wrong."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.demo.rhythm import EVEN, OFFICE, SHOP, Rhythm

PROJECTS = {"shop": "Online shop", "billing": "Billing", "warehouse": "Data warehouse", "launch": "Autumn launch"}

COUNTRIES = ("de", "fr", "it", "nl", "pl", "se")
SUPPLIERS = ("Nordlicht", "Casa Verde", "Kaufmann & Söhne", "Atelier Blanc", "Hokkaido Trading")
MARKETS = ("search", "marketplace", "price-comparison")
TABLES = ("orders", "customers", "clicks", "stock", "refunds")

Maker = Callable[[random.Random], Mapping[str, Any]]


def nothing(_: random.Random) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """seconds: how long it typically takes; spread: 0.3 is steady, 1 varies widely. at: hour and minute, once a day.

    errors: what it says when it fails. parts: name of its subtasks, and between how many there are of them.
    """

    project: str
    name: str
    queue: str = "default"
    a_day: float = 0
    rhythm: Rhythm = EVEN
    at: tuple[int, int] | None = None
    seconds: float
    spread: float = 0.45
    items: tuple[int, int] = (100, 100)
    failing: float = 0.01
    cancelled: float = 0.0
    silent: float = 0.0
    errors: Sequence[str] = ("Unexpected answer",)
    parts: tuple[str, int, int] | None = None
    tags: Maker = field(default=nothing)
    data: Maker = field(default=nothing)


KINDS = (
    Kind(
        project="shop",
        name="product.import",
        queue="imports",
        a_day=48,
        rhythm=OFFICE,
        seconds=260,
        spread=0.6,
        items=(200, 4200),
        failing=0.045,
        silent=0.01,
        errors=("Column “gtin” is missing in line 1", "The supplier's server closed the connection after 30 s"),
        tags=lambda chance: {"supplier": chance.choice(SUPPLIERS), "format": chance.choice(("csv", "xml"))},
        data=lambda chance: {"file": f"articles-{chance.randrange(1000, 9999)}.csv", "skipped": chance.randrange(12)},
    ),
    Kind(
        project="shop",
        name="image.thumbnails",
        queue="images",
        a_day=420,
        rhythm=OFFICE,
        seconds=24,
        spread=0.7,
        items=(4, 60),
        failing=0.008,
        errors=("cannot identify image file",),
        tags=lambda chance: {"size": chance.choice(("small", "medium", "zoom"))},
        data=lambda chance: {"article": chance.randrange(10_000, 99_999), "format": "webp"},
    ),
    Kind(
        project="shop",
        name="order.confirmation",
        queue="mails",
        a_day=520,
        rhythm=SHOP,
        seconds=1.4,
        spread=0.5,
        items=(1, 1),
        failing=0.004,
        errors=("550 5.1.1 mailbox unavailable",),
        tags=lambda chance: {"country": chance.choice(COUNTRIES)},
        data=lambda chance: {
            "order": f"A-{chance.randrange(100_000, 999_999)}",
            "total": chance.randrange(900, 42_000) / 100,
        },
    ),
    Kind(
        project="shop",
        name="feed.export",
        queue="exports",
        a_day=36,
        seconds=190,
        spread=0.35,
        items=(8_000, 12_500),
        failing=0.03,
        cancelled=0.01,
        errors=("403 Forbidden: the token of the marketplace has expired", "Timed out while uploading part 7 of 9"),
        parts=("feed.export.market", 2, 3),
        tags=lambda chance: {"country": chance.choice(COUNTRIES), "market": chance.choice(MARKETS)},
        data=lambda chance: {"rejected": chance.randrange(40), "target": "sftp"},
    ),
    Kind(
        project="billing",
        name="invoice.create",
        queue="invoices",
        a_day=180,
        rhythm=SHOP,
        seconds=5.5,
        spread=0.5,
        items=(1, 6),
        failing=0.006,
        errors=("The VAT number could not be checked: the service is not available",),
        tags=lambda chance: {"country": chance.choice(COUNTRIES)},
        data=lambda chance: {"invoice": f"R{chance.randrange(2_000_000, 2_999_999)}", "currency": "EUR"},
    ),
    Kind(
        project="billing",
        name="payment.reconcile",
        queue="payments",
        a_day=24,
        seconds=75,
        items=(40, 900),
        failing=0.025,
        errors=("Three payments match no order",),
        tags=lambda chance: {"bank": chance.choice(("giro", "card", "wallet"))},
        data=lambda chance: {"matched": chance.randrange(300), "open": chance.randrange(9)},
    ),
    Kind(
        project="billing",
        name="reminder.run",
        queue="mails",
        at=(7, 30),
        seconds=340,
        items=(60, 240),
        failing=0.03,
        tags=lambda _: {"level": "first"},
    ),
    Kind(
        project="warehouse",
        name="table.load",
        queue="loads",
        a_day=120,
        seconds=95,
        spread=0.8,
        items=(1_000, 90_000),
        failing=0.02,
        silent=0.004,
        errors=("could not serialize access due to concurrent update", "disk quota exceeded"),
        tags=lambda chance: {"table": chance.choice(TABLES)},
        data=lambda chance: {"rows": chance.randrange(100_000), "partition": f"p{chance.randrange(64)}"},
    ),
    Kind(
        project="warehouse",
        name="report.build",
        queue="reports",
        a_day=42,
        rhythm=OFFICE,
        seconds=150,
        spread=0.7,
        failing=0.02,
        cancelled=0.06,
        errors=("Out of memory while sorting 41,200,113 rows",),
        tags=lambda chance: {"team": chance.choice(("marketing", "finance", "purchasing"))},
        data=lambda chance: {"pages": chance.randrange(2, 40), "format": chance.choice(("pdf", "xlsx"))},
    ),
    Kind(
        project="warehouse",
        name="backup.nightly",
        queue="backups",
        at=(2, 10),
        seconds=2300,
        spread=0.12,
        items=(180, 220),
        failing=0.04,
        errors=("rsync: connection unexpectedly closed (0 bytes received so far)",),
        parts=("backup.volume", 4, 4),
        tags=lambda _: {"target": "offsite"},
        data=lambda chance: {"gigabytes": chance.randrange(410, 460)},
    ),
)
