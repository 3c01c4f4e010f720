"""The acts on releases: stage, verify, promote, roll back, pull, prune. Decide purely, show the plan, then act."""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tools.common.cloud import ROOT
from tools.common.console import Refused
from tools.sync import release
from tools.sync.bucket import Depot, Lives
from tools.sync.layout import POOL, SLOTS, SpaFile, read_build
from tools.sync.release import Facts, Head, Live, Release, Slot, Step, Who
from tools.sync.verify import Viewer

FRESH_TIMEOUT_S = 60
READERS = 16
SHOWN_PROBLEMS = 5

Ask = Callable[[list[str]], None]
Say = Callable[[str], None]


class Memory(NamedTuple):
    """What this copy remembers of one stage: the base of each slot, and an act that is under way."""

    folder: Path

    def base(self) -> dict[str, str]:
        return {name: str(found) for name, found in self.read("base").items()}

    def remember(self, **base: str | None) -> None:
        self.write("base", self.base() | {name: found for name, found in base.items() if found})

    def read(self, name: str) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            return dict(json.loads((self.folder / f"{name}.json").read_text()))
        return {}

    def write(self, name: str, facts: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{name}.json.{os.urandom(4).hex()}"
        draft.write_text(json.dumps(facts, indent=1))
        draft.replace(self.folder / f"{name}.json")


class Outcome(NamedTuple):
    release: str
    changed: bool
    message: str


class Releaser(NamedTuple):
    depot: Depot
    viewer: Viewer
    memory: Memory
    by: str
    commit: Callable[[], str]
    ask: Ask
    say: Say

    def who(self) -> Who:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return Who(self.by, at, self.commit(), os.urandom(8).hex())

    # Stage

    def stage(self, files: Sequence[SpaFile], forced: Iterable[str] = (), *, verify: bool = True) -> Outcome:
        head, live = self.depot.look()
        if live["staging"].token == release.identity_of(files):
            return self._finish_staging(head, live, verify=verify)

        who = self.who()
        record = release.release_of(files, who, self.memory.base())
        require_whole(files)
        known = {*self.memory.base().values(), *forced}
        release.stage(head, who, record, live, known)
        pool = self.depot.pool()
        steps = release.plan(files, pool, "staging", live["staging"].etags)
        self._refuse_clashes(files, steps)
        self.ask(
            [f"stage {record.release} ({record.lines} lines) over {live['staging'].token or 'nothing'}", *shown(steps)]
        )

        self._fill_pool(files, steps)
        self.depot.keep_record(record)
        entry = self.depot.append(head, live, lambda now, seen: release.stage(now, who, record, seen, known))
        self.memory.remember(staging=record.release, production=live["production"].token)
        wanted = occupied(entry, "staging")
        self._settle("staging", wanted, wanted.before, look=verify)
        if verify:
            self.verify("staging")
        return Outcome(record.release, True, f"staging holds {wanted.told()}")

    def _finish_staging(self, head: Head, live: Mapping[str, Live], *, verify: bool) -> Outcome:
        """Local and staging are the same release; only what an interruption left undone is done."""
        wanted = occupied(head, "staging")
        unsettled, unproven = live["staging"].kind == "unsettled", verify and not head.proven
        self.memory.remember(staging=wanted.release, production=live["production"].token)
        if not unsettled and not unproven:
            return Outcome(wanted.release, False, f"nothing to do: staging holds {wanted.told()}")
        self.ask([f"finish staging {wanted.told()}"])
        if unsettled:
            self._settle("staging", wanted, live["staging"].etags, look=verify)
        if unproven:
            self.verify("staging")
        return Outcome(wanted.release, True, f"finished: staging holds {wanted.told()}")

    def _refuse_clashes(self, files: Sequence[SpaFile], steps: Sequence[Step]) -> None:
        clashes = {step.key for step in steps if step.action == "clash"}
        for file in files:
            if file.name in clashes:
                self.depot.require_same(file)

    def _fill_pool(self, files: Sequence[SpaFile], steps: Sequence[Step]) -> None:
        missing = {step.key for step in steps if step.action == "upload"}
        self.depot.fill_pool([file for file in files if file.pooled and file.name in missing], self.say)

    def _settle(self, slot: str, wanted: Slot, etags: Mapping[str, str], *, look: bool = True) -> None:
        names = self.depot.settle(slot, wanted, etags)
        self.say(f"{slot} written")
        self.depot.invalidate(release.viewer_paths(slot, names), self.say)
        if look:
            self._wait_until_fresh(slot, wanted)

    def _wait_until_fresh(self, slot: str, wanted: Slot) -> None:
        deadline = time.monotonic() + FRESH_TIMEOUT_S
        while problems := self.viewer.verify_pointers(slot, wanted.pointers):
            if time.monotonic() > deadline:
                raise Refused(f"{slot} was written, but viewers do not get it: {problems[0]}")
            self.say(f"waiting for the edge: {problems[0]}")
            time.sleep(1)

    # Verify

    def verify(self, slot: str) -> Outcome:
        """The page and every asset through the edge; for staging a note in the journal that they were right."""
        head = self.depot.head()
        held = head.slot(slot)
        if held is None:
            raise Refused(f"{slot} is empty: nothing to verify")
        files = self.depot.record(held.release).files
        self._require_none(self.viewer.verify(slot, files, self.say), f"{slot} is not what was released")
        if slot == "staging":
            head, live = self.depot.look()
            if not head.proven or (head.proof and head.proof.production != live["production"].token):
                who = self.who()
                self.depot.append(
                    head, live, lambda now, seen: release.prove(now, who, held.seq, seen["production"].token)
                )
        return Outcome(held.release, False, f"{len(files)} files of {slot} verified: {held.told()}")

    def _require_none(self, problems: Sequence[str], what: str) -> None:
        if problems:
            more = f" and {len(problems) - SHOWN_PROBLEMS} more" if len(problems) > SHOWN_PROBLEMS else ""
            raise Refused(f"{what}: {'; '.join(problems[:SHOWN_PROBLEMS])}{more}")

    # Promote

    def promote(self, forced: Iterable[str] = ()) -> Outcome:
        forced = set(forced)
        who = self.who()
        head = self.depot.head()
        staged = head.staging
        if staged and head.production and head.production.release == staged.release:
            return self._finish_production()
        head, live = self._live_production(head)
        release.promote(head, who, live["production"], forced, staged)
        staged = occupied(head, "staging")
        self._require_none(self.viewer.verify_pointers("staging", staged.pointers), "staging is not what was verified")
        self._require_none(self.viewer.verify_closure(staged.pointers), "the staged release is not whole")
        self.ask(
            [
                f"promote {staged.told()}",
                f"  over {release.told_live(head.production, live['production'])}",
                *pointer_lines("production", live["production"].etags, staged),
            ]
        )
        entry = self.depot.append(
            head, live, lambda now, seen: release.promote(now, who, seen["production"], forced, staged)
        )
        wanted = occupied(entry, "production")
        self._settle("production", wanted, wanted.before)
        self.memory.remember(production=wanted.release)
        return Outcome(wanted.release, True, f"production holds {wanted.told()}")

    def _live_production(self, head: Head) -> tuple[Head, Lives]:
        """As the journal says, if viewers get just that; else as the bucket says."""
        held = head.production
        if held is None and self.viewer.get("/").status in (403, 404):
            return head, {"production": Live("empty", None, {})}
        if held and not self.viewer.verify_pointers("production", held.pointers):
            return head, {"production": Live("recorded", held.release, held.etags)}
        return self.depot.look()

    def _finish_production(self) -> Outcome:
        """Production should hold this already; only what an interruption left undone is done."""
        head, seen = self.depot.look()
        wanted, live = occupied(head, "production"), seen["production"]
        if live.kind == "foreign":
            raise Refused(
                f"production holds {release.told_live(wanted, live)}, over {wanted.told()}; "
                f"`rollback {wanted.release} --force-from {live.token}` puts that back"
            )
        fresh = live.kind == "recorded" and not self.viewer.verify_pointers("production", wanted.pointers)
        if not fresh:
            self.ask([f"finish {wanted.told()}"])
            if live.kind == "unsettled":
                self._settle("production", wanted, live.etags)
            else:
                self.depot.invalidate(release.viewer_paths("production", wanted.pointers), self.say)
                self._wait_until_fresh("production", wanted)
        elif wanted.act == "promoted" and wanted.by != self.by:
            raise Refused(f"production already holds {wanted.told()}")
        self.memory.remember(production=wanted.release)
        done = "nothing to do" if fresh else "finished"
        return Outcome(wanted.release, not fresh, f"{done}: production holds {wanted.told()}")

    # Roll back

    def roll_back(self, asked: str | None = None, forced: Iterable[str] = ()) -> Outcome:
        who = self.who()
        head, seen = self.depot.look()
        live = seen["production"]
        target = self._rollback_target(head, live, asked)
        if live.kind == "foreign" and live.token not in set(forced):
            raise Refused(
                f"production holds {release.told_live(head.production, live)}; look at it with "
                f"`diff production local`, and say `--force-from {live.token}` to replace it"
            )
        if target == live.token:
            self.memory.write("rollback", {})
            return self._finish_production()
        record = self.depot.record(target)
        self._require_none(self.viewer.verify_closure(record.pointers), f"release {target} cannot come back")
        slot = occupied(release.roll_back(head, who, record, live, live.token), "production")
        self.ask(
            [
                f"roll production back to {target} (recorded by {record.by} at {record.at})",
                f"  over {release.told_live(head.production, live)}",
                *pointer_lines("production", live.etags, slot),
            ]
        )
        # A rerun must finish this one instead of going one release further back.
        self.memory.write("rollback", {"asked": asked, "target": target, "over": live.token})
        entry = self.depot.append(
            head, seen, lambda now, then: release.roll_back(now, who, record, then["production"], live.token)
        )
        wanted = occupied(entry, "production")
        self._settle("production", wanted, wanted.before)
        self.memory.write("rollback", {})
        self.memory.remember(production=wanted.release)
        return Outcome(wanted.release, True, f"production holds {wanted.told()}")

    def _rollback_target(self, head: Head, live: Live, asked: str | None) -> str:
        begun = self.memory.read("rollback")
        if begun and begun["asked"] == asked and live.token in (begun["target"], begun["over"]):
            return str(begun["target"])
        target = asked or release.previous_release(head.history)
        if target is None:
            raise Refused("production held nothing before its present release: name one of `releases`")
        return target

    # What `make run` does with its own build

    def place(self, files: Sequence[SpaFile]) -> None:
        """Both slots get a new build; slots that were moved by hand since the last build are left alone."""
        who = self.who()
        record = release.release_of(files, who, self.memory.base())
        head, live = self.depot.look()
        placed = next((act.release for act in head.history if act.act == "placed"), None)
        if placed != record.release:
            self._fill_pool(files, release.plan(files, self.depot.pool(), "production", live["production"].etags))
            self.depot.keep_record(record)
            head = self.depot.append(head, live, lambda now, seen: release.place(now, who, record, seen))
            self.memory.remember(staging=record.release, production=record.release)
        for name in SLOTS:
            wanted = head.slot(name)
            if wanted:
                self.depot.settle(name, wanted, live[name].etags)

    # Looking

    def contents(self, name: str, build: Path) -> tuple[str, Mapping[str, Facts], Callable[[str], bytes]]:
        """Of local, a slot or a release: what it is called, its files, and how to read one."""
        if name == "local":
            files = {file.name: file for file in read_build(build)}
            return "local", {key: release.facts_of(file) for key, file in files.items()}, lambda key: files[key].body
        if name not in SLOTS:
            return name, *self._recorded(self.depot.record(name))
        head, seen = self.depot.look()
        live = seen[name]
        if live.kind in ("recorded", "unsettled"):
            held = occupied(head, name)
            return f"{name} ({held.told()})", *self._recorded(self.depot.record(held.release))
        found = self._crawl(name, live)
        return f"{name} ({live.token or 'empty'})", found, lambda key: self.depot.read(key_of(name, key))

    def _recorded(self, record: Release) -> tuple[Mapping[str, Facts], Callable[[str], bytes]]:
        def read(name: str) -> bytes:
            return record.pointers[name].body if name in record.pointers else self.depot.read(name)

        return record.files, read

    def _crawl(self, slot: str, live: Live) -> dict[str, Facts]:
        """The files of a slot that was filled without this tool: its pointers and all that they name."""
        from tools.sync.references import references

        found: dict[str, Facts] = {}
        pool = self.depot.pool()
        wave = set(live.etags)
        while wave:
            for name in wave:
                file = SpaFile(name, self.depot.read(key_of(slot, name)))
                found[name] = release.facts_of(file)
            wave = {
                named
                for name in wave
                for named in references(name, self.depot.read(key_of(slot, name)))
                if named in pool and named not in found
            }
        return found

    def pull(self, slot: str, into: Path) -> Outcome:
        """The live files into a folder, and their release remembered as the base."""
        import shutil
        from concurrent.futures import ThreadPoolExecutor

        token = self.depot.look()[1][slot].token
        if token is None:
            raise Refused(f"{slot} is empty: nothing to pull")
        told, files, read = self.contents(slot, into)
        draft = into.with_name(f"{into.name}.{os.urandom(4).hex()}")

        def fetch(name: str) -> None:
            body = read(name)
            if SpaFile(name, body).sha256 != files[name].sha256:
                raise Refused(f"{name} is not what was released: nothing was pulled")
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)

        try:
            with ThreadPoolExecutor(READERS) as workers:
                list(workers.map(fetch, files))
            shutil.rmtree(into, ignore_errors=True)
            draft.rename(into)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        self.memory.remember(**{slot: token})
        return Outcome(token, False, f"{len(files)} files of {told} are in {into}; it is the base now")

    # Prune

    def prune(self, grace_s: float, keep: int) -> list[str]:
        """Delete assets that no retained release names and that are older than the grace period; all read before."""
        from concurrent.futures import ThreadPoolExecutor

        now = time.time()
        head, live = self.depot.look()
        ages = self.depot.record_ages()
        retained = retained_releases(head, ages, now - grace_s, keep)
        with ThreadPoolExecutor(READERS) as workers:
            records = list(workers.map(self.depot.record, sorted(retained)))
        for name in SLOTS:
            if live[name].kind not in ("recorded", "empty"):
                raise Refused(
                    f"{name} holds {live[name].token}, {live[name].kind}: settle that first, nothing was pruned"
                )
        named = {file for record in records for file in record.files}
        old = {name for name, at in self.depot.pool_ages().items() if at < now - grace_s and name.startswith(POOL)}
        doomed = sorted(old - named)
        if not doomed:
            return []
        self.ask([f"delete {len(doomed)} assets that none of {len(records)} retained releases names", *listed(doomed)])
        if self.depot.head().seq != head.seq:
            raise Refused("somebody released meanwhile: nothing was pruned, run it again")
        self.depot.delete_assets(doomed)
        return doomed


def own_name() -> str:
    import getpass

    return _git("config", "user.name") or getpass.getuser()


def own_commit() -> str:
    return _git("describe", "--always", "--dirty", "--abbrev=12", "--exclude=*") or "unknown"


def _git(*arguments: str) -> str:
    import subprocess

    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def require_whole(files: Sequence[SpaFile]) -> None:
    from tools.sync.references import missing_references

    missing = missing_references({file.name: file.body for file in files})
    if missing:
        more = f" and {len(missing) - SHOWN_PROBLEMS} more" if len(missing) > SHOWN_PROBLEMS else ""
        raise Refused(f"the build is not whole: {'; '.join(missing[:SHOWN_PROBLEMS])}{more}")


def occupied(head: Head, name: str) -> Slot:
    held = head.slot(name)
    if held is None:
        raise Refused(f"{name} is empty")
    return held


def key_of(slot: str, name: str) -> str:
    return name if name.startswith(POOL) else f"{slot}/{name}"


def retained_releases(head: Head, ages: Mapping[str, float], since: float, keep: int) -> set[str]:
    """Both slots, the last `keep` that production held, and whatever was recorded within the grace period."""
    held = {slot.release for name in SLOTS if (slot := head.slot(name))}
    promoted: list[str] = []
    for act in head.history:
        if act.act in ("promoted", "placed", "rolled back"):
            promoted += [found for found in (act.release, act.replaces) if found and found not in promoted]
    recent = {found for found, at in ages.items() if at >= since and found}
    return held | recent | {found for found in promoted[:keep] if found in ages}


def shown(steps: Sequence[Step]) -> list[str]:
    """The plan, file by file; what stays is only counted."""
    lines = [f"  {step.action:8} {step.key}  ({step.reason})" for step in steps if step.action != "keep"]
    kept = sum(step.action == "keep" for step in steps)
    return [*listed(lines, indent=""), f"  keep     {kept} files as they are"] if kept else listed(lines, indent="")


def listed(lines: Sequence[str], indent: str = "  ", most: int = 60) -> list[str]:
    """A long list is cut in the middle: its last lines are the pointers."""
    if len(lines) <= most:
        return [f"{indent}{line}" for line in lines]
    cut = [*lines[: most - 10], f"… {len(lines) - most} more …", *lines[-10:]]
    return [f"{indent}{line}" for line in cut]


def pointer_lines(slot: str, etags: Mapping[str, str], wanted: Slot) -> list[str]:
    names = release.changed_names(etags, wanted.etags)
    lines = []
    for name in names:
        verb = "delete" if name not in wanted.pointers else "replace" if name in etags else "create"
        lines.append(f"  {verb:8} {slot}/{name}")
    return [*lines, f"  invalidate {', '.join(release.viewer_paths(slot, names))}"]
