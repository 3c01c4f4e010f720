"""The only caller of S3 and CloudFront for releases: pool, slots, journal, records, invalidations."""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from tools import release
from tools.console import Refused
from tools.release import Head, Live, Release, Slot
from tools.slots import POOL, RECORDS, SLOTS, SpaFile

JOURNAL = f"{RECORDS}journal/"
# Newest first in a listing: entry n is named by what is left of this.
LAST_SEQ = 999_999_999
UPLOADS = 32
INVALIDATION_TIMEOUT_S = 600
POLL_S = 3

Say = Callable[[str], None]
Lives = Mapping[str, Live]


def journal_key(seq: int) -> str:
    return f"{JOURNAL}{LAST_SEQ - seq:09d}.json"


@dataclass(frozen=True)
class Depot:
    client: Callable[[str], Any]
    bucket: str
    distribution: str

    @cached_property
    def s3(self) -> Any:
        return self.client("s3")

    @cached_property
    def cloudfront(self) -> Any:
        return self.client("cloudfront")

    # The journal

    def head(self) -> Head:
        """The last entry: two calls, however long the journal is."""
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=JOURNAL, MaxKeys=1).get("Contents", [])
        return release.decode_head(self._get(listed[0]["Key"])) if listed else Head()

    def append(self, head: Head, live: Lives, decide: Callable[[Head, Lives], Head]) -> Head:
        """Make the next entry; whoever was faster is read, and the decision taken again on what they left."""
        while True:
            entry = decide(head, live)
            if self._create(journal_key(entry.seq), release.encode_head(entry)):
                return entry
            found = release.decode_head(self._get(journal_key(entry.seq)))
            if found.nonce == entry.nonce:
                return entry  # our own: only its answer was lost
            head, live = self.look()

    def _create(self, key: str, body: bytes) -> bool:
        try:
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json", IfNoneMatch="*")
        except ClientError as error:
            if status_of(error) in (409, 412):
                return False
            raise
        return True

    def _get(self, key: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    # Records of releases

    def keep_record(self, record: Release) -> None:
        """Create-only; the same release staged again finds its record there."""
        self._create(f"{RECORDS}{record.release}.json", release.encode_release(record))

    def record(self, release_id: str) -> Release:
        try:
            return release.decode_release(self._get(f"{RECORDS}{release_id}.json"))
        except ClientError as error:
            if status_of(error) == 404:
                raise Refused(f"there is no record of release {release_id}; see `releases`") from error
            raise

    def record_ages(self) -> dict[str, float]:
        """Seconds since the epoch at which each release was recorded."""
        pages = self._list(Prefix=RECORDS, Delimiter="/")
        return {
            item["Key"].removeprefix(RECORDS).removesuffix(".json"): item["LastModified"].timestamp() for item in pages
        }

    # What is there

    def slots(self) -> dict[str, dict[str, str]]:
        """ETags of both slots' pointers by one call: their prefixes are the last in the bucket."""
        found: dict[str, dict[str, str]] = {name: {} for name in SLOTS}
        for item in self._list(StartAfter="production/"):
            slot, _, name = item["Key"].partition("/")
            if slot in found and name:
                found[slot][name] = item["ETag"]
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
        return {item["Key"]: item["ETag"] for item in self._list(Prefix=POOL)}

    def pool_ages(self) -> dict[str, float]:
        return {item["Key"]: item["LastModified"].timestamp() for item in self._list(Prefix=POOL)}

    def _list(self, **request: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = self.s3.list_objects_v2(Bucket=self.bucket, **request)
            found += page.get("Contents", [])
            if not page.get("IsTruncated"):
                return found
            request["ContinuationToken"] = page["NextContinuationToken"]

    def read(self, key: str) -> bytes:
        return self._get(key)

    # Writing

    def fill_pool(self, files: Sequence[SpaFile], say: Say) -> None:
        """Each asset once and never over another; the first failure stops the rest."""
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
            self._put(file.name, release.facts_of(file), file.body, IfNoneMatch="*")
        except ClientError as error:
            if status_of(error) not in (409, 412):
                raise
            self.require_same(file)

    def require_same(self, file: SpaFile) -> None:
        stored = self.s3.head_object(Bucket=self.bucket, Key=file.name)
        if stored["ETag"] != file.etag and stored.get("Metadata", {}).get("sha256") != file.sha256:
            raise Refused(f"{file.name} is in the pool with other bytes under the same name: nothing was overwritten")

    def _put(self, key: str, facts: release.Facts, body: bytes, **condition: str) -> None:
        self.s3.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=body,
            ContentType=facts.content_type,
            CacheControl=facts.cache_control,
            Metadata={"sha256": facts.sha256},
            **condition,
        )

    def settle(self, slot: str, wanted: Slot, live: Mapping[str, str]) -> list[str]:
        """Carry out the last entry: each pointer by compare-and-swap on what the slot showed, the page last.

        Returns the names that changed. A pointer that already is what we want was written by us, or by
        somebody who finished this for us.
        """
        names = release.changed_names(live, wanted.etags)
        for name in names:
            if name not in wanted.pointers:
                self.s3.delete_object(Bucket=self.bucket, Key=f"{slot}/{name}")
                continue
            pointer = wanted.pointers[name]
            condition = {"IfMatch": live[name]} if name in live else {"IfNoneMatch": "*"}
            try:
                self._put(f"{slot}/{name}", pointer.facts, pointer.body, **condition)
            except ClientError as error:
                if status_of(error) not in (404, 409, 412):
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
        batch = {"Paths": {"Quantity": len(items), "Items": items}, "CallerReference": secrets.token_hex(16)}
        made = self.cloudfront.create_invalidation(DistributionId=self.distribution, InvalidationBatch=batch)
        status, number = made["Invalidation"]["Status"], made["Invalidation"]["Id"]
        deadline = time.monotonic() + INVALIDATION_TIMEOUT_S
        while status != "Completed":
            if time.monotonic() > deadline:
                raise Refused(
                    f"the invalidation {number} is not complete after {INVALIDATION_TIMEOUT_S} s: run it again"
                )
            say("waiting for the edge to forget the old page")
            time.sleep(POLL_S)
            found = self.cloudfront.get_invalidation(DistributionId=self.distribution, Id=number)
            status = found["Invalidation"]["Status"]

    def delete_assets(self, names: Sequence[str]) -> None:
        for start in range(0, len(names), 1000):
            objects = [{"Key": name} for name in names[start : start + 1000]]
            answer = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True})
            if answer.get("Errors"):
                first = answer["Errors"][0]
                raise Refused(f"{first['Key']} could not be deleted ({first['Code']}): stopped there")


def status_of(error: ClientError) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
