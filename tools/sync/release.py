"""What a release of the SPA is, how it stands against others, and what may be done with it. Pure: no I/O.

The journal decides. Each act on a slot is the next numbered, create-only entry and holds the whole state after it, with
the bytes of both slots' pointers; who creates entry n+1 has won, and anybody can carry out what the last entry says.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from tools.common.console import Refused
from tools.sync.layout import SLOTS, SpaFile

FORMAT = 1
Decoded = TypeVar("Decoded")
KEEP_ACTS = 200
# In the order in which they are written: the page comes last.
PAGE = "index.html"
VIEWER_PREFIX = {"production": "/", "staging": "/_staging/"}


class Who(NamedTuple):
    by: str
    at: str
    commit: str
    nonce: str
    """Tells our own entry, whose answer was lost, from somebody else's."""


class Facts(NamedTuple):
    """Of one file as it is stored and served. The ETag is the MD5 that S3 gives a plain PutObject."""

    sha256: str
    etag: str
    size: int
    content_type: str
    cache_control: str
    lines: int | None


class Pointer(NamedTuple):
    facts: Facts
    body: bytes


class Release(NamedTuple):
    release: str
    by: str
    at: str
    commit: str
    base: Mapping[str, str]
    files: Mapping[str, Facts]
    pointers: Mapping[str, Pointer]

    @property
    def lines(self) -> int:
        return sum(facts.lines or 0 for facts in self.files.values())


class Slot(NamedTuple):
    """What a slot holds, or will once the entry is carried out; `before` are the ETags it may still show."""

    release: str
    act: str
    seq: int
    by: str
    at: str
    lines: int
    pointers: Mapping[str, Pointer]
    before: Mapping[str, str]

    @property
    def etags(self) -> dict[str, str]:
        return {name: pointer.facts.etag for name, pointer in self.pointers.items()}

    @property
    def page_lines(self) -> int:
        return self.pointers[PAGE].facts.lines or 0

    def told(self) -> str:
        return f"{self.release}, {self.act} by {self.by} at {self.at}"


class Act(NamedTuple):
    seq: int
    act: str
    release: str
    replaces: str | None
    by: str
    at: str
    commit: str


class Proof(NamedTuple):
    """That a staged release was fetched through the edge and was right, and what production held then."""

    release: str
    staging_seq: int
    production: str | None
    by: str
    at: str


class Head(NamedTuple):
    """The last entry of the journal: the state of both slots."""

    seq: int = 0
    nonce: str = ""
    production: Slot | None = None
    staging: Slot | None = None
    proof: Proof | None = None
    history: tuple[Act, ...] = ()
    """Newest first."""

    def slot(self, name: str) -> Slot | None:
        return self.production if name == "production" else self.staging

    @property
    def proven(self) -> bool:
        return bool(self.staging and self.proof and self.proof.staging_seq == self.staging.seq)


def facts_of(file: SpaFile) -> Facts:
    return Facts(file.sha256, file.etag, len(file.body), file.content_type, file.cache_control, file.lines)


def identity_of(files: Iterable[SpaFile]) -> str:
    """Of the content alone: the same build is the same release, whoever stages it and however often."""
    content = sorted([file.name, file.sha256, file.content_type, file.cache_control] for file in files)
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


def release_of(files: Iterable[SpaFile], who: Who, base: Mapping[str, str]) -> Release:
    files = list(files)
    facts = {file.name: facts_of(file) for file in files}
    pointers = {file.name: Pointer(facts[file.name], file.body) for file in files if not file.pooled}
    return Release(identity_of(files), who.by, who.at, who.commit, dict(base), facts, pointers)


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


# What an upload does


class Step(NamedTuple):
    action: str
    key: str
    reason: str


def plan(files: Sequence[SpaFile], pool: Mapping[str, str], slot: str, live: Mapping[str, str]) -> list[Step]:
    """What brings these files into the pool and the slot, file by file and in this order."""
    steps = [_plan_file(file, pool, slot, live) for file in files]
    names = {file.name for file in files}
    gone = [Step("delete", f"{slot}/{name}", "not part of this release") for name in sorted(set(live) - names)]
    return steps + gone


def _plan_file(file: SpaFile, pool: Mapping[str, str], slot: str, live: Mapping[str, str]) -> Step:
    key = file.key(slot)
    found = pool.get(file.name) if file.pooled else live.get(file.name)
    if found is None:
        return Step("upload", key, "new in the pool" if file.pooled else "new in the slot")
    if found == file.etag:
        return Step("keep", key, "already in the pool" if file.pooled else "unchanged")
    if file.pooled:
        return Step("clash", key, "the pool has other bytes under this name")
    return Step("replace", key, "differs from what the slot holds")


def changed_names(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Pointers to write or delete, the page last."""
    names = [name for name in set(before) | set(after) if before.get(name) != after.get(name)]
    return sorted(names, key=lambda name: (name == PAGE, name))


def viewer_paths(slot: str, names: Iterable[str]) -> list[str]:
    """Exact paths to invalidate: as viewers ask, and as the viewer-request function rewrites: CloudFront wants both."""
    paths = set()
    for name in names:
        paths |= {f"{VIEWER_PREFIX[slot]}{name}", f"/{slot}/{name}"}
        if name == PAGE:
            paths.add(VIEWER_PREFIX[slot])
    return sorted(paths)


# Acts: each takes the last entry and gives the next, or refuses


def next_head(head: Head, who: Who, act: Act, **changes: Any) -> Head:
    history = (act, *head.history)[:KEEP_ACTS]
    return head._replace(seq=head.seq + 1, nonce=who.nonce, history=history, **changes)


def _act(head: Head, who: Who, act: str, release: str, replaces: str | None) -> Act:
    return Act(head.seq + 1, act, release, replaces, who.by, who.at, who.commit)


def filled(release: Release, act: Act, before: Mapping[str, str]) -> Slot:
    return Slot(act.release, act.act, act.seq, act.by, act.at, release.lines, release.pointers, {**before})


def stage(head: Head, who: Who, release: Release, live: Mapping[str, Live], known: Iterable[str]) -> Head:
    """The staging slot gets this release, if it contains what both slots hold."""
    known = set(known)
    for name in SLOTS:
        state = compare(release.release, known, live[name].token)
        if state in ("behind", "diverged"):
            raise Refused(stale(release, state, name, head.slot(name), live[name]))
    act = _act(head, who, "staged", release.release, live["staging"].token)
    return next_head(head, who, act, staging=filled(release, act, live["staging"].etags), proof=None)


def stale(release: Release, state: str, name: str, slot: Slot | None, live: Live) -> str:
    page = release.pointers[PAGE].facts.lines
    if slot and live.kind != "foreign":
        lines = (
            f"local has {release.lines} lines (index.html {page}), {name} {slot.lines} (index.html {slot.page_lines})"
        )
        whose = slot.told()
    else:
        lines = f"local has {release.lines} lines (index.html {page})"
        whose = f"{live.token}, put there without this tool"
    return (
        f"local is {state}: {lines}; {name} holds {whose}. Nothing was changed. See `diff {name} local`, take it with "
        f"`pull {name}`, or knowingly replace it with `stage --force-from {live.token}`"
    )


def prove(head: Head, who: Who, staging_seq: int, production: str | None) -> Head:
    """Notes that what staging holds since that entry was verified over HTTP while production held this."""
    if head.staging is None or head.staging.seq != staging_seq:
        raise Refused(f"staging moved while it was verified: {head.staging and head.staging.told()}; verify it again")
    act = _act(head, who, "verified", head.staging.release, None)
    proof = Proof(head.staging.release, staging_seq, production, who.by, who.at)
    return next_head(head, who, act, proof=proof)


def promote(head: Head, who: Who, live: Live, forced: Iterable[str], expected: Slot | None) -> Head:
    """Production gets what staging holds, as it was when this run began."""
    staged = head.staging
    if staged is None:
        raise Refused("staging is empty: stage a release first")
    if expected is not None and staged.seq != expected.seq:
        raise Refused(f"staging moved meanwhile: it holds {staged.told()}")
    if head.production and head.production.release == staged.release:
        raise Refused(f"production already holds {head.production.told()}")
    if not head.proven or head.proof is None:
        raise Refused(f"staging holds {staged.told()}, and was not verified: run `verify staging` first")
    if live.token not in {head.proof.production, *forced}:
        raise Refused(
            f"production moved since {staged.release} was verified: it holds "
            f"{told_live(head.production, live)}. Look at it, then `verify staging` again"
        )
    act = _act(head, who, "promoted", staged.release, live.token)
    slot = staged._replace(act=act.act, seq=act.seq, by=act.by, at=act.at, before={**live.etags})
    return next_head(head, who, act, production=slot)


def told_live(slot: Slot | None, live: Live) -> str:
    if live.kind == "foreign":
        return f"{live.token}, put there without this tool"
    return slot.told() if slot else "nothing"


def roll_back(head: Head, who: Who, release: Release, live: Live, expected: str | None) -> Head:
    """Production gets an earlier release, if it still holds what this run saw at its start."""
    if live.token != expected:
        raise Refused(f"production moved meanwhile: it holds {told_live(head.production, live)}")
    act = _act(head, who, "rolled back", release.release, live.token)
    return next_head(head, who, act, production=filled(release, act, live.etags))


def place(head: Head, who: Who, release: Release, live: Mapping[str, Live]) -> Head:
    """Both slots get this release at once: what `make run` does on this machine with its own build."""
    act = _act(head, who, "placed", release.release, live["production"].token)
    slots = {name: filled(release, act, live[name].etags) for name in SLOTS}
    proof = Proof(release.release, act.seq, release.release, who.by, who.at)
    return next_head(head, who, act, **slots, proof=proof)


def previous_release(history: Sequence[Act]) -> str | None:
    """What production held before its present release came; going back twice goes back two releases."""
    line: list[str] = []
    for act in reversed(history):
        if act.act in ("promoted", "placed"):
            if not line and act.replaces:
                line.append(act.replaces)
            line.append(act.release)
        elif act.act == "rolled back":
            line = line[: line.index(act.release) + 1] if act.release in line else [*line, act.release]
    present = line[-1] if line else None
    earlier = [release for release in line[:-1] if release != present]
    return earlier[-1] if earlier else None


# Differences


HASHED = r"^(.+)-[\w-]{8}(\.\w+(?:\.map)?)$"


def plain_name(name: str) -> str:
    """`assets/index-C7tlzI37.js` without the hash that Vite put in."""
    return re.sub(HASHED, r"\1\2", name)


class Pair(NamedTuple):
    state: str
    before: str | None
    after: str | None


def pair(a: Mapping[str, Facts], b: Mapping[str, Facts]) -> list[Pair]:
    """Files of a and b side by side: by their names, the rest by their plain names."""
    pairs = [
        Pair("same" if a[name].sha256 == b[name].sha256 else "changed", name, name) for name in sorted(set(a) & set(b))
    ]
    waiting: dict[str, list[str]] = {}
    for name in sorted(set(a) - set(b)):
        waiting.setdefault(plain_name(name), []).append(name)
    for name in sorted(set(b) - set(a)):
        partner = waiting.get(plain_name(name))
        if partner:
            before = partner.pop(0)
            pairs.append(Pair("renamed" if a[before].sha256 == b[name].sha256 else "changed", before, name))
        else:
            pairs.append(Pair("added", None, name))
    pairs += [Pair("removed", name, None) for names in waiting.values() for name in names]
    return sorted(pairs, key=lambda one: one.after or one.before or "")


def unified(one: Pair, before: bytes, after: bytes, width: int = 400) -> list[str]:
    """A unified diff of two texts; a minified line is cut."""
    import difflib

    lines = difflib.unified_diff(
        before.decode(errors="replace").splitlines(),
        after.decode(errors="replace").splitlines(),
        f"a/{one.before or one.after}",
        f"b/{one.after or one.before}",
        lineterm="",
    )
    return [line if len(line) <= width else f"{line[:width]}… ({len(line)} characters)" for line in lines]


# As JSON


def encode_release(release: Release) -> bytes:
    return _encode(release)


def decode_release(text: bytes) -> Release:
    def build(data: dict[str, Any]) -> Release:
        data["files"] = {name: Facts(**facts) for name, facts in data["files"].items()}
        data["pointers"] = _pointers(data["pointers"])
        return Release(**data)

    return _decode(text, "release record", build)


def encode_head(head: Head) -> bytes:
    return _encode(head)


def decode_head(text: bytes) -> Head:
    def build(data: dict[str, Any]) -> Head:
        for name in SLOTS:
            if data[name]:
                data[name] = Slot(**{**data[name], "pointers": _pointers(data[name]["pointers"])})
        data["proof"] = Proof(**data["proof"]) if data["proof"] else None
        data["history"] = tuple(Act(**act) for act in data["history"])
        return Head(**data)

    return _decode(text, "journal", build)


def _encode(data: Release | Head) -> bytes:
    return json.dumps({"format": FORMAT, **_plain(data)}, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    """As JSON holds it: a named tuple is an object, bytes are base64."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _decode(text: bytes, what: str, build: Callable[[dict[str, Any]], Decoded]) -> Decoded:
    try:
        data = json.loads(text)
        if data.pop("format") == FORMAT:
            return build(data)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Refused(f"the {what} in the bucket is damaged: it cannot be read") from None
    raise Refused(f"the {what} was written by a newer tools.sync: update this checkout")


def _pointers(data: dict[str, Any]) -> dict[str, Pointer]:
    return {
        name: Pointer(Facts(**pointer["facts"]), base64.b64decode(pointer["body"])) for name, pointer in data.items()
    }
