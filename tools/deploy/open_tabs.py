"""The SPAs that may still be open in a browser, and what of them would break on an API."""

import json
import time
from typing import Any, NamedTuple

from tools.common.console import first_few
from tools.sync import release
from tools.sync.bucket import Bucket
from tools.sync.layout import PREVIEW_S, SLOTS
from tools.sync.proof.skew import broken_calls, calls_file
from tools.sync.release import Release
from tools.sync.releaser import now_text


class Break(NamedTuple):
    """One release that would not go on working."""

    release: str
    where: str
    calls: list[str]

    def describe(self) -> str:
        return f"{self.release} ({self.where}) breaks: {first_few(self.calls, 3)}"


def breaks(bucket: Bucket, document: dict[str, Any]) -> list[Break]:
    """What this API would break of the last 30 days' releases."""
    found = []
    for opened, where in open_releases(bucket).items():
        used = recorded_calls(bucket, bucket.record(opened))
        if used and (calls := broken_calls(used, document)):
            found.append(Break(opened, where, calls))
    return found


def open_releases(bucket: Bucket) -> dict[str, str]:
    """What may be open in a tab, and where it was to be had: what a slot holds, or held since, or what is as new.

    A tab is thought to stay open as long as an old release answers at its own address; `prune` keeps all of these.
    """
    head, since = bucket.head(), time.time() - PREVIEW_S
    found = {held.release: name for name in reversed(SLOTS) if (held := head.slot(name))}
    ages = bucket.record_ages()
    for earlier in release.held_since(bucket.history(head), now_text(-PREVIEW_S)):
        found.setdefault(earlier, "earlier")
    for earlier, at in ages.items():
        if earlier and at >= since:
            found.setdefault(earlier, "earlier")
    return {one: where for one, where in found.items() if one in ages}


def recorded_calls(bucket: Bucket, record: Release) -> dict[str, Any] | None:
    """None of a release that was built before they were recorded."""
    name = calls_file(record.files)
    return json.loads(bucket.read(name)) if name else None
