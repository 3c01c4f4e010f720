"""The SPAs that may still be open in a browser, and what of them would break on an API."""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tools.deploy.skew import broken_calls
from tools.sync.bucket import Bucket
from tools.sync.layout import SLOTS
from tools.sync.release import Head, Release

# As long as an old release answers at its own address, and a tab is thought to stay open.
OPEN_DAYS = 30
# What the build records: spa/vite-calls.ts.
CALLS = re.compile(r"assets/calls-[\w-]+\.json")


class Break(NamedTuple):
    """One release that would not go on working."""

    release: str
    where: str
    calls: list[str]

    def describe(self) -> str:
        more = f" and {len(self.calls) - 3} more" if len(self.calls) > 3 else ""
        return f"{self.release} ({self.where}) breaks: {'; '.join(self.calls[:3])}{more}"


def breaks(bucket: Bucket, document: dict[str, Any]) -> list[Break]:
    """What this API would break of the last 30 days' releases."""
    head, since = bucket.head(), time.time() - OPEN_DAYS * 24 * 3600
    found = []
    for release, where in open_releases(bucket, head, since).items():
        used = recorded_calls(bucket, bucket.record(release))
        if used and (calls := broken_calls(used, document)):
            found.append(Break(release, where, calls))
    return found


def open_releases(bucket: Bucket, head: Head, since: float) -> dict[str, str]:
    """What may be open in a tab, and where it was to be had: what a slot holds, or held since, or what is as new."""
    found = {held.release: name for name in reversed(SLOTS) if (held := head.slot(name))}
    ages = bucket.record_ages()
    for release in _held_since(bucket, head, since):
        found.setdefault(release, "earlier")
    for release, at in ages.items():
        if release and at >= since:
            found.setdefault(release, "earlier")
    return {release: where for release, where in found.items() if release in ages}


def _held_since(bucket: Bucket, head: Head, since: float) -> Iterator[str]:
    for act in bucket.history(head):
        yield from filter(None, (act.release, act.replaces))
        if datetime.strptime(act.at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp() < since:
            return


def recorded_calls(bucket: Bucket, release: Release) -> dict[str, Any] | None:
    """None of a release that was built before they were recorded."""
    name = next(filter(CALLS.fullmatch, release.files), None)
    return json.loads(bucket.read(name)) if name else None
