"""Deleting what no viewer can need any more."""

import time
from collections.abc import Container, Iterable
from concurrent.futures import ThreadPoolExecutor

from tools.common.console import Refused
from tools.sync import release
from tools.sync.layout import SLOTS
from tools.sync.plan import shorten
from tools.sync.releaser import Releaser

READERS = 16


def prune(releaser: Releaser, grace_s: float, keep: int) -> list[str]:
    """Delete what is older than the grace period: previews, and assets that no retained release names.

    What may be open in a tab is retained, and so are the last `keep` that production held, the one before the present
    one, and what has a preview. All is read before anything is deleted.
    """
    bucket = releaser.bucket
    since = time.time() - grace_s
    head, live = bucket.look()
    ages = bucket.record_ages()
    opened = release.open_releases(head, bucket.history(head), ages, since)
    promoted = last_promoted(release.held_by_production(bucket.history(head)), ages, keep)
    previews = bucket.previews()
    shown = {found for found, files in previews.items() if any(one.modified_at >= since for one in files)}
    way_back = {head.before.release} if head.before else set()
    retained = promoted | way_back | set(opened) | shown
    in_slots = {found for found, where in opened.items() if where in SLOTS}
    ended = [one.key for found in sorted(set(previews) - in_slots - shown) for one in previews[found]]
    with ThreadPoolExecutor(READERS) as workers:
        retained_records = list(workers.map(bucket.record, sorted(retained)))
    for name in SLOTS:
        if live[name].kind not in ("recorded", "empty"):
            raise Refused(f"{name} holds {live[name].token}, {live[name].kind}: settle that first, nothing was pruned")
    named = {file for record in retained_records for file in record.files}
    old = {one.key for one in bucket.pool() if one.modified_at < since}
    # First the pages, then what they need.
    unnamed = sorted(old - named)
    doomed = [*ended, *unnamed]
    if not doomed:
        return []
    what = f"{len(unnamed)} assets that none of {len(retained_records)} retained releases names"
    releaser.ask([f"delete {len(ended)} files of previews that have ended, and {what}", *shorten(doomed)])
    if bucket.head().seq != head.seq:
        raise Refused("somebody released meanwhile: nothing was pruned, run it again")
    bucket.delete_files(doomed)
    return doomed


def last_promoted(promoted: Iterable[str], recorded: Container[str], keep: int) -> set[str]:
    """The last `keep` releases that production held and that have a record; reads no further than it must."""
    found: set[str] = set()
    for one in promoted:
        if len(found) >= keep:
            break
        if one in recorded:
            found.add(one)
    return found
