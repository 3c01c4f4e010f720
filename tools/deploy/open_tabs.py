"""The SPAs that may still be open in a browser, and what of them would break on an API."""

import json
import time
from typing import NamedTuple

from tools.common.console import first_few
from tools.sync import release
from tools.sync.bucket import Bucket
from tools.sync.layout import PREVIEW_S
from tools.sync.proof.running_api import JsonObject
from tools.sync.proof.skew import broken_calls, calls_file
from tools.sync.release import Release


class Break(NamedTuple):
    """One release that would not go on working."""

    release: str
    where: str
    calls: list[str]

    def describe(self) -> str:
        return f"{self.release} ({self.where}) breaks: {first_few(self.calls, 3)}"


def breaks(bucket: Bucket, document: JsonObject) -> list[Break]:
    """What this API would break of the releases that may be open.

    A tab is thought to stay open as long as an old release answers at its own address; `prune` keeps all of these.
    """
    head, since = bucket.head(), time.time() - PREVIEW_S
    opened = release.open_releases(head, bucket.history(head), bucket.record_ages(), since)
    found = []
    for one, where in opened.items():
        used = recorded_calls(bucket, bucket.record(one))
        if used and (calls := broken_calls(used, document)):
            found.append(Break(one, where, calls))
    return found


def recorded_calls(bucket: Bucket, record: Release) -> JsonObject | None:
    """None of a release that was built before they were recorded."""
    name = calls_file(record.files)
    return json.loads(bucket.read(name)) if name else None
