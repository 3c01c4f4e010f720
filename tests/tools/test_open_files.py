"""The local stack lives on the 1024 open files of a login shell, however many requests it answers."""

import contextlib
import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.running import Product, children_of
from tools.local.embedded import EmbeddedAws

READERS = 40
ROUNDS = 4
PATHS = ("/", "/api/health", "/_staging/", "/manifest.webmanifest", "/g/abc/waiver")


def open_files(pid: int) -> int:
    with contextlib.suppress(FileNotFoundError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0


def get(port: int, path: str) -> int:
    """On a connection of its own, which the client closes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def falls_to(limit: int, count: Callable[[], int]) -> bool:
    """Closing takes a moment."""
    deadline = time.monotonic() + 30
    while count() > limit and time.monotonic() < deadline:
        time.sleep(0.1)
    return count() <= limit


def test_the_embedded_aws_closes_what_its_clients_have_closed(embedded_aws: EmbeddedAws) -> None:
    def count() -> int:
        return open_files(embedded_aws.process.pid)

    get(embedded_aws.port, "/_ministack/health")
    before = count()
    for _ in range(300):
        assert get(embedded_aws.port, "/_ministack/health") == 200
    assert falls_to(before + 10, count), f"{before} files before, {count()} after"


def test_forty_readers_at_once_are_served_with_1024_files(product: Product) -> None:
    port = int(product.base_url.rpartition(":")[2])
    pid = json.loads((product.home / "local.json").read_text())["pid"]

    def read(_: int) -> list[int]:
        return [get(port, path) for path in PATHS]

    def most_files() -> int:
        """Of any one process: a Lambda worker more has files of its own."""
        return max(map(open_files, children_of(pid)))

    expected = [200, 200, 200, 200, 404]
    with ThreadPoolExecutor(READERS) as readers:
        assert list(readers.map(read, range(READERS))) == [expected] * READERS
        before = most_files()
        log_bytes = (product.home / "aws.log").stat().st_size
        for _ in range(ROUNDS):
            assert list(readers.map(read, range(READERS))) == [expected] * READERS
    assert falls_to(before + 50, most_files), f"{before} files before, {most_files()} after"
    assert (product.home / "aws.log").stat().st_size - log_bytes < 10_000
