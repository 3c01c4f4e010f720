"""Prints the table; each figure beside the one it should be compared with."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import board, lighthouse, spa_bytes, uploads
from tests.support.running import ROOT, Product, running_product
from tools import demo, local

IMPORTS = 7
REQUESTS = 60


def main() -> None:
    rows = [package_row(), import_row(), *request_rows()]
    width = max(len(row[0]) for row in rows)
    print(f"{'what':{width}}  {'ours':>12}  compared with")
    for name, ours, peer in rows:
        print(f"{name:{width}}  {ours:>12}  {peer}")
    print()
    with tempfile.TemporaryDirectory() as folder, running_product(Path(folder)) as product:
        for part in (spa_bytes, lighthouse, board):
            part.main(product)
            print()
    uploads.main()


def package_row() -> tuple[str, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "package"
        local.package_function(package)
        size = (package / "deployment.zip").stat().st_size
    return "function package", f"{size / 1e6:.2f} MB", "limit 3 MB; 21 MB with boto3 and chalice inside"


def import_row() -> tuple[str, str, str]:
    ours, bare = (cold_import_ms(module) for module in ("app", "chalice.app"))
    return "cold import of app.py (median)", f"{ours:.0f} ms", f"{bare:.0f} ms for Chalice alone"


def cold_import_ms(module: str) -> float:
    def run(code: str) -> float:
        started_at = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
        return (time.perf_counter() - started_at) * 1000

    return statistics.median(run(f"import {module}") - run("pass") for _ in range(IMPORTS))


def request_rows() -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder, running_product(Path(folder)) as product:
        demo.add(product.base_url, product.password)
        client = demo.Client(product.base_url)
        client.log_in(product.password)
        page = request_ms(lambda: fetch(f"{product.base_url}/"))
        health = request_ms(lambda: client.call("GET", "/api/health"))
        board = request_ms(lambda: client.call("GET", "/api/events?from=2020-01-01"))
        mail = request_ms(lambda: read_mail(product))
    floor = f"{mail:.0f} ms for the front door alone"
    return [
        ("GET / through the local edge (median)", f"{page:.0f} ms", floor),
        ("GET /api/health, no database", f"{health:.0f} ms", floor),
        ("GET /api/events, session and one Query", f"{board:.0f} ms", f"{health:.0f} ms for the way there and back"),
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
