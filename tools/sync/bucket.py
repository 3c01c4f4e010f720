"""The only caller of S3 and CloudFront for releases: pool, slots, journal, records, invalidations."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tools.common.aws import AwsError, Bucket, Distribution, Object
from tools.common.console import Refused
from tools.sync import release
from tools.sync.layout import POOL, RECORDS, SLOTS, SpaFile
from tools.sync.release import Head, Live, Release, Slot

JOURNAL = f"{RECORDS}journal/"
# Newest first in a listing: entry n is named by what is left of this.
LAST_SEQ = 999_999_999
UPLOADS = 32
INVALIDATION_TIMEOUT_S = 600
POLL_S = 3
CREATE_ONLY = {"if-none-match": "*"}
SHA256_HEADER = "x-amz-meta-sha256"

Say = Callable[[str], None]
Lives = Mapping[str, Live]


def journal_key(seq: int) -> str:
    return f"{JOURNAL}{LAST_SEQ - seq:09d}.json"


class Depot(NamedTuple):
    bucket: Bucket
    distribution: Distribution

    # The journal

    def head(self) -> Head:
        """The last entry: two calls, however long the journal is."""
        listed = self.bucket.list(JOURNAL, most=1)
        return release.decode_head(self.bucket.get(listed[0].key)) if listed else Head()

    def append(self, head: Head, live: Lives, decide: Callable[[Head, Lives], Head]) -> Head:
        """Make the next entry; whoever was faster is read, and the decision taken again on what they left."""
        while True:
            entry = decide(head, live)
            if self._create(journal_key(entry.seq), release.encode_head(entry)):
                return entry
            found = release.decode_head(self.bucket.get(journal_key(entry.seq)))
            if found.nonce == entry.nonce:
                return entry  # our own: only its answer was lost
            head, live = self.look()

    def _create(self, key: str, body: bytes) -> bool:
        try:
            self.bucket.put(key, body, {"content-type": "application/json", **CREATE_ONLY})
        except AwsError as error:
            if error.status in (409, 412):
                return False
            raise
        return True

    # Records of releases

    def keep_record(self, record: Release) -> None:
        """Create-only; the same release staged again finds its record there."""
        self._create(f"{RECORDS}{record.release}.json", release.encode_release(record))

    def record(self, release_id: str) -> Release:
        try:
            return release.decode_release(self.bucket.get(f"{RECORDS}{release_id}.json"))
        except AwsError as error:
            if error.status == 404:
                raise Refused(f"there is no record of release {release_id}; see `releases`") from error
            raise

    def record_ages(self) -> dict[str, float]:
        """Seconds since the epoch at which each release was recorded."""
        return {
            one.key.removeprefix(RECORDS).removesuffix(".json"): one.modified_at
            for one in self.bucket.list(RECORDS, delimiter="/")
        }

    # What is there

    def slots(self) -> dict[str, dict[str, str]]:
        """ETags of both slots' pointers by one call: their prefixes are the last in the bucket."""
        found: dict[str, dict[str, str]] = {name: {} for name in SLOTS}
        for one in self.bucket.list(start_after="production/"):
            slot, _, name = one.key.partition("/")
            if slot in found and name:
                found[slot][name] = one.etag
        return found

    def look(self) -> tuple[Head, Lives]:
        """The last entry and what the slots really hold: three calls."""
        head = self.head()
        while True:
            etags = self.slots()
            live = {name: release.observe(head.slot(name), etags[name]) for name in SLOTS}
            if all(one.kind != "foreign" for one in live.values()):
                return head, live
            # Perhaps somebody released between the two looks.
            before, head = head, self.head()
            if head.seq == before.seq:
                return head, live

    def pool(self) -> dict[str, str]:
        return {one.key: one.etag for one in self._pooled()}

    def pool_ages(self) -> dict[str, float]:
        return {one.key: one.modified_at for one in self._pooled()}

    def _pooled(self) -> list[Object]:
        return self.bucket.list(POOL)

    def read(self, key: str) -> bytes:
        return self.bucket.get(key)

    # Writing

    def fill_pool(self, files: Sequence[SpaFile], say: Say) -> None:
        """Each asset once and never over another; the first failure stops the rest."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(UPLOADS, len(files) or 1)) as workers:
            jobs = [workers.submit(self._put_asset, file) for file in files]
            try:
                for number, job in enumerate(jobs, 1):
                    job.result()
                    if number % 100 == 0:
                        say(f"{number} of {len(files)} assets")
            except BaseException:
                workers.shutdown(cancel_futures=True)
                raise

    def _put_asset(self, file: SpaFile) -> None:
        try:
            self._put(file.name, release.facts_of(file), file.body, CREATE_ONLY)
        except AwsError as error:
            if error.status not in (409, 412):
                raise
            self.require_same(file)

    def require_same(self, file: SpaFile) -> None:
        stored = self.bucket.head(file.name)
        if stored["etag"] != file.etag and stored.get(SHA256_HEADER) != file.sha256:
            raise Refused(f"{file.name} is in the pool with other bytes under the same name: nothing was overwritten")

    def _put(self, key: str, facts: release.Facts, body: bytes, condition: Mapping[str, str]) -> None:
        headers = {
            "cache-control": facts.cache_control,
            "content-type": facts.content_type,
            SHA256_HEADER: facts.sha256,
            **condition,
        }
        self.bucket.put(key, body, headers, facts.sha256)

    def settle(self, slot: str, wanted: Slot, live: Mapping[str, str]) -> list[str]:
        """Carry out the last entry: each pointer by compare-and-swap on what the slot showed, the page last.

        Returns the names that changed. A pointer that already is what we want was written by us, or by
        somebody who finished this for us.
        """
        names = release.changed_names(live, wanted.etags)
        for name in names:
            if name not in wanted.pointers:
                self.bucket.delete(f"{slot}/{name}")
                continue
            pointer = wanted.pointers[name]
            condition = {"if-match": live[name]} if name in live else CREATE_ONLY
            try:
                self._put(f"{slot}/{name}", pointer.facts, pointer.body, condition)
            except AwsError as error:
                if error.status not in (404, 409, 412):
                    raise
                self._explain_lost_swap(slot, name, wanted)
        return names

    def _explain_lost_swap(self, slot: str, name: str, wanted: Slot) -> None:
        if self.slots()[slot].get(name) == wanted.etags[name]:
            return
        head = self.head()
        now = head.slot(slot)
        if now and now.seq != wanted.seq:
            raise Refused(f"{slot} moved meanwhile: it holds {now.told()}")
        raise Refused(
            f"{slot}/{name} was changed meanwhile without this tool; look with `status` and `diff`, "
            "and say `--force-from` with what it names to replace that"
        )

    def invalidate(self, paths: Iterable[str], say: Say) -> None:
        """Only these exact paths; waits until the edge has taken it."""
        items = sorted(paths)
        if not items:
            return
        number, status = self.distribution.invalidate(items, os.urandom(16).hex())
        deadline = time.monotonic() + INVALIDATION_TIMEOUT_S
        while status != "Completed":
            if time.monotonic() > deadline:
                raise Refused(
                    f"the invalidation {number} is not complete after {INVALIDATION_TIMEOUT_S} s: run it again"
                )
            say("waiting for the edge to forget the old page")
            time.sleep(POLL_S)
            status = self.distribution.invalidation_status(number)

    def delete_assets(self, names: Sequence[str]) -> None:
        for start in range(0, len(names), 1000):
            self.bucket.delete_many(list(names[start : start + 1000]))
