"""Where the SPA lives in its bucket, and how a built one gets there.

assets/…       the shared pool: content-hashed, immutable, never overwritten
production/…   the slot behind every page: index.html, sw.js, the web manifest, icons
staging/…      the slot behind /_staging/, the same bytes before they are promoted
_releases/…    records of the release tool, not reachable through the edge
"""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tools.console import Refused

SLOTS = ("production", "staging")
POOL = "assets/"
RECORDS = "_releases/"

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True)
class SpaFile:
    name: str
    body: bytes

    @property
    def pooled(self) -> bool:
        return self.name.startswith(POOL)

    @property
    def content_type(self) -> str:
        suffix = Path(self.name).suffix.lower()
        return CONTENT_TYPES.get(suffix) or mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def cache_control(self) -> str:
        return IMMUTABLE if self.pooled else REVALIDATE

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    def key(self, slot: str) -> str:
        return self.name if self.pooled else f"{slot}/{self.name}"


def read_build(folder: Path) -> list[SpaFile]:
    """The files of a built SPA in the order to upload: pool, the slot's other files, index.html last."""
    if not (folder / "index.html").is_file():
        raise Refused(f"{folder} holds no built SPA: run `make build`")
    files = [
        SpaFile(path.relative_to(folder).as_posix(), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    ]
    return sorted(files, key=lambda file: (not file.pooled, file.name == "index.html", file.name))


def upload(s3: Any, bucket: str, files: list[SpaFile], slot: str) -> list[str]:
    """Put a build into a slot, in order; returns the keys written. A page never names an asset not yet there."""
    written = []
    for file in files:
        request = {
            "Bucket": bucket,
            "Key": file.key(slot),
            "Body": file.body,
            "ContentType": file.content_type,
            "CacheControl": file.cache_control,
            "Metadata": {"sha256": file.sha256},
        }
        if file.pooled:
            request["IfNoneMatch"] = "*"
        try:
            s3.put_object(**request)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 412:
                raise
            _require_same(s3, bucket, file, slot)
        else:
            written.append(file.key(slot))
    return written


def _require_same(s3: Any, bucket: str, file: SpaFile, slot: str) -> None:
    stored = s3.head_object(Bucket=bucket, Key=file.key(slot))
    if stored.get("Metadata", {}).get("sha256") != file.sha256:
        raise Refused(f"{file.name} is in the pool with other bytes under the same name: nothing was overwritten")
