"""The log of signed waivers made anew from the records, compared with what is kept of it and with what was mailed."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chalicelib.ledger_log import hashes_of
from chalicelib.waivers.evidence import merkle
from chalicelib.waivers.evidence.checkpoint import Checkpoint
from chalicelib.waivers.log_store import Tree, Waiting
from tools.audit.records import Difference, Records
from tools.audit.waiver_records import Key, Sealed, Told, WaiverRecords

_LOG = "the log of waivers"
# In place of a record that is gone: no leaf has this hash.
_NO_HASH = bytes(merkle.HASH_BYTES)


def check_log(records: Records) -> Iterator[Difference]:
    found = records.waivers
    sealed: Mapping[Key, Sealed] = {**found.records, **found.acts}
    yield from _places(found, sealed)
    yield from _waiting(found, sealed)
    hashes = _leaf_hashes(found, sealed)
    yield from _tree(found, sealed, hashes)
    yield from _tiles(found, hashes)
    yield from _told("", found.told, found.tree.origin, hashes)
    yield from _mails("", found.told)


def check_ledger_log(records: Records) -> Iterator[Difference]:
    """The ledger continues every checkpoint of it that was ever mailed."""
    told, hashes = records.ledger_told, hashes_of(records.entries)
    yield from _told(" of the ledger", told, told.last.origin, hashes)
    yield from _mails(" of the ledger", told)


def check_kept(records: Records, kept: Iterable[Checkpoint]) -> Iterator[Difference]:
    """The same for checkpoints from mails that the operator has kept."""
    hashes = hashes_of(records.entries)
    read_node = merkle.nodes_of(hashes)
    for one in kept:
        subject = f"the checkpoint of the ledger that was kept, of {one.size} entries"
        yield from _continued(subject, one, len(hashes), read_node)


def subject_of(one: Sealed) -> str:
    what = "" if one.stored.payload["type"] == "waiver" else "the setting aside of "
    return f"{what}waiver {one.stored.payload['waiver_id']}"


def _places(found: WaiverRecords, sealed: Mapping[Key, Sealed]) -> Iterator[Difference]:
    """Each record is in the log once, at the place that it tells, or waits for it."""
    places: defaultdict[Key, list[int]] = defaultdict(list)
    for index, key in found.leaves.items():
        places[key].append(index)
        if key not in sealed:
            yield Difference(f"leaf {index}", "record", "its record is gone")
    for key, one in sealed.items():
        known, told = sorted(places[key]), one.stored.leaf_index
        if len(known) > 1:
            yield Difference(subject_of(one), "leaf", f"it is in the log {len(known)} times")
        elif known and told != known[0]:
            yield Difference(subject_of(one), "leaf", f"its place in the log is {known[0]}, but it tells {told}")
        elif not known and told is not None:
            yield Difference(subject_of(one), "leaf", f"it tells place {told}, but the log does not have it there")
        elif not known and key not in found.waiting:
            yield Difference(subject_of(one), "leaf", "it is neither in the log nor waiting for it")


def _waiting(found: WaiverRecords, sealed: Mapping[Key, Sealed]) -> Iterator[Difference]:
    for key, waiting in found.waiting.items():
        one = sealed.get(key)
        if one is None:
            yield Difference("what waits for the log", f"record {key}", "one of them has no record")
        elif one.stored.leaf_index is not None:
            yield Difference(subject_of(one), "waiting", "it is in the log and waits for it, too")
        elif not _is_same(waiting, one):
            yield Difference(subject_of(one), "waiting", "what waits for the log is not what was signed")


def _is_same(waiting: Waiting, one: Sealed) -> bool:
    # Setting aside changes the record before it is in the log.
    row: Mapping[str, Any] = {name: value for name, value in one.stored.row.items() if name != "set_aside"}
    is_row = waiting.row is None if one.stored.payload["type"] != "waiver" else {**(waiting.row or {})} == row
    same_charter = waiting.event_id == one.stored.payload["event_id"]
    return is_row and same_charter and json.loads(waiting.payload_text) == one.stored.payload


def _leaf_hashes(found: WaiverRecords, sealed: Mapping[Key, Sealed]) -> list[bytes]:
    """Of the log as its end says that it is, from the records alone."""
    keys = [found.leaves.get(index, ("", "")) for index in range(found.tree.size)]
    return [sealed[key].leaf_hash if key in sealed else _NO_HASH for key in keys]


def _tree(found: WaiverRecords, sealed: Mapping[Key, Sealed], hashes: list[bytes]) -> Iterator[Difference]:
    size = found.tree.size
    for index in sorted(set(range(size)) ^ found.leaves.keys()):
        text = "it is missing" if index < size else f"the log ends after {size} leaves"
        yield Difference(f"leaf {index}", "leaf", text)
    if merkle.root_of(hashes) != (found.tree.root or merkle.root_of([])):
        yield Difference(_LOG, "root", f"the root of its {size} leaves is not that of the records")
    for key in found.leaves.values():
        if key in sealed and sealed[key].stored.payload["log"] != found.tree.origin:
            yield Difference(subject_of(sealed[key]), "origin", "it was signed for another log")


def _tiles(found: WaiverRecords, hashes: list[bytes]) -> Iterator[Difference]:
    """The hashes that proofs are made from. One of a leaf says which record is not what was logged."""
    expected = merkle.append(0, hashes, lambda *_: b"")
    for level, number in sorted(expected.keys() | found.tiles.keys()):
        made, kept = expected.get((level, number), b""), found.tiles.get((level, number), b"")
        if made == kept:
            continue
        subject = f"tile {number} of level {level}"
        if level == 0 and len(made) == len(kept):
            for place in range(0, len(made), merkle.HASH_BYTES):
                if made[place : place + merkle.HASH_BYTES] != kept[place : place + merkle.HASH_BYTES]:
                    leaf = number * (1 << merkle.TILE_HEIGHT) + place // merkle.HASH_BYTES
                    yield Difference(f"leaf {leaf}", "hash", "its record is not the one that was logged")
        else:
            yield Difference(subject, "hashes", "its hashes are not those of the records")


# --- what was mailed ------------------------------------------------------------------------------


def _told(of_log: str, found: Told, origin: str, hashes: list[bytes]) -> Iterator[Difference]:
    """The log continues every checkpoint that was ever mailed."""
    told = [(day, _to_checkpoint(tree)) for day, tree in found.days.items()]
    told += [(day, text.told) for day, text in found.texts.items()]
    if found.last.size:
        told.append(("", _to_checkpoint(found.last)))
    read_node = merkle.nodes_of(hashes)
    for day, one in told:
        subject = f"the checkpoint{of_log} mailed {f'on {day}' if day else 'last'}"
        yield from _continued(subject, one, len(hashes), read_node)
        if one.origin != origin:
            yield Difference(subject, "origin", "it is of another log")


def _continued(subject: str, told: Checkpoint, size: int, read_node: merkle.NodeReader) -> Iterator[Difference]:
    if told.size > size:
        yield Difference(subject, "size", f"{told.size} leaves were told of, and the log has {size}")
    elif merkle.root_at(told.size, read_node) != told.root:
        yield Difference(subject, "root", f"the log's first {told.size} leaves are not those that were told of")


def _to_checkpoint(tree: Tree) -> Checkpoint:
    return Checkpoint(tree.origin, tree.size, tree.root)


def _mails(of_log: str, found: Told) -> Iterator[Difference]:
    """Each mailed checkpoint stands in the table and in its mail, which also tells the one before."""
    last = Tree()
    for day in sorted(found.days.keys() | found.texts.keys()):
        subject = f"the checkpoint{of_log} mailed on {day}"
        tree, text = found.days.get(day), found.texts.get(day)
        if tree is None:
            yield Difference(subject, "day", "its mail is there, but the log does not know of it")
        elif text is None:
            yield Difference(subject, "mail", "its mail is missing")
        elif text.told != _to_checkpoint(tree):
            yield Difference(subject, "mail", "its mail says another one than the log")
        if text and (text.last_size, text.last_root) != (last.size, merkle.encode_hash(last.root)):
            yield Difference(subject, "before", "the one before it is not the one that its mail continues")
        last = tree or (Tree(*text.told) if text else last)
    if found.last != last:
        subject = f"the checkpoint{of_log} mailed last"
        yield Difference(subject, "last", "it is not that of the last day that one was mailed on")
