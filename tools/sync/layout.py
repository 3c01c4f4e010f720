"""Where the SPA lives in its bucket, and how a built one gets there.

assets/…       the shared pool: content-hashed, immutable, never overwritten
production/…   the slot behind every page: index.html, sw.js, the web manifest, icons
staging/…      the slot behind /_staging/, the same bytes before they are promoted
preview/ID/…   a release at its own address, /_preview/ID/: its page, without the service worker
_releases/…    records of the release tool, not reachable through the edge
"""

import hashlib
import os
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote

# Where viewers find each slot.
SLOTS = {"production": "/", "staging": "/_staging/"}
PREVIEWS = "preview/"
# So long a release answers at its own address.
PREVIEW_S = 30 * 24 * 3600
PAGE = "index.html"
WORKER = "sw.js"
POOL = "assets/"
RECORDS = "_releases/"

# Each of a slot's files says, in S3's metadata, by which entry of the journal it was written; viewers get it, too.
ENTRY = "entry"
ENTRY_HEADER = f"x-amz-meta-{ENTRY}"

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

CONTENT_TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
TEXT_SUFFIXES = {".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".webmanifest", ".xml"}


class FileInfo(NamedTuple):
    """Of one file as it is stored and served. The ETag is the MD5 that S3 gives a plain PutObject."""

    sha256: str
    etag: str
    size: int
    content_type: str
    cache_control: str
    lines: int | None
    """Of a text as an editor counts them, None of an image."""


class SpaFile:
    def __init__(self, name: str, body: bytes) -> None:
        self.name = name
        self.body = body

    @property
    def pooled(self) -> bool:
        return self.name.startswith(POOL)

    @property
    def suffix(self) -> str:
        return suffix_of(self.name)

    @cached_property
    def info(self) -> FileInfo:
        """By name and bytes alone: the machine that releases must not matter."""
        lines = self.body.count(b"\n") + (not self.body.endswith(b"\n") and self.body != b"")
        return FileInfo(
            sha256=hashlib.sha256(self.body).hexdigest(),
            etag=f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"',
            size=len(self.body),
            content_type=CONTENT_TYPES[self.suffix],
            cache_control=IMMUTABLE if self.pooled else REVALIDATE,
            lines=lines if self.suffix in TEXT_SUFFIXES else None,
        )

    def key(self, slot: str) -> str:
        return self.name if self.pooled else f"{slot}/{self.name}"


def suffix_of(name: str) -> str:
    """In lower case, with its dot; empty when there is none."""
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 - thousands of names


def preview_of(release_id: str) -> str:
    """The name of a release's own slot."""
    return PREVIEWS + release_id


def root_of(slot: str) -> str:
    """Where viewers find a slot's page."""
    return f"/_{slot}/" if slot.startswith(PREVIEWS) else SLOTS[slot]


def path_of(slot: str, name: str) -> str:
    """Where viewers of a slot find a file: the pool's stand beside the slots. Encoded as it travels."""
    return f"/{quote(name)}" if name.startswith(POOL) else f"{root_of(slot)}{quote(name)}"


def paths_of(slot: str, name: str) -> list[str]:
    """All of them: the page also answers to the slot's root."""
    root = [root_of(slot)] if name == PAGE else []
    return [*root, path_of(slot, name)]
