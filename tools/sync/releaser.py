"""The acts on releases: stage, verify, promote, roll back, place, prune. Decide purely, show the plan, then act."""

import contextlib
import getpass
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tools.common.cloud import LOCAL_HOME, LOCAL_STAGE, ROOT
from tools.common.console import Refused, first_few
from tools.sync import records, release
from tools.sync.bucket import RELEASE_ID, Bucket, Lives, Say, previewed
from tools.sync.layout import SLOTS, WORKER, SpaFile, preview_of, root_of
from tools.sync.plan import plan, show_steps, show_swap, viewer_paths
from tools.sync.proof.boot import Opener
from tools.sync.references import missing_references, strangers
from tools.sync.release import Head, Live, Opened, Release, Slot, Who
from tools.sync.reproduction import git, made_of, names_commit
from tools.sync.verify import Viewer

FRESH_TIMEOUT_S = 60

Ask = Callable[[list[str]], None]


class Memory(NamedTuple):
    """What this copy remembers of one stage: the base of each slot, a rollback under way, records that it has read."""

    folder: Path

    def base(self) -> dict[str, str]:
        return {name: str(found) for name, found in self.read("base").items()}

    def remember(self, **base: str | None) -> None:
        self.write("base", self.base() | {name: found for name, found in base.items() if found})

    def read(self, name: str) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            return dict(json.loads((self.folder / f"{name}.json").read_text()))
        return {}

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{name}.json.{os.urandom(4).hex()}"
        draft.write_text(json.dumps(content, indent=1))
        draft.replace(self.folder / f"{name}.json")


def memory_of(stage: str, home: Path = LOCAL_HOME) -> Memory:
    """`home` is the folder of a local copy: what is remembered of that one ends with it."""
    return Memory(home / "releases" if stage == LOCAL_STAGE else ROOT / ".releases" / stage)


class Outcome(NamedTuple):
    release: str
    changed: bool
    message: str


class Rollback(NamedTuple):
    """What going back is decided on, and to what; None: production should hold that already."""

    head: Head
    live: Live
    target: Release | Slot | None


class Outdated(Exception):
    """Somebody has released since the entry that production's page names."""


class Releaser(NamedTuple):
    bucket: Bucket
    viewer: Viewer
    memory: Memory
    by: str
    commit: Callable[[], str]
    ask: Ask
    say: Say
    open_slot: Opener | None = None
    """A browser; None leaves it out, which then stands in the record."""

    def who(self) -> Who:
        return Who(self.by, now_text(), self.commit(), os.urandom(8).hex())

    # Stage

    def stage(self, files: Sequence[SpaFile], forced: Iterable[str] = (), *, verify: bool = True) -> Outcome:
        head, live = self.bucket.look()
        if live["staging"].token == release.identity_of(files):
            return self._finish_staging(head, live, verify=verify)

        who = self.who()
        record = release.release_of(files, who, self.memory.base(), made_of())
        refuse_any(missing_references({file.name: file.body for file in files}), "the build is not whole")
        known = {*self.memory.base().values(), *forced}
        release.stage(head, who, record, live, known)
        steps = plan(files, self.bucket.pool_etags(), "staging", live["staging"].etags)
        clashes = {step.key for step in steps if step.action == "clash"}
        for file in files:
            if file.name in clashes:
                self.bucket.require_same(file)
        self.ask(
            [
                f"stage {record.release} ({record.lines} lines) over {live['staging'].token or 'nothing'}",
                *show_steps(steps),
                *(f"  note     {WORKER} names other bytes of {name}: it will not start" for name in strangers(files)),
            ]
        )

        missing = {step.key for step in steps if step.action == "upload"}
        self.bucket.fill_pool([file for file in files if file.pooled and file.name in missing], self.say)
        self.bucket.keep_record(record)
        entry = self.bucket.append(head, live, lambda now, seen: release.stage(now, who, record, seen, known))
        self.memory.remember(staging=record.release, production=live["production"].token)
        wanted = occupied(entry, "staging")
        self._settle("staging", wanted, wanted.before, look=verify)
        if verify:
            self.verify("staging")
        return Outcome(record.release, True, f"staging holds {wanted.describe()}")

    def _finish_staging(self, head: Head, live: Lives, *, verify: bool) -> Outcome:
        """Local and staging are the same release; only what an interruption left undone is done."""
        wanted, who = occupied(head, "staging"), self.who()
        is_proven = head.starts if self.open_slot else head.proven
        unsettled, unproven = live["staging"].kind == "unsettled", verify and not is_proven
        known = release.commits_of(head.history, wanted.release)
        uncommitted = names_commit(who.commit) and not any(map(names_commit, known))
        self.memory.remember(staging=wanted.release, production=live["production"].token)
        if not unsettled and not unproven and not uncommitted:
            return Outcome(wanted.release, False, f"nothing to do: staging holds {wanted.describe()}")
        note = [f"  note     {who.commit} builds it; it was staged from what no commit holds"] if uncommitted else []
        self.ask([f"finish staging {wanted.describe()}", *note])
        if unsettled:
            self._settle("staging", wanted, live["staging"].etags, look=verify)
        if uncommitted:
            self.bucket.append(head, live, lambda now, _: release.note_commit(now, who, wanted.seq))
        if unproven:
            self.verify("staging")
        return Outcome(wanted.release, True, f"finished: staging holds {wanted.describe()}")

    def _settle(self, slot: str, wanted: Slot, etags: Mapping[str, str], *, look: bool = True) -> None:
        names = self.bucket.settle(slot, wanted, etags)
        self.say(f"{slot} written")
        self._refresh(slot, wanted, names, look=look)

    def _refresh(self, slot: str, wanted: Slot, names: Iterable[str], *, look: bool = True) -> None:
        """The edge forgets these files; with `look`, waits until viewers get what is wanted."""
        self.bucket.invalidate(viewer_paths(slot, names), self.say)
        deadline = time.monotonic() + FRESH_TIMEOUT_S
        while look and (problems := self.viewer.verify_pointers(slot, wanted.pointers)):
            if time.monotonic() > deadline:
                raise Refused(f"{slot} was written, but viewers do not get it: {problems[0]}")
            self.say(f"waiting for the edge: {problems[0]}")
            time.sleep(1)

    # Verify

    def verify(self, slot: str) -> Outcome:
        """The page and every asset through the edge, then the app in a browser; what is seen of staging is noted."""
        held = self.bucket.head().slot(slot)
        if held is None:
            raise Refused(f"{slot} is empty: nothing to verify")
        record = self._record(held.release)
        files = record.files
        refuse_any(self.viewer.verify(slot, files, self.say), f"{slot} is not what was released")
        if slot == "staging":
            self.bucket.keep_preview(record)
            preview = preview_of(record.release)
            problems = self.viewer.verify_pointers(preview, previewed(record))
            refuse_any(problems, f"{root_of(preview)} is not the release; `python -m tools.edge check` may say why")
        opened = self._open(slot, files)
        if slot == "staging":
            self._note_proof(held, opened)
        seen = opened.seen if opened else release.NOT_OPENED
        if opened and not opened.starts:
            raise Refused(f"{slot} holds {held.describe()}, which {seen}")
        return Outcome(held.release, False, f"{len(files)} files of {slot} verified: {held.describe()}; it {seen}")

    def _open(self, slot: str, files: Iterable[str]) -> Opened | None:
        if self.open_slot is None:
            return None
        self.say(f"opening {slot} in a browser")
        boot = self.open_slot(slot, list(files))
        return Opened(not boot.problems, boot.describe())

    def _note_proof(self, held: Slot, opened: Opened | None) -> None:
        head, live = self.bucket.look()
        proof = head.proof if head.proven else None
        is_noted = proof and proof.production == live["production"].token
        if proof and is_noted and (opened is None or (opened.starts and proof.starts) or opened.seen == proof.seen):
            return
        who = self.who()

        def decide(now: Head, seen: Lives) -> Head:
            return release.prove(now, who, held.seq, seen["production"].token, opened)

        self.bucket.append(head, live, decide)

    # Promote

    def promote(self, forced: Iterable[str] = (), although: str = "", only: str | None = None) -> Outcome:
        """`only`: refused when staging holds another release than this one."""
        forced = set(forced)
        who = self.who()
        head = self.bucket.head()
        staged = head.staging
        if staged and only and staged.release != only:
            raise Refused(f"staging moved meanwhile: it holds {staged.describe()}")
        if staged and head.production and head.production.release == staged.release:
            return self._finish_production()
        head, live = self._live_production(head)
        release.promote(head, who, live["production"], forced, staged, although)
        staged = occupied(head, "staging")
        refuse_any(self.viewer.verify_pointers("staging", staged.pointers), "staging is not what was verified")
        refuse_any(self.viewer.verify_closure(staged.pointers), "the staged release is not whole")
        self.ask(
            [
                f"promote {staged.describe()}",
                f"  over {release.describe_live(head.production, live['production'])}",
                *show_swap("production", live["production"].etags, staged),
            ]
        )
        entry = self.bucket.append(
            head, live, lambda now, seen: release.promote(now, who, seen["production"], forced, staged, although)
        )
        return self._fill_production(entry)

    def _live_production(self, head: Head) -> tuple[Head, Lives]:
        """As the journal says, if viewers get just that; else as the bucket says."""
        held = head.production
        if held is None and self.viewer.get("/").status in (403, 404):
            return head, {"production": Live("empty", None, {})}
        if held and not self.viewer.verify_pointers("production", held.pointers):
            return head, {"production": Live("recorded", held.release, held.etags)}
        return self.bucket.look()

    def _fill_production(self, entry: Head) -> Outcome:
        wanted = occupied(entry, "production")
        self._settle("production", wanted, wanted.before)
        self.memory.remember(production=wanted.release)
        return Outcome(wanted.release, True, f"production holds {wanted.describe()}")

    def _finish_production(self) -> Outcome:
        """Production should hold this already; only what an interruption left undone is done."""
        head, seen = self.bucket.look()
        wanted, live = occupied(head, "production"), seen["production"]
        if live.kind == "foreign":
            raise Refused(
                f"production holds {release.describe_live(wanted, live)}, over {wanted.describe()}; "
                f"`rollback {wanted.release} --force-from {live.token}` puts that back"
            )
        fresh = live.kind == "recorded" and not self.viewer.verify_pointers("production", wanted.pointers)
        if not fresh:
            self.ask([f"finish {wanted.describe()}"])
            if live.kind == "unsettled":
                self._settle("production", wanted, live.etags)
            else:
                self._refresh("production", wanted, wanted.pointers)
        elif wanted.act == "promoted" and wanted.by != self.by:
            raise Refused(f"production already holds {wanted.describe()}")
        self.memory.remember(production=wanted.release)
        done = "nothing to do" if fresh else "finished"
        return Outcome(wanted.release, not fresh, f"{done}: production holds {wanted.describe()}")

    # Roll back

    def roll_back(
        self,
        asked: str | None = None,
        forced: Iterable[str] = (),
        *,
        over: str | None = None,
        note: str = "",
        by_page: bool = True,
    ) -> Outcome:
        """To the release before, or the one that is asked for; with `over`, only if production holds that one.

        Without `by_page` the bucket is asked at once.
        """
        planned = self._plan_by_page(asked, over) if by_page else None
        is_fresh = planned is None
        if planned is None:
            head, seen = self.bucket.look()
            planned = self._plan_rollback(head, seen["production"], asked, set(forced), over)
        if planned.target is None:
            self.memory.write("rollback", {})
            return self._finish_production()
        head, live, target, who = planned.head, planned.live, planned.target, self.who()
        slot = occupied(release.roll_back(head, who, target, live, live.token, note), "production")
        self.ask(
            [
                f"roll production back to {target.release}, which {target.by} released at {target.at}",
                f"  over {release.describe_live(head.production, live)}",
                *show_swap("production", live.etags, slot),
            ]
        )

        def decide(now: Head, then: Lives) -> Head:
            if not is_fresh and now.production != head.production:
                raise Outdated
            return release.roll_back(now, who, target, then["production"], live.token, note)

        # A rerun must finish this one instead of going one release further back.
        self.memory.write("rollback", {"asked": asked, "target": target.release, "over": live.token})
        try:
            entry = self.bucket.append(head, {"production": live}, decide)
        except Outdated:
            self.memory.write("rollback", {})
            if not self._has_unwritten_promotion():
                over = live.token
            return self.roll_back(asked, forced, over=over, note=note, by_page=False)
        outcome = self._fill_production(entry)
        self.memory.write("rollback", {})
        return outcome

    def _has_unwritten_promotion(self) -> bool:
        """Whether a promotion broke off before it wrote production's page, which is behind the journal then."""
        head, seen = self.bucket.look()
        return occupied(head, "production").act == "promoted" and seen["production"].kind == "unsettled"

    def _plan_by_page(self, asked: str | None, over: str | None) -> Rollback | None:
        """By the journal's entry that production's page names, while viewers get just what that says: one call.

        Notes that came later are met where the next entry is made. None when the bucket has to be asked.
        """
        if self.memory.read("rollback"):
            return None
        # Whatever is wrong here may be right there.
        with contextlib.suppress(Refused):
            seq = self.viewer.entry("production")
            head = self.bucket.entry(seq) if seq else None
            held = head.production if head else None
            if head and held and not self.viewer.verify_pointers("production", held.pointers):
                live = Live("recorded", held.release, held.etags)
                planned = self._plan_rollback(head, live, asked, set(), over)
                return planned if planned.target else None
        return None

    def _plan_rollback(self, head: Head, live: Live, asked: str | None, forced: set[str], over: str | None) -> Rollback:
        if over is not None and live.token not in (over, self.memory.read("rollback").get("target")):
            raise Refused(f"production moved meanwhile: it holds {release.describe_live(head.production, live)}")
        target = self._rollback_target(head, live, asked)
        if live.kind == "foreign" and live.token not in forced:
            raise Refused(
                f"production holds {release.describe_live(head.production, live)}; look at it with "
                f"`diff production local`, and say `--force-from {live.token}` to replace it"
            )
        if target == live.token:
            return Rollback(head, live, None)
        if head.before and head.before.release == target:
            # Nothing deletes what it needs: `prune` keeps it.
            refuse_any(self.viewer.verify_closure(head.before.pointers), f"release {target} cannot come back")
            return Rollback(head, live, head.before)
        record = self._record(target)
        # Asked of the bucket: the edge may still answer with what was deleted there.
        refuse_any(self._lost_assets(record), f"release {target} cannot come back")
        refuse_any(self.viewer.verify_closure(record.pointers), f"release {target} cannot come back")
        return Rollback(head, live, record)

    def _lost_assets(self, record: Release) -> list[str]:
        """Which files of the release the pool no longer has as they were."""
        pool = self.bucket.pool_etags()
        assets = {name: info for name, info in record.files.items() if name not in record.pointers}
        gone = [f"/{name} is not in the pool any more" for name in assets if name not in pool]
        other = [name for name, info in assets.items() if pool.get(name, info.etag) != info.etag]
        return gone + [f"/{name} has other bytes" for name in other if not self.bucket.holds(name, assets[name])]

    def _rollback_target(self, head: Head, live: Live, asked: str | None) -> str:
        begun = self.memory.read("rollback")
        if begun and begun["asked"] == asked and live.token in (begun["target"], begun["over"]):
            return str(begun["target"])
        target = asked if asked is not None else release.previous_release(self.bucket.history(head))
        if target is None:
            raise Refused("production held nothing before its present release: name one of `releases`")
        return target

    def _record(self, release_id: str) -> Release:
        """Records never change."""
        name = f"record-{release_id}"
        if kept := self.memory.read(name) if RELEASE_ID.fullmatch(release_id) else {}:
            return records.decode_release(kept["record"].encode())
        record = self.bucket.record(release_id)
        self.memory.write(name, {"record": records.encode_release(record).decode()})
        return record

    # What `make run` does with its own build

    def place(self, files: Sequence[SpaFile]) -> None:
        """Both slots get a new build; slots that were moved by hand since the last build are left alone."""
        head, live = self.bucket.look()
        placed = next((act.release for act in self.bucket.history(head) if act.act == "placed"), None)
        if placed != release.identity_of(files):
            who = self.who()
            record = release.release_of(files, who, self.memory.base(), made_of())
            pool = self.bucket.pool_etags()
            self.bucket.fill_pool([file for file in files if file.pooled and file.name not in pool], self.say)
            self.bucket.keep_record(record)
            self.bucket.keep_preview(record)
            head = self.bucket.append(head, live, lambda now, seen: release.place(now, who, record, seen))
            self.memory.remember(staging=record.release, production=record.release)
        for name in SLOTS:
            wanted = head.slot(name)
            if wanted:
                self.bucket.settle(name, wanted, live[name].etags)


def now_text(later_s: float = 0) -> str:
    return release.time_text(time.time() + later_s)


def occupied(head: Head, name: str) -> Slot:
    held = head.slot(name)
    if held is None:
        raise Refused(f"{name} is empty")
    return held


def refuse_any(problems: Sequence[str], what: str) -> None:
    if problems:
        raise Refused(f"{what}: {first_few(problems)}")


def own_name() -> str:
    return git("config", "user.name") or getpass.getuser()
