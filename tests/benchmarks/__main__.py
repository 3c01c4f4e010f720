"""Prints the tables; each figure beside the one it should be compared with.

`python -m tests.benchmarks cold warm` runs only these parts.
"""

import json
import signal
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import bank, board, capacity, cold, lighthouse, load, package, signing, spa_bytes, uploads, warm
from tests.benchmarks.tables import show
from tests.support.running import Product, running_product
from tools.local import demo

REQUESTS = 60


def main() -> None:
    parts = {
        "package": package.main,
        "cold": cold.main,
        "warm": warm.main,
        "capacity": capacity.main,
        "local": through_the_edge,
        "bytes": with_a_product(spa_bytes.main),
        "lighthouse": with_a_product(lighthouse.main),
        "board": with_a_product(board.main),
        "load": load.main,
        "signing": signing.main,
        "uploads": uploads.main,
        "bank": bank.main,
    }
    asked = sys.argv[1:] or list(parts)
    if unknown := set(asked) - set(parts):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    # Stopped, it stops what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    for name in asked:
        parts[name]()


def with_a_product(part: Callable[[Product], None]) -> Callable[[], None]:
    def run() -> None:
        with tempfile.TemporaryDirectory() as folder, running_product(Path(folder)) as product:
            part(product)
            print(flush=True)

    return run


def through_the_edge() -> None:
    show("a request to `make run` (median)", ["what", "ours", "compared with"], request_rows())


def request_rows() -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder, running_product(Path(folder)) as product:
        demo.add(product.base_url, product.password, datetime.now(UTC))
        client = demo.Client(product.base_url)
        client.log_in(product.password)
        page = request_ms(lambda: fetch(f"{product.base_url}/"))
        health = request_ms(lambda: client.call("GET", "/api/health"))
        listed = request_ms(lambda: client.call("GET", "/api/events?from=2020-01-01"))
        mail = request_ms(lambda: read_mail(product))
    floor = f"{mail:.0f} ms for the front door alone"
    return [
        ("GET / through the local edge", f"{page:.0f} ms", floor),
        ("GET /api/health, no database", f"{health:.0f} ms", floor),
        ("GET /api/events, session and one Query", f"{listed:.0f} ms", f"{health:.0f} ms for the way there and back"),
    ]


def request_ms(request: Callable[[], object]) -> float:
    def once() -> float:
        started_at = time.perf_counter()
        request()
        return (time.perf_counter() - started_at) * 1000

    once()
    return statistics.median(once() for _ in range(REQUESTS))


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as response:
        return bytes(response.read())


def read_mail(product: Product) -> object:
    return json.loads(fetch(f"{product.base_url}/_local/mail"))


if __name__ == "__main__":
    main()
