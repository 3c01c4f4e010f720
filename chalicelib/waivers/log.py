"""The log's writer: one at a time appends in batches what has been signed, together with the charters' counters.

Who has just signed tries to be the writer and, if another is, answers the guest at once. The minute's schedule appends
what is left. A writer that dies leaves nothing half done: each batch is one transaction behind the size it has seen.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.charters.store import Charter, to_charter
from chalicelib.core import system, times
from chalicelib.core.errors import WriteConflict, trace
from chalicelib.core.settings import settings
from chalicelib.waivers import log_store, people
from chalicelib.waivers.evidence import merkle
from chalicelib.waivers.evidence.checkpoint import WAIVERS, Checkpoint
from chalicelib.waivers.log_store import Tree, Waiting

logger = logging.getLogger("scc.waivers")

# A batch takes well under a second. Who holds the lease longer than this has died.
LEASE_MS = 5_000
# The writer has a guest of its own who waits for the answer.
GUEST_S, SWEEP_S = 1.5, 3.0
LONGEST_WAIT = timedelta(minutes=10)
# DynamoDB takes 100 writes in one transaction; beside the leaves, one is the tree's end and at most a few are tiles.
# Signatures are added to the last two chunks of a charter's list; an act may change one more, wherever its record is.
# The names go into the directory of charters, too.
MAX_WRITES, TREE_WRITES, LEAF_WRITES, ACT_WRITES, CHARTER_WRITES = 100, 6, 3, 4, 4
MAX_BATCH = (MAX_WRITES - TREE_WRITES) // LEAF_WRITES


def origin(tree: Tree) -> str:
    """The log's name: where it could be asked for, without a scheme, when its first leaf was appended.

    It stays when the site moves to another domain: all leaves and checkpoints of a log have one name.
    """
    return tree.origin or f"{settings().base_url.partition('://')[2]}{WAIVERS}"


def append_after_signing() -> None:
    """What is signed stays signed, whatever becomes of this: the schedule does it again."""
    _try_to_append(GUEST_S)


def _try_to_append(budget_s: float) -> None:
    try:
        append_waiting(budget_s=budget_s)
    except Exception as problem:
        # An alarm counts these lines: see WaiverLogAlarm in .chalice/resources.yaml.
        logger.error("waiver-log-alarm: a batch was not appended\n%s", trace(problem))


def sweep(now: datetime) -> None:
    """What the schedule does: appends what is left. What has waited for long is an alarm."""
    _try_to_append(SWEEP_S)
    for waiting in log_store.list_waiting(1):
        if waiting.since < times.format_instant(now - LONGEST_WAIT):
            # An alarm counts these lines: see WaiverLogAlarm in .chalice/resources.yaml.
            logger.error("waiver-log-alarm: a record has waited for the log since %s", waiting.since)


def append_waiting(*, budget_s: float = GUEST_S) -> bool:
    """Appends what waits, as its only writer; False if another is the writer, or the time did not suffice."""
    ends_at = system.monotonic_s() + budget_s
    holder = system.random_hex(8)
    while log_store.take_lease(holder, *_lease_ms()):
        try:
            is_done = _drain(holder, ends_at)
        finally:
            log_store.release_lease(holder)
        # Who has signed while the lease was held has left it to this writer.
        if not is_done or not log_store.list_waiting(1):
            return is_done
    return False


def _lease_ms() -> tuple[int, int]:
    now_ms = int(system.utc_now().timestamp() * 1000)
    return now_ms, now_ms + LEASE_MS


def _drain(holder: str, ends_at: float) -> bool:
    while system.monotonic_s() < ends_at:
        waiting = log_store.list_waiting(MAX_BATCH)
        try:
            count = append_batch(waiting) if waiting else 0
        except WriteConflict:
            # Somebody is editing one of the charters, or another writer has taken over.
            system.sleep(system.random_between(0, 0.05))
        else:
            if count == len(waiting) < MAX_BATCH:
                return True
        if not log_store.take_lease(holder, *_lease_ms()):
            return False
    return False


class _List(NamedTuple):
    """A charter's list of who has signed."""

    charter: Charter
    before: list[people.SignedRow]
    rows: list[people.SignedRow]


def append_batch(waiting: Sequence[Waiting]) -> int:
    """Appends as many of these as fit into one transaction, and returns how many. Raises WriteConflict."""
    batch = _fitting(waiting)
    event_ids = sorted({one.event_id for one in batch})
    found = log_store.read_end(event_ids)
    seen = log_store.to_tree(found.pop("TREE", None))
    charters = {event_id: to_charter(item) for event_id, item in found.items()}
    chunks = [(event_id, -(-charter.signed_rows // people.CHUNK)) for event_id, charter in charters.items()]
    items, tiles = log_store.read_lists_and_tiles(chunks, _open_tiles(seen.size))
    lists = {
        event_id: _List(charter, before := people.load_rows(items.get(event_id, ())), list(before))
        for event_id, charter in charters.items()
    }
    for index, one in enumerate(batch, seen.size):
        _note(lists[one.event_id].rows, one, index)
    hashes = [merkle.hash_leaf(one.payload_text.encode()) for one in batch]
    new_tiles = merkle.append(seen.size, hashes, lambda *tile: tiles.get(tile, b""))
    size = seen.size + len(batch)
    read = merkle.Tiles(lambda *tile: new_tiles.get(tile) or tiles.get(tile, b"")).read_node
    tree = Tree(origin(seen), size, merkle.root_at(size, read))
    writes = [write for one in lists.values() for write in log_store.list_writes(*one)]
    log_store.append(seen, tree, new_tiles, batch, writes)
    return len(batch)


def _open_tiles(size: int) -> list[tuple[int, int]]:
    """Level and number of the tiles that have room for more: all that the next batch has to know."""
    found = []
    level = 0
    while count := size >> (level * merkle.TILE_HEIGHT):
        number, held = divmod(count, 1 << merkle.TILE_HEIGHT)
        if held:
            found.append((level, number))
        level += 1
    return found


def _fitting(waiting: Sequence[Waiting]) -> Sequence[Waiting]:
    """From the front, what one transaction can hold."""
    charters: set[str] = set()
    writes = TREE_WRITES
    for count, one in enumerate(waiting):
        writes += LEAF_WRITES if one.row else ACT_WRITES
        writes += CHARTER_WRITES if one.event_id not in charters else 0
        charters.add(one.event_id)
        if writes > MAX_WRITES:
            return waiting[:count]
    return waiting


def _note(rows: list[people.SignedRow], waiting: Waiting, index: int) -> None:
    """Notes in a charter's list what this leaf says."""
    if waiting.row is None:
        waiver_id = json.loads(waiting.payload_text)["waiver_id"]
        rows[:] = people.change(rows, waiver_id, set_aside=True)
    else:
        rows.append(people.number(people.to_row(waiting.row), rows, index))


# --- the log's head and its proofs ------------------------------------------------------------------


def read_checkpoint() -> Checkpoint:
    return to_checkpoint(log_store.read_tree())


def to_checkpoint(tree: Tree) -> Checkpoint:
    return Checkpoint(origin(tree), tree.size, tree.root)


def inclusion_proof(index: int, tree: Tree) -> list[bytes]:
    return merkle.inclusion_proof(index, tree.size, _read_nodes())


def why_not_continued(last: Tree, tree: Tree) -> str:
    """Why the log as it is now is not the one that was told of, grown; empty when it is."""
    if tree.size < last.size:
        return f"it has {tree.size} leaves, and {last.size} were told of"
    if tree.origin != last.origin and last.size:
        return f"it is called {tree.origin}, and was called {last.origin}"
    read_node = _read_nodes()
    try:
        if merkle.root_at(last.size, read_node) != last.root:
            return f"its first {last.size} leaves have another head than was told of"
        if merkle.root_at(tree.size, read_node) != tree.root:
            return f"its {tree.size} leaves do not have the head that is written down"
    except ValueError as problem:
        return f"some of its hashes are gone: {problem}"
    return ""


def consistency_proof(last: Tree, tree: Tree) -> list[bytes]:
    return merkle.consistency_proof(last.size, tree.size, _read_nodes())


def _read_nodes() -> merkle.NodeReader:
    """Each tile is read once."""
    return merkle.Tiles(log_store.read_tile).read_node


def settle() -> None:
    """Appends what waits, for an admin whose act has to count at once: waits for another writer for a moment."""
    ends_at = system.monotonic_s() + GUEST_S
    while not append_waiting() and system.monotonic_s() < ends_at and log_store.list_waiting(1):
        system.sleep(0.05)
