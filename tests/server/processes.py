"""What the kernel knows of a served process: its descriptors, its memory."""

import re
from pathlib import Path
from typing import Any

from tests.server.test_serve import web_process


def descriptors(live: Any) -> int:
    """How many descriptors the web process has open."""
    return len(list((Path("/proc") / str(web_process(live)) / "fd").iterdir()))


def megabytes(live: Any) -> float:
    """How much memory the web process has."""
    status = (Path("/proc") / str(web_process(live)) / "status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024
