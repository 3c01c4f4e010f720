"""The evidence of money that leaves the system: once a day the operator is mailed where the ledger ends.

Who can write the table can write each copy of a fact in it anew, hashes too, but no mail that has left. The entries are
all rows and acts of payments and all audit events of charters, which tell their fees; guests' names are left out, for
they may be erased. None is ever edited, and each bears the server's time: in the order of time they are a log that only
grows, and its head at any moment can be computed from the table alone. So nothing is written when a payment is logged.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple, TypedDict

from chalicelib.charters import store as charter_store
from chalicelib.core import times
from chalicelib.core.dynamo import Item, load_data
from chalicelib.core.errors import MALFORMED
from chalicelib.core.settings import settings
from chalicelib.mail.outbox import MailKind, MailKinds, new_mail
from chalicelib.mail.store import MailData, MailOf
from chalicelib.money import ledger
from chalicelib.operator.fields import SettingsDetails
from chalicelib.payments import store as payment_store
from chalicelib.payments.rows import fold
from chalicelib.waivers.evidence import canonical, checkpoint, merkle
from chalicelib.waivers.log_store import Tree

# Where the head that was mailed last is kept, and that of each day.
LEDGER_LOG = "LEDGER_LOG"
# What is older than this is in the index: a request ends within seconds, and so does what it writes.
SETTLED = timedelta(hours=1)


class Entry(NamedTuple):
    """An entry of the ledger; entries sort as they stand in the log."""

    at: str
    key: str
    leaf_hash: bytes


class CurrencySums(TypedDict):
    currency: str
    received_cents: int
    refunded_cents: int
    tips_cents: int


class LedgerCheckpointData(MailData):
    day: str
    checkpoint: str
    size: int
    sums: list[CurrencySums]
    last_size: int
    last_root: str
    """Base64 of the head that was mailed before; for the first such mail that of a ledger without entries."""


class Ledger(NamedTuple):
    """What was entered until some moment."""

    hashes: list[bytes]
    sums: list[CurrencySums]
    unreadable: int
    """How many items have a form that the product does not write; they are no entries."""

    def root_at(self, size: int) -> bytes:
        return merkle.root_at(size, merkle.nodes_of(self.hashes))


def read_ledger(now: datetime) -> Ledger:
    """All but the last hour's entries. It reads the whole ledger, 1 MB a call: once a day, not for a request."""
    reading = _Reading(times.format_instant(now - SETTLED))
    for _, of_payment in groupby(payment_store.list_ledger("0", "9"), key=payment_store.payment_of):
        reading.add_up([item for item in of_payment if reading.enter(item)])
    for item in charter_store.list_histories():
        reading.enter(item)
    sums = [_of_currency(currency, found) for currency, found in sorted(reading.sums.items())]
    return Ledger(hashes_of(reading.entries), sums, reading.unreadable)


class _Reading:
    """What is kept of a ledger while it is read. Its items are not: they would take most of the function's memory."""

    def __init__(self, until: str) -> None:
        self.until = until
        self.entries: list[Entry] = []
        self.sums: dict[str, ledger.Sums] = {}
        self.unreadable = 0

    def enter(self, item: Item) -> bool:
        """Whether it is an entry of by then."""
        try:
            entry = to_entry(item)
        except MALFORMED:
            self.unreadable += 1
            return False
        if entry.at > self.until:
            return False
        self.entries.append(entry)
        return True

    def add_up(self, of_payment: Sequence[Item]) -> None:
        """A payment's row and the acts on it."""
        try:
            for row in fold(of_payment):
                currency = row["currency"]
                self.sums[currency] = ledger.add(self.sums.get(currency, ledger.Sums()), row)
        except MALFORMED:
            self.unreadable += 1


def to_entry(item: Item) -> Entry:
    """Of a row, an act or a charter's audit event."""
    data = load_data(item)
    entered_at = str(data["recorded_at"] if "recorded_at" in data else data["at"])
    if "changed" in data:
        data["changed"] = {name: values for name, values in data["changed"].items() if name != "guests"}
    content = {"owner": item["PK"]["S"], "key": item["SK"]["S"], "data": data}
    key = f"{content['owner']} {content['key']}"
    return Entry(entered_at, key, merkle.hash_leaf(canonical.encode(content)))


def hashes_of(entries: Iterable[Entry]) -> list[bytes]:
    """In the order of the log."""
    return [entry.leaf_hash for entry in sorted(entries)]


def _of_currency(currency: str, sums: ledger.Sums) -> CurrencySums:
    return {
        "currency": currency,
        "received_cents": sums.received_cents,
        "refunded_cents": sums.refunded_cents,
        "tips_cents": sums.tips_cents,
    }


def to_tree(found: Ledger, last: Tree) -> Tree:
    """The ledger's end. Its name stays when the site moves to another domain."""
    name = last.origin or f"{settings().base_url.partition('://')[2]}{checkpoint.LEDGER}"
    return Tree(name, len(found.hashes), found.root_at(len(found.hashes)))


def why_not_continued(last: Tree, found: Ledger) -> str:
    """Why the ledger as it is now is not the one that was told of, grown; empty when it is."""
    if found.unreadable:
        return f"{found.unreadable} of its items cannot be read"
    if len(found.hashes) < last.size:
        return f"it has {len(found.hashes)} entries, and {last.size} were told of"
    if found.root_at(last.size) != last.root:
        return f"its first {last.size} entries have another head than was told of"
    return ""


def checkpoint_mail(
    day: str, tree: Tree, last: Tree, sums: list[CurrencySums], operator: SettingsDetails, now: datetime
) -> MailOf[LedgerCheckpointData]:
    data: LedgerCheckpointData = {
        "day": day,
        "checkpoint": checkpoint.format(checkpoint.Checkpoint(*tree)),
        "size": tree.size,
        "sums": sums,
        "last_size": last.size,
        "last_root": merkle.encode_hash(last.root),
        "name": operator["operator_name"],
    }
    return new_mail("ledger_checkpoint", f"ledger-checkpoint-{day}", operator["operator_email"], data, now)


MAIL_KINDS: MailKinds = {"ledger_checkpoint": MailKind()}
