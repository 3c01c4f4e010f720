"""What a release of the SPA is, how it stands against others, and what may be done with it. Pure: no I/O.

The journal decides. Each act on a slot is the next numbered, create-only entry and holds the whole state after it, with
the bytes of both slots' pointers; who creates entry n+1 has won, and anybody can carry out what the last entry says.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tools.common.console import Refused
from tools.sync.layout import PAGE, SLOTS, WORKER, FileInfo, SpaFile

KEEP_ACTS = 200
NOT_OPENED = "was not opened in a browser"


class Who(NamedTuple):
    by: str
    at: str
    commit: str
    nonce: str
    """Tells our own entry, whose answer was lost, from somebody else's."""


class MadeOf(NamedTuple):
    """What went into a build beside the sources, as far as it is known."""

    locks: Mapping[str, str]
    """SHA-256 of each lock file, by its path in the repository."""
    tools: Mapping[str, str]
    """Versions, by name."""


NOT_KNOWN = MadeOf({}, {})


class Release(NamedTuple):
    release: str
    by: str
    at: str
    commit: str
    base: Mapping[str, str]
    files: Mapping[str, FileInfo]
    """All of them; of a slot's own ones, `pointers` has the bytes."""
    pointers: Mapping[str, bytes]
    made_of: MadeOf = NOT_KNOWN

    @property
    def lines(self) -> int:
        return total_lines(self.files)


class Slot(NamedTuple):
    """What a slot holds, or will once the entry is carried out; `before` are the ETags it may still show."""

    release: str
    act: str
    seq: int
    by: str
    at: str
    lines: int
    pointers: Mapping[str, bytes]
    before: Mapping[str, str]

    @property
    def etags(self) -> dict[str, str]:
        return {name: SpaFile(name, body).info.etag for name, body in self.pointers.items()}

    @property
    def page_lines(self) -> int:
        return SpaFile(PAGE, self.pointers[PAGE]).info.lines or 0

    def describe(self) -> str:
        return f"{self.release}, {self.act} by {self.by} at {self.at}"


class Act(NamedTuple):
    seq: int
    act: str
    release: str
    replaces: str | None
    by: str
    at: str
    commit: str
    note: str = ""
    """What a browser showed, why a rule was passed over, how a watch went."""


class Proof(NamedTuple):
    """That a staged release was fetched through the edge and was right, and what production held then."""

    release: str
    staging_seq: int
    production: str | None
    by: str
    at: str
    starts: bool = False
    """Whether a browser has opened it and found nothing wrong."""
    seen: str = NOT_OPENED
    """What the browser showed; goes on from "the release …"."""


class Opened(NamedTuple):
    """What a browser showed of a release."""

    starts: bool
    seen: str


class Head(NamedTuple):
    """The last entry of the journal: the state of both slots."""

    seq: int = 0
    nonce: str = ""
    production: Slot | None = None
    staging: Slot | None = None
    proof: Proof | None = None
    history: tuple[Act, ...] = ()
    """The last acts, newest first; those before them stand in earlier entries."""
    before: Slot | None = None
    """What production held before: mostly the way back."""

    def slot(self, name: str) -> Slot | None:
        return self.production if name == "production" else self.staging

    @property
    def proven(self) -> bool:
        return bool(self.staging and self.proof and self.proof.staging_seq == self.staging.seq)

    @property
    def starts(self) -> bool:
        return bool(self.proven and self.proof and self.proof.starts)


def total_lines(files: Mapping[str, FileInfo]) -> int:
    return sum(info.lines or 0 for info in files.values())


def identity_of(files: Iterable[SpaFile]) -> str:
    """Of the content alone: the same build is the same release, no matter who stages it."""
    content = sorted([file.name, file.info.sha256, file.info.content_type, file.info.cache_control] for file in files)
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


def release_of(files: Iterable[SpaFile], who: Who, base: Mapping[str, str], made_of: MadeOf = NOT_KNOWN) -> Release:
    files = list(files)
    pointers = {file.name: file.body for file in files if not file.pooled}
    infos = {file.name: file.info for file in files}
    return Release(identity_of(files), who.by, who.at, who.commit, dict(base), infos, pointers, made_of)


# Three-way state


def compare(local: str | None, known: Iterable[str], live: str | None) -> str:
    """How local stands against a slot, `known` being the releases that this copy has pulled, staged or named."""
    known = set(known)
    if live is None:
        return "empty"
    if local == live:
        return "same"
    if live in known:
        return "ahead"
    return "behind" if local in known else "diverged"


class Live(NamedTuple):
    """What a slot really holds, by its ETags: empty, recorded, unsettled (an act was interrupted) or foreign."""

    kind: str
    token: str | None
    etags: Mapping[str, str]


def observe(slot: Slot | None, etags: Mapping[str, str]) -> Live:
    wanted = slot.etags if slot else {}
    if dict(etags) == wanted:
        return Live("recorded" if slot else "empty", slot.release if slot else None, etags)
    names = set(etags) | set(wanted)
    if slot and all(etags.get(name) in (wanted.get(name), slot.before.get(name)) for name in names):
        return Live("unsettled", slot.release, etags)
    digest = hashlib.sha256(json.dumps(sorted(etags.items())).encode()).hexdigest()[:12]
    return Live("foreign", f"unrecorded-{digest}", etags)


# Acts: each takes the last entry and gives the next, or refuses


def stage(head: Head, who: Who, release: Release, live: Mapping[str, Live], known: Iterable[str]) -> Head:
    """The staging slot gets this release, if it contains what both slots hold."""
    known = set(known)
    for name in SLOTS:
        state = compare(release.release, known, live[name].token)
        if state in ("behind", "diverged"):
            raise Refused(_stale(release, state, name, head.slot(name), live[name]))
    act = _act(head, who, "staged", release.release, live["staging"].token)
    return _next(head, who, act, staging=_filled(release, act, live["staging"].etags), proof=None)


def _stale(release: Release, state: str, name: str, slot: Slot | None, live: Live) -> str:
    theirs = f", {name} {slot.lines} (index.html {slot.page_lines})" if slot and live.kind != "foreign" else ""
    return (
        f"local is {state}: local has {release.lines} lines (index.html {release.files[PAGE].lines}){theirs}; "
        f"{name} holds {describe_live(slot, live)}. Nothing was changed. See `diff {name} local`, take it with "
        f"`pull {name}`, or knowingly replace it with `stage --force-from {live.token}`"
    )


def note_commit(head: Head, who: Who, staging_seq: int) -> Head:
    """Notes a commit that builds what staging holds since that entry; its record names none that can be built."""
    if head.staging is None or head.staging.seq != staging_seq:
        raise Refused(f"staging moved meanwhile: it holds {head.staging.describe() if head.staging else 'nothing'}")
    return _next(head, who, _act(head, who, "committed", head.staging.release, None))


def commits_of(history: Iterable[Act], release: str) -> Iterator[str]:
    """What it was built from each time that it came into staging, the last time first; some name no commit."""
    came = ("staged", "placed", "committed")
    return (act.commit for act in history if act.release == release and act.act in came)


def prove(head: Head, who: Who, staging_seq: int, production: str | None, opened: Opened | None = None) -> Head:
    """Notes that what staging holds since that entry was verified over HTTP while production held this.

    `opened` is what a browser showed; None when it was not asked, which leaves what it has shown before.
    """
    if head.staging is None or head.staging.seq != staging_seq:
        now = head.staging.describe() if head.staging else "nothing"
        raise Refused(f"staging moved while it was verified: it holds {now}; verify it again")
    if opened is None:
        opened = Opened(head.proof.starts, head.proof.seen) if head.proven and head.proof else Opened(False, NOT_OPENED)
    act = _act(head, who, "verified", head.staging.release, None, opened.seen)
    proof = Proof(head.staging.release, staging_seq, production, who.by, who.at, opened.starts, opened.seen)
    return _next(head, who, act, proof=proof)


def promote(head: Head, who: Who, live: Live, forced: Iterable[str], expected: Slot | None, although: str = "") -> Head:
    """Production gets what staging holds, as it was when this run began.

    What no browser has seen starting needs a reason, `although`, which stands in the record.
    """
    staged = head.staging
    if staged is None:
        raise Refused("staging is empty: stage a release first")
    if expected is not None and staged.seq != expected.seq:
        raise Refused(f"staging moved meanwhile: it holds {staged.describe()}")
    if head.production and head.production.release == staged.release:
        raise Refused(f"production already holds {head.production.describe()}")
    if not head.proven or head.proof is None:
        raise Refused(f"staging holds {staged.describe()}, and was not verified: run `verify staging` first")
    if not head.proof.starts and not although:
        raise Refused(
            f"staging holds {staged.describe()}, which {head.proof.seen}. Nothing was promoted: `verify staging` opens "
            "it, `--force-unbooted REASON` promotes it all the same, and the reason stands in the record"
        )
    if live.token not in {head.proof.production, *forced}:
        raise Refused(
            f"production moved since {staged.release} was verified: it holds "
            f"{describe_live(head.production, live)}. Look at it, then `verify staging` again"
        )
    note = head.proof.seen if head.proof.starts else f"although it {head.proof.seen}: {although}"
    act = _act(head, who, "promoted", staged.release, live.token, note)
    slot = staged._replace(act=act.act, seq=act.seq, by=act.by, at=act.at, before={**live.etags})
    return _next(head, who, act, production=slot, before=head.production)


def describe_live(slot: Slot | None, live: Live) -> str:
    if live.kind == "foreign":
        return f"{live.token}, put there without this tool"
    return slot.describe() if slot else "nothing"


def roll_back(head: Head, who: Who, release: Release | Slot, live: Live, expected: str | None, note: str = "") -> Head:
    """Production gets an earlier release, if it still holds what this run saw at its start."""
    if live.token != expected:
        raise Refused(f"production moved meanwhile: it holds {describe_live(head.production, live)}")
    if WORKER in live.etags and WORKER not in release.pointers:
        raise Refused(
            f"release {release.release} has no {WORKER}: the devices that have the app would keep the present one "
            "for good. Build its source again and release that"
        )
    act = _act(head, who, "rolled back", release.release, live.token, note)
    return _next(head, who, act, production=_filled(release, act, live.etags), before=head.production)


def watch(head: Head, who: Who, production_seq: int, act: str, note: str) -> Head:
    """Notes how a watch of production begins, `watching`, or ends, `watched`."""
    held = head.production
    if held is None or held.seq != production_seq:
        raise Refused(f"the watch ends: production holds {held.describe() if held else 'nothing'}")
    return _next(head, who, _act(head, who, act, held.release, None, note))


def watch_of(head: Head, now: str) -> str:
    """How the watch of what production holds stands, as a sentence's end; empty when there was none.

    `now` is the time as the journal writes it.
    """
    for act in head.history:
        if head.production is None or act.seq <= head.production.seq:
            break
        if act.act == "watched":
            return f"watched by {act.by}: {act.note}"
        if act.act == "watching":
            if act.note < f"until {now}":
                return f"a watch by {act.by} {act.note} never told its end"
            return f"watched {act.note} by {act.by}"
    return ""


def place(head: Head, who: Who, release: Release, live: Mapping[str, Live]) -> Head:
    """Both slots get this release at once: what `make run` does on this machine with its own build."""
    act = _act(head, who, "placed", release.release, live["production"].token)
    slots = {name: _filled(release, act, live[name].etags) for name in SLOTS}
    proof = Proof(release.release, act.seq, release.release, who.by, who.at)
    return _next(head, who, act, **slots, proof=proof, before=head.production)


def previous_release(history: Iterable[Act]) -> str | None:
    """What production held before its present release came; going back twice goes back two releases.

    `history` is the whole one, newest first.
    """
    line: list[str] = []
    for act in reversed(list(history)):
        if act.act in ("promoted", "placed"):
            if not line and act.replaces:
                line.append(act.replaces)
            line.append(act.release)
        elif act.act == "rolled back":
            line = line[: line.index(act.release) + 1] if act.release in line else [*line, act.release]
    present = line[-1] if line else None
    earlier = [release for release in line[:-1] if release != present]
    return earlier[-1] if earlier else None


def held_by_production(history: Iterable[Act]) -> Iterator[str]:
    """The releases that production held or holds, the last one first; an id may come more than once."""
    for act in history:
        if act.act in ("promoted", "placed", "rolled back"):
            yield from filter(None, (act.release, act.replaces))


def open_releases(head: Head, history: Iterable[Act], ages: Mapping[str, float], since: float) -> dict[str, str]:
    """What may be open in a tab, and where it was to be had: `production`, `staging` or `earlier`.

    That is what a slot holds, what one held at any time since then, and what was recorded since. `since` and the
    `ages` of the records are seconds since the epoch; `history` is the whole one, newest first.
    """
    found = {held.release: name for name in reversed(SLOTS) if (held := head.slot(name))}
    earlier = [one for one in _held_since(history, time_text(since)) if one in ages]
    earlier += [one for one, at in ages.items() if one and at >= since]
    return found | {one: "earlier" for one in earlier if one not in found}


def _held_since(history: Iterable[Act], since: str) -> Iterator[str]:
    """The releases that a slot held at any time since then; an id may come again."""
    for act in history:
        yield act.release
        if act.at < since:
            return
        if act.replaces:
            yield act.replaces


def time_text(at: float) -> str:
    """The time as the journal writes it, of seconds since the epoch."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def _act(head: Head, who: Who, act: str, release: str, replaces: str | None, note: str = "") -> Act:
    return Act(head.seq + 1, act, release, replaces, who.by, who.at, who.commit, note)


def _filled(release: Release | Slot, act: Act, before: Mapping[str, str]) -> Slot:
    return Slot(act.release, act.act, act.seq, act.by, act.at, release.lines, release.pointers, {**before})


def _next(head: Head, who: Who, act: Act, **changes: Any) -> Head:
    history = (act, *head.history)[:KEEP_ACTS]
    return head._replace(seq=head.seq + 1, nonce=who.nonce, history=history, **changes)
