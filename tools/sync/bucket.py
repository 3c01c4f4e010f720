"""The only caller of S3 and CloudFront for releases: pool, slots, journal, records, invalidations."""

import base64
import re
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from tools.common.cloud import CONNECTIONS, Cloud
from tools.common.console import Refused
from tools.sync import records, release
from tools.sync.layout import ENTRY, POOL, PREVIEWS, RECORDS, SLOTS, WORKER, FileInfo, SpaFile, preview_of
from tools.sync.plan import changed_names
from tools.sync.release import Act, Head, Live, Release, Slot

JOURNAL = f"{RECORDS}journal/"
# Newest first in a listing: entry n is named by what is left of this.
LAST_SEQ = 999_999_999
RELEASE_ID = re.compile(r"[0-9a-f]{12}")
CREATE_ONLY = {"IfNoneMatch": "*"}
NOTHING: Mapping[str, str] = {}
# S3 answers 409 with these codes while another write of the same key is under way: nothing is decided yet.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
UNDECIDED = ("ConditionalRequestConflict", "OperationAborted")
CONFLICT_WAITS_S = (0.1, 0.2, 0.4, 0.8, 1.6)
MANY_FILES = 200
INVALIDATION_POLL_S = 3
INVALIDATION_TIMEOUT_S = 600

Say = Callable[[str], None]
Lives = Mapping[str, Live]


class Listed(NamedTuple):
    """One line of a listing."""

    key: str
    etag: str
    modified_at: float
    """Seconds since the epoch."""


class Bucket(NamedTuple):
    cloud: Cloud
    name: str
    distribution: str

    # The journal

    def head(self) -> Head:
        """The last entry: two calls, however long the journal is."""
        found = self._s3.list_objects_v2(Bucket=self.name, Prefix=JOURNAL, MaxKeys=1).get("Contents")
        return records.decode_head(self.read(found[0]["Key"])) if found else Head()

    def entry(self, seq: int) -> Head | None:
        """One call. None where there is none of this number."""
        try:
            return records.decode_head(self.read(journal_key(seq)))
        except self._s3.exceptions.NoSuchKey:
            return None

    def append(self, head: Head, live: Lives, decide: Callable[[Head, Lives], Head]) -> Head:
        """Make the next entry; if somebody else was faster, decide again on what they left."""
        while True:
            entry = decide(head, live)
            if self.create(journal_key(entry.seq), records.encode_head(entry)):
                return entry
            found = records.decode_head(self.read(journal_key(entry.seq)))
            if found.nonce == entry.nonce:
                return entry  # our own: only its answer was lost
            if all(found.slot(name) == head.slot(name) for name in SLOTS):
                head = found  # a note on what the slots hold, such as how a watch went
            else:
                head, live = self.look()

    def history(self, head: Head) -> Iterator[Act]:
        """Every act there ever was, newest first; asks for older entries only as far as it is read."""
        acts = head.history
        while acts:
            yield from acts
            before = acts[-1].seq - 1
            acts = records.decode_head(self.read(journal_key(before))).history if before else ()

    # Records of releases

    def keep_record(self, record: Release) -> None:
        """Create-only; the same release staged again finds its record there."""
        self.create(record_key(record.release), records.encode_release(record))

    def record(self, release_id: str) -> Release:
        if not RELEASE_ID.fullmatch(release_id):
            raise Refused(f"{release_id!r} is no release; see `releases`")
        try:
            return records.decode_release(self.read(record_key(release_id)))
        except self._s3.exceptions.NoSuchKey as error:
            raise Refused(f"there is no record of release {release_id}; see `releases`") from error

    def record_ages(self) -> dict[str, float]:
        """When each release was recorded, in seconds since the epoch."""
        return {
            one.key.removeprefix(RECORDS).removesuffix(".json"): one.modified_at
            for one in self._list(Prefix=RECORDS, Delimiter="/")
        }

    # Releases at their own addresses

    def keep_preview(self, record: Release) -> None:
        """Its page and what stands beside it, written anew: the time that it answers begins again.

        Without the worker: an address that ends should leave nothing on a device.
        """
        for name, body in previewed(record).items():
            file = SpaFile(name, body)
            key = file.key(preview_of(record.release))
            if not self._put_file(key, file, CREATE_ONLY) and not self._put_file(
                key, file, {"IfMatch": file.info.etag}
            ):
                raise Refused(f"{key} was changed without this tool: it is not what was released")

    def previews(self) -> dict[str, list[Listed]]:
        """The files of each, by the release's id."""
        found: dict[str, list[Listed]] = {}
        for one in self._list(Prefix=PREVIEWS):
            found.setdefault(one.key.split("/")[1], []).append(one)
        return found

    # What is there

    def slots(self) -> dict[str, dict[str, str]]:
        """ETags of both slots' pointers by one call: their prefixes are the last in the bucket."""
        found: dict[str, dict[str, str]] = {name: {} for name in SLOTS}
        for one in self._list(StartAfter="production/"):
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

    def pool(self) -> list[Listed]:
        return self._list(Prefix=POOL)

    def pool_etags(self) -> dict[str, str]:
        return {one.key: one.etag for one in self.pool()}

    def _list(self, **options: str) -> list[Listed]:
        found: list[Listed] = []
        while True:
            page = self._s3.list_objects_v2(Bucket=self.name, **options)
            found += [
                Listed(one["Key"], one["ETag"], one["LastModified"].timestamp()) for one in page.get("Contents", [])
            ]
            if not page.get("IsTruncated"):
                return found
            options["ContinuationToken"] = page["NextContinuationToken"]

    def read(self, key: str) -> bytes:
        return bytes(self._s3.get_object(Bucket=self.name, Key=key)["Body"].read())

    # Writing

    def fill_pool(self, files: Sequence[SpaFile], say: Say) -> None:
        """Each asset once and never over another; the first failure stops the rest."""
        if len(files) < MANY_FILES:
            self._put_assets(files, say)
            return
        # Requests keep a processor busy, and Python uses one, so a second process takes half of the files.
        # The platform's way to begin it, fork on Linux, is quick, but safe only where no other thread runs.
        method = None if threading.active_count() == 1 else "spawn"
        with ProcessPoolExecutor(1, get_context(method), _begin_process) as other:
            half = other.submit(_put_assets_quietly, self, files[1::2])
            self._put_assets(files[::2], say)
            half.result()

    def _put_assets(self, files: Sequence[SpaFile], say: Say) -> None:
        # Made before the threads, which then share it.
        _ = self._s3
        with ThreadPoolExecutor(CONNECTIONS) as workers:
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
        if not self._put_file(file.name, file, CREATE_ONLY):
            self.require_same(file)

    def holds(self, name: str, info: FileInfo) -> bool:
        """Whether the asset with this name, which is there, has these bytes."""
        stored = self._s3.head_object(Bucket=self.name, Key=name)
        return bool(stored["ETag"] == info.etag or stored["Metadata"].get("sha256") == info.sha256)

    def require_same(self, file: SpaFile) -> None:
        if not self.holds(file.name, file.info):
            raise Refused(f"{file.name} is in the pool with other bytes under the same name: nothing was overwritten")

    def settle(self, slot: str, wanted: Slot, live: Mapping[str, str]) -> list[str]:
        """Carry out the last entry: each pointer by compare-and-swap on what the slot showed, the page last.

        Returns the names that changed. A pointer that already is what we want was written by us, or by
        somebody who finished this for us.
        """
        names = changed_names(live, wanted.etags)
        for name in names:
            key = f"{slot}/{name}"
            if name not in wanted.pointers:
                self._s3.delete_object(Bucket=self.name, Key=key)
                continue
            condition = {"IfMatch": live[name]} if name in live else CREATE_ONLY
            if not self._put_file(key, SpaFile(name, wanted.pointers[name]), condition, {ENTRY: str(wanted.seq)}):
                self._explain_lost_swap(slot, name, wanted)
        return names

    def _explain_lost_swap(self, slot: str, name: str, wanted: Slot) -> None:
        if self.slots()[slot].get(name) == wanted.etags[name]:
            return
        now = self.head().slot(slot)
        if now and now.seq != wanted.seq:
            raise Refused(f"{slot} moved meanwhile: it holds {now.describe()}")
        raise Refused(
            f"{slot}/{name} was changed meanwhile without this tool; look with `status` and `diff`, "
            "and say `--force-from` with what it names to replace that"
        )

    def _put_file(
        self, key: str, file: SpaFile, condition: Mapping[str, str], about: Mapping[str, str] = NOTHING
    ) -> bool:
        """With `about` in S3's metadata. S3 refuses what does not arrive with this SHA-256."""
        info = file.info
        return self._put(
            key,
            file.body,
            **condition,
            ContentType=info.content_type,
            CacheControl=info.cache_control,
            Metadata={"sha256": info.sha256, **about},
            ChecksumSHA256=base64.b64encode(bytes.fromhex(info.sha256)).decode(),
        )

    def create(self, key: str, body: bytes) -> bool:
        """False if there is such an object: somebody else's, or our own, whose answer was lost."""
        return self._put(key, body, **CREATE_ONLY, ContentType="application/json")

    def _put(self, key: str, body: bytes, **options: Any) -> bool:
        """Whether the condition among the options held. False may also be our own first try, whose answer was lost."""
        for wait_s in (*CONFLICT_WAITS_S, None):
            try:
                self._s3.put_object(Bucket=self.name, Key=key, Body=body, **options)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                # NoSuchKey: what If-Match names was deleted.
                if code in ("PreconditionFailed", "NoSuchKey"):
                    return False
                if code not in UNDECIDED or wait_s is None:
                    raise
                time.sleep(wait_s)
            else:
                break
        return True

    def delete_files(self, names: Sequence[str]) -> None:
        """In this order, a thousand a call; stops at the first that S3 refuses."""
        for start in range(0, len(names), 1000):
            order = {"Quiet": True, "Objects": [{"Key": name} for name in names[start : start + 1000]]}
            for failed in self._s3.delete_objects(Bucket=self.name, Delete=order).get("Errors", []):
                raise Refused(f"{failed['Key']} could not be deleted ({failed['Code']}): stopped there")

    def invalidate(self, paths: Iterable[str], say: Say) -> None:
        """Only these exact paths; waits until the edge has taken it."""
        items = sorted(paths)
        if not items:
            return
        cloudfront = self.cloud.client("cloudfront")
        made = cloudfront.create_invalidation(
            DistributionId=self.distribution,
            InvalidationBatch={"Paths": {"Quantity": len(items), "Items": items}, "CallerReference": str(uuid.uuid4())},
        )["Invalidation"]
        if made["Status"] == "Completed":
            return
        say("waiting for the edge to forget the old page")
        cloudfront.get_waiter("invalidation_completed").wait(
            DistributionId=self.distribution,
            Id=made["Id"],
            WaiterConfig={"Delay": INVALIDATION_POLL_S, "MaxAttempts": INVALIDATION_TIMEOUT_S // INVALIDATION_POLL_S},
        )

    @property
    def _s3(self) -> Any:
        return self.cloud.client("s3")


def _begin_process() -> None:
    """Ctrl-C is for the first process alone; a connection must not be used by both."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Cloud.client.cache_clear()


def _put_assets_quietly(bucket: Bucket, files: Sequence[SpaFile]) -> None:
    bucket._put_assets(files, lambda _: None)


def previewed(record: Release) -> dict[str, bytes]:
    """What stands at a release's own address, beside the pool."""
    return {name: body for name, body in record.pointers.items() if name != WORKER}


def journal_key(seq: int) -> str:
    return f"{JOURNAL}{LAST_SEQ - seq:09d}.json"


def record_key(release_id: str) -> str:
    return f"{RECORDS}{release_id}.json"
