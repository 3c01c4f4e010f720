"""What is kept of signed waivers and of their log, sorted for the checks. Pure: items go in."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chalicelib.charters.store import SIGNED
from chalicelib.core.dynamo import Item
from chalicelib.waivers import log_store, store
from chalicelib.waivers.evidence import canonical, checkpoint, merkle
from chalicelib.waivers.evidence.checkpoint import Checkpoint
from chalicelib.waivers.fields import SetAsidePayload, WaiverPayload
from chalicelib.waivers.log_store import Tree, Waiting
from chalicelib.waivers.store import StoredRecord

Key = tuple[str, str]
"""Partition and sort key of an item."""
KINDS = ("RECORD", "SET_ASIDE", "DRAWING", "COPY", "SIGNED", "WAIVER_LOG", "WAIVER_LOG_WAITING")
# By these, records are looked up and compared.
_TEXTS = ("type", "log", "waiver_id", "event_id", "waiver_version", "signed_at", "at")


class Sealed(NamedTuple):
    """A signed record, or the act that set one aside."""

    stored: StoredRecord
    leaf_hash: bytes


class MailedText(NamedTuple):
    """A checkpoint that was mailed, as the mail has it."""

    told: Checkpoint
    last_size: int
    last_root: str
    """Of the one before, in base64; empty for the first."""


@dataclass
class Told:
    """The checkpoints of a log that were mailed."""

    last: Tree = field(default_factory=Tree)
    days: dict[str, Tree] = field(default_factory=dict)
    texts: dict[str, MailedText] = field(default_factory=dict)
    """What the mails themselves say, by day."""


@dataclass
class WaiverRecords:
    records: dict[Key, Sealed] = field(default_factory=dict)
    acts: dict[Key, Sealed] = field(default_factory=dict)
    drawings: dict[str, str] = field(default_factory=dict)
    """The strokes of each form that was drawn on, by its partition; empty once erased."""
    copies: dict[str, list[str]] = field(default_factory=dict)
    """Till when each private link of a form opens, by its partition; empty once it does not any more."""
    lists: dict[str, dict[int, list[dict[str, Any]]]] = field(default_factory=dict)
    """Who has signed, by charter and place of the chunk: nothing is sure of the rows yet."""
    tree: Tree = field(default_factory=Tree)
    leaves: dict[int, Key] = field(default_factory=dict)
    """Of which record each leaf is."""
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    waiting: dict[Key, Waiting] = field(default_factory=dict)
    """What is not in the log yet, by the key of the record."""
    told: Told = field(default_factory=Told)

    def forms(self) -> dict[str, bool]:
        """Of each form, by its name, whether the record of who signed it was erased."""
        found: dict[str, bool] = {}
        for (form, number), one in self.records.items():
            name = form.partition("#")[2]
            found[name] = found.get(name, False) or (number == "RECORD#00" and one.stored.erased is not None)
        return found

    @property
    def erased(self) -> int:
        return sum(one.stored.erased is not None for one in self.records.values())


def add(found: WaiverRecords, kind: str, item: Item) -> None:
    """Raises KeyError, TypeError or ValueError for an item that cannot be read."""
    pk, sk = item["PK"]["S"], item["SK"]["S"]
    if kind == "RECORD":
        found.records[pk, sk] = _to_sealed(item, "waiver")
    elif kind == "SET_ASIDE":
        found.acts[pk, sk] = _to_sealed(item, "set_aside")
    elif kind == "DRAWING":
        found.drawings[pk] = item["strokes"]["S"]
    elif kind == "COPY":
        found.copies.setdefault(pk, []).append(item["until"]["S"])
    elif kind == "SIGNED":
        chunks = found.lists.setdefault(pk.partition("#")[2], {})
        chunks[int(sk.removeprefix(SIGNED))] = [dict(row) for row in json.loads(item["rows"]["S"])]
    elif kind == "WAIVER_LOG_WAITING":
        waiting = log_store.to_waiting(item)
        found.waiting[to_key(waiting.record)] = waiting
    else:
        _add_to_log(found, item, sk)


def _to_sealed(item: Item, kind: str) -> Sealed:
    stored = store.to_stored(item)
    names = WaiverPayload.__annotations__ if kind == "waiver" else SetAsidePayload.__annotations__
    payload: dict[str, Any] = {**stored.payload}
    if not names.keys() <= payload.keys() or payload["type"] != kind:
        raise ValueError(f"it is not a {kind}")
    if not all(isinstance(payload[name], str) for name in _TEXTS if name in names):
        raise TypeError("a field of the payload is no text")
    return Sealed(stored, merkle.hash_leaf(canonical.encode(payload)))


def _add_to_log(found: WaiverRecords, item: Item, sk: str) -> None:
    name, _, place = sk.partition("#")
    if sk == "TREE":
        found.tree = log_store.to_tree(item)
    elif name == "LEAF":
        found.leaves[int(place)] = to_key(item["record"]["M"])
    elif name == "TILE":
        level, _, number = place.partition("#")
        found.tiles[int(level), int(number)] = base64.b64decode(item["hashes"]["S"], validate=True)
    else:
        add_told(found.told, item, sk)


def add_told(found: Told, item: Item, sk: str) -> None:
    name, _, day = sk.partition("#")
    if sk == "MAILED":
        found.last = log_store.to_tree(item)
    elif name == "MAILED":
        found.days[day] = log_store.to_tree(item)


def add_mail(found: Told, mail_id: str, data: dict[str, Any]) -> None:
    """A mail that told a checkpoint."""
    told = MailedText(checkpoint.parse(data["checkpoint"]), int(data["last_size"]), str(data["last_root"]))
    if told.told.size != data["size"] or not mail_id.endswith(f"checkpoint-{data['day']}"):
        raise ValueError("it tells two sizes, or two days")
    found.texts[data["day"]] = told


def to_key(key: Item) -> Key:
    return key["PK"]["S"], key["SK"]["S"]
