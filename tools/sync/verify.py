"""What a viewer gets: fetching a slot through the edge and comparing bytes, types and caching headers."""

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tools.common.website import Website
from tools.sync.layout import (
    CONTENT_TYPES,
    ENTRY_HEADER,
    IMMUTABLE,
    POOL,
    FileInfo,
    SpaFile,
    paths_of,
    root_of,
    suffix_of,
)
from tools.sync.references import references

FETCHES = 8


class Answer(NamedTuple):
    status: int
    content_type: str
    cache_control: str
    body: bytes

    def problems(self, path: str, wanted: FileInfo) -> list[str]:
        """How this differs from what was released."""
        if self.status != 200:
            return [f"{path} answers {self.status}"]
        found = []
        if hashlib.sha256(self.body).hexdigest() != wanted.sha256:
            found.append(f"{path} has other bytes ({len(self.body)} instead of {wanted.size})")
        return found + self.header_problems(path, wanted.content_type, wanted.cache_control)

    def header_problems(self, path: str, content_type: str, cache_control: str) -> list[str]:
        found = []
        if self.content_type != content_type:
            found.append(f"{path} has the type {self.content_type or 'none'} instead of {content_type}")
        if self.cache_control != cache_control:
            found.append(f"{path} has Cache-Control: {self.cache_control or 'none'} instead of {cache_control}")
        return found


class Viewer:
    def __init__(self, base_url: str) -> None:
        self.website = Website(base_url, FETCHES)

    def get(self, path: str) -> Answer:
        answer = self.website.ask(path)
        content_type, cache_control = (answer.headers.get(name, "") for name in ("Content-Type", "Cache-Control"))
        return Answer(answer.status, content_type, cache_control, answer.data)

    def entry(self, slot: str) -> int | None:
        """Which entry of the journal the slot's page was written by; None where it does not say."""
        found = self.website.ask(root_of(slot)).headers.get(ENTRY_HEADER, "")
        return int(found) if found.isdecimal() else None

    def verify(self, slot: str, files: Mapping[str, FileInfo], say: Callable[[str], None]) -> list[str]:
        """Every file of a release through the edge; returns what is wrong."""
        wanted = {path: info for name, info in files.items() for path in paths_of(slot, name)}
        found: list[str] = []
        with ThreadPoolExecutor(FETCHES) as workers:
            answers = workers.map(self.get, wanted)
            for number, (path, answer) in enumerate(zip(wanted, answers, strict=True), 1):
                found += answer.problems(path, wanted[path])
                if number % 100 == 0:
                    say(f"{number} of {len(wanted)} files verified")
        return found

    def verify_pointers(self, slot: str, pointers: Mapping[str, bytes]) -> list[str]:
        return self.verify(slot, {name: SpaFile(name, body).info for name, body in pointers.items()}, lambda _: None)

    def verify_closure(self, pointers: Mapping[str, bytes]) -> list[str]:
        """Every asset that these pages, and what they name in turn, need is served with its type."""
        found: list[str] = []
        seen: set[str] = set()
        wave = {named for name, body in pointers.items() for named in references(name, body)}
        with ThreadPoolExecutor(FETCHES) as workers:
            while names := sorted(name for name in wave - seen if name.startswith(POOL)):
                seen.update(names)
                wave = set()
                for name, answer in zip(names, workers.map(self.get, [f"/{name}" for name in names]), strict=True):
                    if problems := asset_problems(name, answer):
                        found += problems
                    else:
                        wave |= references(name, answer.body)
        return sorted(found)


def asset_problems(name: str, answer: Answer) -> list[str]:
    if answer.status != 200:
        return [f"/{name} answers {answer.status}"]
    content_type = CONTENT_TYPES.get(suffix_of(name), "one that is known")
    return answer.header_problems(f"/{name}", content_type, IMMUTABLE)
