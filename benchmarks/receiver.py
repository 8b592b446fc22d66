"""A webhook receiver for measurements: a process of its own that answers at once and notes what came, a line each."""

import asyncio
import json
import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from benchmarks.places import free_port

ANSWERS = {
    status: f"HTTP/1.1 {status} {reason}\r\nContent-Length: 2\r\n\r\nok".encode()
    for status, reason in ((200, "OK"), (503, "Unavailable"))
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One request: the delivery's id, what was sent, and when (seconds of the epoch)."""

    id: str
    body: Any
    at: float


def receipt_of(at: str, delivery: str, body: str) -> Receipt:
    return Receipt(delivery, json.loads(body), float(at))


class Receiver:
    """Where to send (`url`), and what has come (`receipts`)."""

    def __init__(self, port: int, notes: Path) -> None:
        self.url = f"http://127.0.0.1:{port}/hook"
        self.notes = notes

    def receipts(self) -> Sequence[Receipt]:
        lines = self.notes.read_text().splitlines()
        return [receipt_of(*line.split("\t", 2)) for line in lines]

    def count(self) -> int:
        return self.notes.read_bytes().count(b"\n")


@contextmanager
def running(folder: Path, failures: float = 0.0) -> Iterator[Receiver]:
    """A receiver that listens. failures: the share of deliveries whose first attempt is answered with 503."""
    port, notes = free_port(), folder / "receipts.txt"
    ready = multiprocessing.Event()
    process = multiprocessing.Process(target=serve, args=(port, notes, failures, ready), daemon=True)
    process.start()
    if not ready.wait(10):
        raise RuntimeError("The receiver did not start.")
    try:
        yield Receiver(port, notes)
    finally:
        process.terminate()
        process.join()


def serve(port: int, notes: Path, failures: float, ready: Event) -> None:
    asyncio.run(listen(port, notes, failures, ready))


async def listen(port: int, notes: Path, failures: float, ready: Event) -> None:
    refused: set[str] = set()
    with notes.open("w", buffering=1) as out:

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                    body = await reader.readexactly(int(fields["content-length"]))
                    delivery = fields["webhook-id"]
                    if delivery not in refused and random.random() < failures:
                        refused.add(delivery)
                        writer.write(ANSWERS[503])
                        continue
                    out.write(f"{time.time()}\t{delivery}\t{json.dumps(json.loads(body))}\n")
                    writer.write(ANSWERS[200])
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", port, limit=2**22)
        ready.set()
        await server.serve_forever()
