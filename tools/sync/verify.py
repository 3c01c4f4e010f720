"""What a viewer gets: fetching a slot through the edge and comparing bytes, types and caching headers."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from tools.common.console import Refused
from tools.sync.layout import CONTENT_TYPES, IMMUTABLE, POOL
from tools.sync.release import PAGE, VIEWER_PREFIX, Facts, Pointer

FETCHES = 8
TIMEOUT_S = 30


class Answer(NamedTuple):
    status: int
    content_type: str
    cache_control: str
    body: bytes

    def problems(self, path: str, facts: Facts) -> list[str]:
        """How this differs from what was released."""
        if self.status != 200:
            return [f"{path} answers {self.status}"]
        found = []
        if hashlib.sha256(self.body).hexdigest() != facts.sha256:
            found.append(f"{path} has other bytes ({len(self.body)} instead of {facts.size})")
        if self.content_type != facts.content_type:
            found.append(f"{path} has the type {self.content_type or 'none'} instead of {facts.content_type}")
        if self.cache_control != facts.cache_control:
            found.append(f"{path} has Cache-Control: {self.cache_control or 'none'} instead of {facts.cache_control}")
        return found


class Viewer:
    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")

    @cached_property
    def http(self) -> Any:
        import urllib3

        return urllib3.PoolManager(maxsize=FETCHES, timeout=urllib3.Timeout(TIMEOUT_S), retries=3)

    def get(self, path: str) -> Answer:
        from urllib3.exceptions import HTTPError

        try:
            answer = self.http.request(
                "GET", self.base_url + path, headers={"Accept-Encoding": "identity"}, redirect=False
            )
        except HTTPError as error:
            raise Refused(f"{self.base_url}{path} does not answer: {error}") from error
        headers = answer.headers
        return Answer(
            answer.status, headers.get("Content-Type", ""), headers.get("Cache-Control", ""), bytes(answer.data)
        )

    def verify(self, slot: str, files: Mapping[str, Facts], say: Callable[[str], None]) -> list[str]:
        """Every file of a release through the edge; returns what is wrong."""
        from concurrent.futures import ThreadPoolExecutor

        wanted = {path: facts for name, facts in files.items() for path in paths_of(slot, name)}

        def check(path: str) -> list[str]:
            return self.get(path).problems(path, wanted[path])

        found: list[str] = []
        with ThreadPoolExecutor(FETCHES) as workers:
            for number, problems in enumerate(workers.map(check, wanted), 1):
                found += problems
                if number % 100 == 0:
                    say(f"{number} of {len(wanted)} files verified")
        return found

    def verify_pointers(self, slot: str, pointers: Mapping[str, Pointer]) -> list[str]:
        return self.verify(slot, {name: pointer.facts for name, pointer in pointers.items()}, lambda _: None)

    def verify_closure(self, pointers: Mapping[str, Pointer]) -> list[str]:
        """Every asset that these pages, and what they name in turn, need is served with its type."""
        import threading
        from concurrent.futures import ThreadPoolExecutor

        from tools.sync.references import references

        found: list[str] = []
        seen: set[str] = set()
        lock = threading.Lock()

        def check(name: str) -> Iterable[str]:
            answer = self.get(f"/{name}")
            problems = asset_problems(name, answer)
            with lock:
                found.extend(problems)
            return [] if problems else references(name, answer.body)

        wave = {named for name, pointer in pointers.items() for named in references(name, pointer.body)}
        with ThreadPoolExecutor(FETCHES) as workers:
            while wave := {name for name in wave if name.startswith(POOL)} - seen:
                seen |= wave
                wave = {named for names in workers.map(check, sorted(wave)) for named in names}
        return sorted(found)


def asset_problems(name: str, answer: Answer) -> list[str]:
    expected = CONTENT_TYPES.get(f".{name.rpartition('.')[2].lower()}")
    if answer.status != 200:
        return [f"/{name} answers {answer.status}"]
    if answer.content_type != expected:
        return [f"/{name} has the type {answer.content_type or 'none'} instead of {expected}"]
    if answer.cache_control != IMMUTABLE:
        return [f"/{name} has Cache-Control: {answer.cache_control or 'none'}"]
    return []


def paths_of(slot: str, name: str) -> list[str]:
    """As viewers ask for it; the page also answers to the slot's root."""
    if name.startswith(POOL):
        return [f"/{name}"]
    prefix = VIEWER_PREFIX[slot]
    return [prefix, f"{prefix}{name}"] if name == PAGE else [f"{prefix}{name}"]
