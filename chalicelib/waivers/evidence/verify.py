"""Whether an exported log, or the bundle of one record, is what was signed: one sentence says what is wrong, and where.

Records are counted from 1, in the order of the log; setting a record aside is a record of its own.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from chalicelib.waivers.evidence import canonical, checkpoint, disclosures, merkle
from chalicelib.waivers.evidence.checkpoint import Checkpoint


class Verdict(NamedTuple):
    """What a file holds; of a file with a fault nothing else is said.

    `records` are the signed waivers, `leaves` all that is in the log, `erased` the personal fields that are gone,
    `head` the log's root in base64. For a bundle, `position` is its record's place in the log, from 1, and `unjudged`
    counts the told checkpoints of other sizes, which only a whole export can be compared with.
    """

    fault: str | None
    records: int = 0
    leaves: int = 0
    erased: int = 0
    set_aside: int = 0
    head: str = ""
    position: int | None = None
    unjudged: int = 0


class _Fault(Exception):
    """Its text is the sentence."""


class _Leaf(NamedTuple):
    payload: Mapping[str, Any]
    type: str
    log: str
    waiver_id: str
    erased: int
    leaf_hash: bytes


_LOG_PARTS: Final = {"leaves", "checkpoint", "next"}
_BUNDLE_PARTS: Final = {"payload", "disclosures", "text", "inclusion", "checkpoint"}
_INSTANT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
_SHAPES: Final = {
    "waiver": {
        "log": r"\S+",
        "waiver_id": "[0-9a-f]{32}",
        "event_id": r"\S+",
        "waiver_version": "[0-9a-f]{64}",
        "signed_at": _INSTANT,
    },
    "set_aside": {"log": r"\S+", "waiver_id": "[0-9a-f]{32}", "event_id": r"\S+", "at": _INSTANT},
}
"""What every payload of a type must hold, so that a damaged one is named; whether it is the one that was logged, only
the root can tell."""


def find_fault_in(file: bytes, told: Sequence[Checkpoint] = ()) -> Verdict:
    """Judges an export (`GET /api/waivers.json`) or a bundle, alone and against checkpoints told outside the system.

    Every byte counts: the file must be written as JSON writers do it, in one of the usual ways. Else something may
    have been added that a reader of JSON passes over.
    """
    try:
        content = _read(file)
        verdict = _judge_log(content, told) if "leaves" in content else _judge_bundle(content, told)
        if not _is_usual_spelling(content, file):
            raise _Fault("the file was changed between its records: no JSON writer spells it so")
    except _Fault as fault:
        return Verdict(str(fault))
    except RecursionError:
        return Verdict("the file is nested too deep")
    return verdict


# --- the file -------------------------------------------------------------------------------------


def _read(file: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(file.decode(), object_pairs_hook=_unique)
    except ValueError as problem:
        raise _Fault(f"the file cannot be read as JSON: {problem}") from None
    if not isinstance(content, dict) or not content.keys() & {"leaves", "payload"}:
        raise _Fault("the file is neither an export of the log nor the bundle of a record")
    return content


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A second value under the same name would be one that no hash has covered."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands in it twice")
    return dict(pairs)


def _is_usual_spelling(content: Mapping[str, Any], file: bytes) -> bool:
    """Compact, with blanks after commas and colons, or indented; with or without a line break at the end."""
    text = file.decode().removesuffix("\n")
    indent = re.match(r"\{\n( {1,8}|\t)\S", text)
    layouts: list[dict[str, Any]] = [{"indent": indent[1]}] if indent else [{"separators": (",", ":")}, {}]
    return any(
        text == json.dumps(content, ensure_ascii=ascii_only, **layout)
        for layout in layouts
        for ascii_only in (True, False)
    )


def _check_parts(what: str, content: object, parts: set[str], *, optional: str = "") -> Mapping[str, Any]:
    """The content, if it is an object with exactly these parts."""
    if not isinstance(content, dict):
        raise _Fault(f"{what} is not an object")
    if missing := parts - content.keys():
        raise _Fault(f"{what} has no {min(missing)!r}")
    if unknown := content.keys() - parts - {optional}:
        raise _Fault(f"{what} has a part that none has: {min(unknown)[:40]!r}")
    return content


# --- a record -------------------------------------------------------------------------------------


def _read_leaf(what: str, payload: object, disclosed: object) -> _Leaf:
    """The record that is called so, if it holds together. Of what log it is, is not judged here."""
    kind = payload.get("type") if isinstance(payload, dict) else None
    if not isinstance(payload, dict) or not isinstance(kind, str) or kind not in _SHAPES:
        raise _Fault(f"{what}: it is not a record")
    for name, shape in _SHAPES[kind].items():
        if not isinstance(payload.get(name), str) or not re.fullmatch(shape, payload[name]):
            raise _Fault(f"{what}: its {name} is missing or malformed")
    if not isinstance(disclosed, list) or not all(isinstance(one, str) for one in disclosed):
        raise _Fault(f"{what}: its disclosures are not a list of texts")
    if fault := disclosures.find_fault(payload, disclosed):
        raise _Fault(f"{what}: {fault}")
    try:
        leaf_hash = merkle.hash_leaf(canonical.encode(payload))
    except ValueError as problem:
        raise _Fault(f"{what}: its payload holds what none can: {problem}") from None
    erased = len(payload[disclosures.DIGESTS]) - len(disclosed)
    return _Leaf(payload, kind, payload["log"], payload["waiver_id"], erased, leaf_hash)


# --- the whole log --------------------------------------------------------------------------------


def _judge_log(content: Mapping[str, Any], told: Sequence[Checkpoint]) -> Verdict:
    _check_parts("the file", content, _LOG_PARTS)
    if content["next"] is not None:
        raise _Fault("the file is a part of the log: 'next' says that more follows")
    head = _read_checkpoint(content["checkpoint"])
    leaves = list(_read_leaves(content["leaves"], head.origin))
    _compare([leaf.leaf_hash for leaf in leaves], head, told)
    return Verdict(
        None,
        records=sum(leaf.type == "waiver" for leaf in leaves),
        leaves=len(leaves),
        erased=sum(leaf.erased for leaf in leaves),
        set_aside=len({leaf.waiver_id for leaf in leaves if leaf.type == "set_aside"}),
        head=merkle.encode_hash(head.root),
    )


def _read_checkpoint(text: object) -> Checkpoint:
    try:
        return checkpoint.parse(text if isinstance(text, str) else "")
    except ValueError:
        raise _Fault("the log's head is not a checkpoint") from None


def _read_leaves(leaves: object, origin: str) -> Iterator[_Leaf]:
    if not isinstance(leaves, list):
        raise _Fault("the file has no list of leaves")
    signed: dict[str, int] = {}
    set_aside: dict[str, int] = {}
    for position, one in enumerate(leaves, 1):
        what = f"record {position}"
        parts = _check_parts(what, one, {"payload", "disclosures"})
        leaf = _read_leaf(what, parts["payload"], parts["disclosures"])
        if position == 1 and leaf.log != origin:
            raise _Fault(f"the log's head is of another log than its first record: {origin[:80]}, not {leaf.log[:80]}")
        if leaf.log != origin:
            raise _Fault(f"{what}: it is of another log: {leaf.log[:80]!r}")
        if leaf.type == "waiver":
            if leaf.waiver_id in signed:
                raise _Fault(f"{what}: its waiver_id is that of record {signed[leaf.waiver_id]}")
            signed[leaf.waiver_id] = position
        else:
            set_aside.setdefault(leaf.waiver_id, position)
        yield leaf
    if unknown := set_aside.keys() - signed.keys():
        raise _Fault(f"record {min(set_aside[one] for one in unknown)}: it sets aside a record that is not in the log")


def _compare(leaf_hashes: Sequence[bytes], head: Checkpoint, told: Sequence[Checkpoint]) -> None:
    """The told checkpoints first, from the smallest on: they narrow down where a difference is."""
    count, read_node = len(leaf_hashes), merkle.nodes_of(leaf_hashes)
    whole_to = 0
    for one in sorted(told, key=lambda one: one.size):
        _check_origin(one, head)
        if one.size > count:
            raise _Fault(f"the log is shorter than the checkpoint of {one.size} leaves told: it has {count}")
        if merkle.root_at(one.size, read_node) != one.root:
            difference = _difference(whole_to, one.size)
            raise _Fault(f"the log does not continue the checkpoint of {one.size} leaves told: {difference}")
        whole_to = one.size
    if head.size != count:
        what = "removed" if head.size > count else "added"
        raise _Fault(f"the log's head is of {head.size} leaves, but {count} stand here: a record was {what}")
    if merkle.root_at(count, read_node) != head.root:
        raise _Fault(f"the log's head does not match its records: {_difference(whole_to, count)}")


def _check_origin(told: Checkpoint, head: Checkpoint) -> None:
    if told.origin != head.origin:
        raise _Fault(f"the checkpoint of {told.size} leaves told is of another log, {told.origin[:80]}")


def _difference(whole_to: int, end: int) -> str:
    where = f", behind record {whole_to} and up to {end}" if 0 < whole_to < end else ""
    return f"a record was changed, removed, added or moved{where}"


# --- one record -----------------------------------------------------------------------------------


def _judge_bundle(content: Mapping[str, Any], told: Sequence[Checkpoint]) -> Verdict:
    _check_parts("the file", content, _BUNDLE_PARTS, optional="drawing")
    leaf = _read_leaf("the record", content["payload"], content["disclosures"])
    if leaf.type != "waiver":
        raise _Fault("the record is not a signed waiver")
    if not _has_hash(content["text"], leaf.payload["waiver_version"]):
        raise _Fault("the text is not the one that was signed")
    if "drawing" in content and not _has_hash(content["drawing"], leaf.payload.get("drawing_sha256")):
        raise _Fault("the drawing is not the one that was signed")
    head = _read_checkpoint(content["checkpoint"])
    if leaf.log != head.origin:
        raise _Fault(f"the checkpoint is of another log than the record: {head.origin[:80]}, not {leaf.log[:80]}")
    index, proof = _read_inclusion(content["inclusion"], head.size)
    if not merkle.verify_inclusion(leaf.leaf_hash, index, head.size, proof, head.root):
        raise _Fault("the record is not in the log at this place: it, its proof or the checkpoint was changed")
    for one in told:
        _check_origin(one, head)
        if one.size == head.size and one.root != head.root:
            raise _Fault(f"the checkpoint of {one.size} leaves told has another root than the record's")
    return Verdict(
        None,
        records=1,
        leaves=head.size,
        erased=leaf.erased,
        head=merkle.encode_hash(head.root),
        position=index + 1,
        unjudged=sum(one.size != head.size for one in told),
    )


def _has_hash(text: object, expected: object) -> bool:
    try:
        return isinstance(text, str) and canonical.text_hash(text) == expected
    except ValueError:
        # JSON can carry half a character.
        return False


def _read_inclusion(inclusion: object, size: int) -> tuple[int, list[bytes]]:
    """Index and proof for a log of this size."""
    parts = _check_parts("the proof", inclusion, {"leaf_index", "tree_size", "proof"})
    index, proof = parts["leaf_index"], parts["proof"]
    if type(index) is not int or type(parts["tree_size"]) is not int or not isinstance(proof, list):
        raise _Fault("the proof is not one")
    if parts["tree_size"] != size:
        raise _Fault(f"the proof is for {parts['tree_size']} leaves, the checkpoint is of {size}")
    try:
        return index, [merkle.decode_hash(node) for node in proof]
    except (TypeError, ValueError):
        raise _Fault("the proof is not a list of hashes") from None
