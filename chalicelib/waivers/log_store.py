"""The log in the table: what waits, the lease of its writer, the tree's head and hashes, which record is which leaf."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from chalicelib.charters import directory
from chalicelib.charters.store import SIGNED, Charter, charter_key
from chalicelib.core.dynamo import (
    Item,
    db,
    is_written,
    item_key,
    n,
    put_write,
    query_items,
    read_item,
    read_items,
    s,
    table_name,
    update,
    write_all,
)
from chalicelib.core.errors import AlreadyExists, WriteConflict
from chalicelib.mail.store import Mail, mail_writes
from chalicelib.waivers import people
from chalicelib.waivers.evidence import canonical, merkle
from chalicelib.waivers.fields import Payload
from chalicelib.waivers.people import FoundRow, SignedRow

LOG, WAITING = "WAIVER_LOG", "WAIVER_LOG_WAITING"
TREE, _LEASE = (item_key(LOG, name) for name in ("TREE", "LEASE"))


class Waiting(NamedTuple):
    """A leaf that is not in the log yet."""

    key: Item
    event_id: str
    record: Item
    """The key of the record, or of the act, whose payload it is."""
    payload_text: str
    row: FoundRow | None
    """Of a signed record; None for an act."""

    @property
    def since(self) -> str:
        """When it was signed, or the act was done."""
        return str(self.key["SK"]["S"]).partition("#")[0]


class Tree(NamedTuple):
    """The log's end."""

    origin: str = ""
    size: int = 0
    """Leaves."""
    root: bytes = merkle.EMPTY_ROOT


EMPTY = Tree()


def payload_text(payload: Payload) -> str:
    return canonical.encode(payload).decode()


def leaf_key(index: int) -> Item:
    return item_key(LOG, f"LEAF#{index:012d}")


def tile_key(level: int, number: int) -> Item:
    return item_key(LOG, f"TILE#{level}#{number:09d}")


def chunk_key(event_id: str, position: int) -> Item:
    return item_key(f"EVENT#{event_id}", f"{SIGNED}{position:04d}")


# --- what waits -------------------------------------------------------------------------------------


def waiting_write(event_id: str, record: Item, payload: Payload, row: FoundRow | None) -> Item:
    """The write that hands a record or an act to the log's writer."""
    at = payload["signed_at"] if payload["type"] == "waiver" else payload["at"]
    name = f"{at}#{record['PK']['S']}#{record['SK']['S']}"
    item = {
        **item_key(WAITING, name),
        "event_id": s(event_id),
        "record": {"M": record},
        "payload": s(payload_text(payload)),
        "row": s(json.dumps(row, ensure_ascii=False)),
    }
    return put_write(item, only_new=True)


def list_waiting(limit: int) -> list[Waiting]:
    """What has waited longest."""
    page = db().query(
        TableName=table_name(),
        KeyConditionExpression="PK = :pk",
        ExpressionAttributeValues={":pk": s(WAITING)},
        ConsistentRead=True,
        Limit=limit,
    )
    return list(map(to_waiting, page["Items"]))


def to_waiting(item: Item) -> Waiting:
    return Waiting(
        key={"PK": item["PK"], "SK": item["SK"]},
        event_id=item["event_id"]["S"],
        record=item["record"]["M"],
        payload_text=item["payload"]["S"],
        row=json.loads(item["row"]["S"]),
    )


# --- the lease --------------------------------------------------------------------------------------


def take_lease(holder: str, now_ms: int, until_ms: int) -> bool:
    """Whether this holder is the log's writer until then. It protects nothing, it only spares useless transactions:
    a batch is written behind the size of the tree that its writer has seen.
    """
    values = {":holder": s(holder), ":until": n(until_ms), ":now": n(now_ms)}
    condition = "attribute_not_exists(PK) OR until_ms < :now OR holder = :holder"
    lease = update(_LEASE, "SET holder = :holder, until_ms = :until", values, condition)
    return is_written(db().update_item, or_busy=True, **lease)


def release_lease(holder: str) -> None:
    end = update(_LEASE, "SET until_ms = :past", {":past": n(0), ":holder": s(holder)}, "holder = :holder")
    is_written(db().update_item, or_busy=True, **end)


# --- appending --------------------------------------------------------------------------------------


def read_tree() -> Tree:
    return to_tree(read_item(TREE))


def to_tree(item: Item | None) -> Tree:
    return Tree(item["origin"]["S"], int(item["size"]["N"]), merkle.decode_hash(item["root"]["S"])) if item else EMPTY


def read_end(event_ids: Sequence[str]) -> dict[str, Item]:
    """The tree's head and these charters, in one read; the head under TREE, each charter under its id."""
    items = read_items([TREE, *map(charter_key, event_ids)])
    return {"TREE" if item["PK"]["S"] == LOG else item["PK"]["S"].removeprefix("EVENT#"): item for item in items}


def read_lists_and_tiles(
    chunks: Sequence[tuple[str, int]], tiles: Sequence[tuple[int, int]]
) -> tuple[dict[str, list[Item]], dict[tuple[int, int], bytes]]:
    """Each charter's list of who has signed, as its chunks in their order; and the tiles' contents. One read."""
    keys = [chunk_key(event_id, position) for event_id, count in chunks for position in range(count)]
    items = read_items([*keys, *(tile_key(*tile) for tile in tiles)]) if keys or tiles else []
    lists: dict[str, list[Item]] = {}
    found: dict[tuple[int, int], bytes] = {}
    for item in sorted(items, key=lambda item: str(item["SK"]["S"])):
        if item["PK"]["S"] == LOG:
            _, level, number = item["SK"]["S"].split("#")
            found[int(level), int(number)] = _hashes(item)
        else:
            lists.setdefault(item["PK"]["S"].removeprefix("EVENT#"), []).append(item)
    return lists, found


def read_tile(level: int, number: int) -> bytes:
    item = read_item(tile_key(level, number))
    return _hashes(item) if item else b""


def _hashes(item: Item) -> bytes:
    return base64.b64decode(item["hashes"]["S"])


def append(
    seen: Tree, tree: Tree, tiles: Mapping[tuple[int, int], bytes], batch: Sequence[Waiting], lists: Sequence[Item]
) -> None:
    """One transaction: the tree's new end, its tiles, the leaves and what they are about, and the charters' `lists`.

    Raises WriteConflict if the tree or a charter's list is not as it was seen any more.
    """
    writes = [_end_write(TREE, tree, seen), *lists]
    writes += [
        put_write({**tile_key(*tile), "hashes": s(base64.b64encode(hashes).decode())}) for tile, hashes in tiles.items()
    ]
    there = "attribute_exists(PK)"
    for index, waiting in enumerate(batch, seen.size):
        leaf = {**leaf_key(index), "record": {"M": waiting.record}}
        writes += [
            put_write(leaf, condition="attribute_not_exists(PK)"),
            {"Update": update(waiting.record, "SET leaf_index = :index", {":index": n(index)}, there)},
            {"Delete": {"TableName": table_name(), "Key": waiting.key, "ConditionExpression": there}},
        ]
    write_all(writes)


def _end_write(key: Item, tree: Tree, seen: Tree) -> Item:
    """The write that notes an end of the log where the `seen` one is noted still; an empty one is not noted at all."""
    if seen.size:
        return put_write({**key, **_end(tree)}, condition="#size = :seen", values={":seen": n(seen.size)})
    return put_write({**key, **_end(tree)}, condition="attribute_not_exists(PK)")


def _end(tree: Tree) -> Item:
    return {"origin": s(tree.origin), "size": n(tree.size), "root": s(merkle.encode_hash(tree.root))}


def list_writes(charter: Charter, before: Sequence[SignedRow], rows: Sequence[SignedRow]) -> list[Item]:
    """The writes that give a charter these rows as its list of who has signed, and the counts that follow from them.

    Only chunks that differ are written. Fails as a conflict if the list was changed since the charter was read.
    """
    values = {":seq": n(charter.signed_seq + 1), ":rows": n(len(rows)), ":count": n(len(people.people(rows)))}
    change = "SET signed_seq = :seq, signed_rows = :rows, signed_count = :count"
    if guest_ids := people.signed_guest_ids(rows):
        values[":guests"], change = {"SS": sorted(guest_ids)}, f"{change}, signed_guest_ids = :guests"
    else:
        change = f"{change} REMOVE signed_guest_ids"
    condition = "attribute_exists(PK) AND attribute_not_exists(signed_seq)"
    if charter.signed_seq:
        values[":seen"], condition = n(charter.signed_seq), "signed_seq = :seen"
    writes = [{"Update": update(charter_key(charter.event_id), change, values, condition)}]
    for start in range(0, len(rows), people.CHUNK):
        chunk = rows[start : start + people.CHUNK]
        if chunk != before[start : start + people.CHUNK]:
            key = chunk_key(charter.event_id, start // people.CHUNK)
            writes.append(put_write({**key, "rows": s(people.dump_rows(chunk))}))
    values = {":signed": s(people.searched_names(rows))}
    writes.append({"Update": update(directory.directory_key(charter.event_id), "SET signed = :signed", values)})
    return writes


def list_leaves(after: int, last: int) -> Iterator[Item | None]:
    """The keys of what the leaves from one place in the log up to before another are about; None for a leaf that is
    gone.
    """
    if after >= last:
        return
    items = query_items(
        KeyConditionExpression="PK = :pk AND SK BETWEEN :first AND :last",
        ExpressionAttributeValues={":pk": s(LOG), ":first": leaf_key(after)["SK"], ":last": leaf_key(last - 1)["SK"]},
        ConsistentRead=True,
    )
    item = next(items, None)
    for index in range(after, last):
        if item and item["SK"] == leaf_key(index)["SK"]:
            yield item["record"]["M"]
            item = next(items, None)
        else:
            yield None


# --- checkpoints that were mailed -------------------------------------------------------------------


def read_mailed(log: str = LOG) -> Tree:
    """A log's end as it was mailed last; an empty one if it never was."""
    return to_tree(read_item(item_key(log, "MAILED")))


def queue_checkpoint_mail(mail: Mail, tree: Tree, last: Tree, day: str, log: str = LOG) -> bool:
    """Queues the mail about a log's end, once, and keeps what was told; False if another has done so."""
    told = put_write({**item_key(log, f"MAILED#{day}"), **_end(tree)})
    try:
        write_all([*mail_writes(mail), _end_write(item_key(log, "MAILED"), tree, last), told], unique=0)
    except (AlreadyExists, WriteConflict):
        return False
    return True
