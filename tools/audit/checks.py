"""The books of a table, added up anew from its rows and acts and compared with every sum, count and list kept of them.

Pure: items go in, differences come out. What it says names records by their ids and never quotes a name, an address or
a text of theirs.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.charters import store as charter_store
from chalicelib.charters.store import Charter, to_charter
from chalicelib.core.dynamo import Item
from chalicelib.money import ledger, methods
from chalicelib.payments import service as payments
from chalicelib.payments import store as payment_store
from chalicelib.payments.fields import Payment, PaymentJson
from chalicelib.payments.store import ledger_keys, to_clear_key
from chalicelib.waivers import evidence
from tools.restore import kind_of

Facts = dict[str, Any]
# Who, when, from where: of a row, of an act or audit event, of a signature, of a text.
PAYMENT_TRACE = ("recorded_by", "recorded_at", "address")
ACT_TRACE = ("by", "at", "address")
WAIVER_TRACE = ("signer_name", "signed_at", "address")
VERSION_TRACE = ("published_by", "published_at")
INSTANTS = ("received_at", "recorded_at")
ACTS = ("CLEAR", "VOID", "BOUNCE")


@dataclass(frozen=True)
class Difference:
    subject: str
    what: str
    """Which check it is: the same subject and check is the same difference, whatever its figures."""
    text: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}"


@dataclass
class Books:
    """A table's records, sorted by what they belong to; of each only what a check needs."""

    events: dict[str, Charter] = field(default_factory=dict)
    boards: dict[str, str] = field(default_factory=dict)
    """Where each belongs on the board."""
    ledgers: dict[str, list[Item]] = field(default_factory=dict)
    """Rows and acts of each charter."""
    waivers: dict[str, list[Facts]] = field(default_factory=dict)
    audits: list[tuple[str, Facts]] = field(default_factory=list)
    mails: dict[str, tuple[str, Facts]] = field(default_factory=dict)
    """Status and content of each."""
    versions: dict[str, Facts] = field(default_factory=dict)
    current: dict[str, Facts] = field(default_factory=dict)
    """The text of each language that is signed now, by its key."""
    head: tuple[int, str] = (0, "")
    to_clear: set[str] = field(default_factory=set)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Where the index `by_date` lists a record, by the record's subject."""
    edited: dict[str, str] = field(default_factory=dict)
    """Which facts of a payment's row are not those that its request was answered with, by the row's subject."""
    records: int = 0
    folded: dict[str, list[Payment]] = field(default_factory=dict)
    """Each ledger's payments as they stand, once they were asked for."""
    unreadable: list[Difference] = field(default_factory=list)

    def enter(self, item: Item) -> None:
        self.records += 1
        pk, sk = item["PK"]["S"], item["SK"]["S"]
        try:
            self._file(item, pk, sk)
        except (AttributeError, KeyError, TypeError, ValueError):
            kind = kind_of(pk, sk)
            self.unreadable.append(Difference(_subject(kind, pk, sk), "content", "it cannot be read"))

    def _file(self, item: Item, pk: str, sk: str) -> None:
        kind = kind_of(pk, sk)
        owner = pk.partition("#")[2]
        place = item.get("by_date_pk", {}).get("S", ""), item.get("by_date_sk", {}).get("S", "")
        if kind == "EVENT":
            event = to_charter(item)
            self.boards[owner] = charter_store.board_key(event)
            self.events[owner] = event
        elif kind in ("PAYMENT", "ACT"):
            # The stored answer takes most of the room and is not added up.
            kept: Item = {name: item[name] for name in ("PK", "SK", "data", "receipt") if name in item}
            _load(kept)
            self.ledgers.setdefault(owner, []).append(kept)
        elif kind == "WAIVER":
            self.waivers.setdefault(owner, []).append(_load(item))
        elif kind == "AUDIT":
            self.audits.append((pk, _load(item)))
        elif kind == "MAIL":
            self.mails[owner] = item["status"]["S"], _pointers(_load(item))
        elif kind == "WAIVER_VERSION" and sk == "VERSION":
            self.versions[owner] = _load(item)
        elif kind == "WAIVER_VERSION":
            self.current[sk] = _load(item)
        elif kind == "WAIVER_CHAIN" and sk == "HEAD":
            self.head = int(item["seq"]["N"]), item["hash"]["S"]
        elif kind == "TO_CLEAR":
            self.to_clear.add(sk)
        if any(place):
            self.places[_subject(kind, pk, sk)] = place
        if kind == "PAYMENT":
            self.edited[_subject(kind, pk, sk)] = _edited(item)

    def rows(self, event_id: str) -> list[Payment]:
        """Payments as they stand; what is no whole payment is told by `_ledgers`. Once everything was entered."""
        if event_id not in self.folded:
            self.folded[event_id] = _fold(self.ledgers.get(event_id, []))
        return self.folded[event_id]

    def totals(self) -> dict[str, Any]:
        """How many records of each kind, and what the live money comes to in each currency."""
        rows = [row for owner in self.ledgers for row in self.rows(owner)]
        cents: dict[str, Facts] = {}
        for currency in sorted({row["currency"] for row in rows}):
            sums = ledger.fold(row for row in rows if row["currency"] == currency)
            names = ("received_cents", "refunded_cents", "tips_cents", "uncleared_cents")
            cents[currency] = {name: getattr(sums, name) for name in names}
        return {
            "charters": len(self.events),
            "payments": len(rows),
            "acts": sum(map(len, self.ledgers.values())) - len(rows),
            "waivers": sum(map(len, self.waivers.values())),
            "mails": len(self.mails),
            "records": self.records,
            "money": cents,
        }


def _load(item: Item) -> Facts:
    facts = json.loads(item["data"]["S"])
    if not isinstance(facts, dict):
        raise TypeError(facts)
    return facts


def _edited(item: Item) -> str:
    """The names of the facts that changed since the row was written. It carries what was answered then."""
    facts, answered = _load(item), json.loads(payment_store.stored_answer(item)[1])["payment"]
    names = (name for name in PaymentJson.__annotations__ if name != "receipt")
    return ", ".join(name for name in names if facts.get(name) != answered.get(name))


def gather(items: Iterable[Item]) -> Books:
    books = Books()
    for item in items:
        books.enter(item)
    return books


def find_differences(books: Books) -> list[Difference]:
    """Everything that does not agree, in a fixed order; empty when the books are whole."""
    found = list(books.unreadable)
    for check in (_charters, _ledgers, _to_clear, _audits, _waivers, _versions, _mails):
        found += check(books)
    return sorted(found, key=lambda each: (each.subject, each.what, each.text))


# --- charters and money ---------------------------------------------------------------------------


def _charters(books: Books) -> Iterator[Difference]:
    for event_id, event in books.events.items():
        subject = f"charter {event_id}"
        items, records = books.ledgers.get(event_id, []), books.waivers.get(event_id, [])
        rows = books.rows(event_id)
        kept, counted = event.sums._asdict(), ledger.fold(rows)._asdict()
        for name in counted:
            if kept[name] != counted[name]:
                yield Difference(subject, name, f"{name} is {kept[name]} on the charter, {counted[name]} by its rows")
        if event.ledger_seq != len(items):
            text = f"ledger_seq is {event.ledger_seq}, but it has {len(items)} rows and acts"
            yield Difference(subject, "ledger_seq", text)
        # Whoever signs again, for the text has changed, counts once.
        names = {" ".join(str(record.get("participant_name")).split()).casefold() for record in records}
        if not len(names) <= event.signed_count <= len(records):
            text = f"signed_count is {event.signed_count}, but {len(records)} waivers are signed"
            yield Difference(subject, "signed_count", text)
        yield from _place(books, subject, ("BOARD", books.boards[event_id]))


def _parts(item: Item) -> tuple[str, str, Facts, str]:
    """Of a row or an act: its payment, the act's name (empty for the row), the data, the receipt's state."""
    _, payment_id, act = (item["SK"]["S"] + "#").split("#")[:3]
    return payment_id, act, _load(item), item["receipt"]["S"] if "receipt" in item else ""


def _fold(items: Iterable[Item]) -> list[Payment]:
    return payments.fold(item for item in items if _is_whole(item))


def _is_whole(item: Item) -> bool:
    """Whether it can be added up."""
    _, act, facts, _ = _parts(item)
    if act:
        return act in ACTS and facts.get("act") == act.lower() and isinstance(facts.get("at"), str)
    amount_cents = facts.get("amount_cents")
    return (
        all(isinstance(facts.get(name), str) for name in ("payment_id", "event_id", "currency", *INSTANTS))
        and isinstance(amount_cents, int)
        and amount_cents > 0
        and facts.get("kind") in ledger.KINDS
        and facts.get("method") in methods.METHODS
        and facts.get("status") in ledger.STATUSES[:2]
        and isinstance(facts.get("refunds_tip"), bool)
        and "refund_of" in facts
    )


def _ledgers(books: Books) -> Iterator[Difference]:
    receipts: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for status, facts in books.mails.values():
        if facts["kind"] == "receipt":
            receipts[facts["event_id"], facts["payment_id"]].add(status)
    for event_id, items in books.ledgers.items():
        rows = {row["payment_id"]: row for row in books.rows(event_id)}
        first = {row["payment_id"]: row for row in _fold(item for item in items if item["SK"]["S"].count("#") == 1)}
        acts: dict[str, list[str]] = {}
        for item in items:
            payment_id, act, facts, receipt = _parts(item)
            subject = _subject("ACT" if act else "PAYMENT", item["PK"]["S"], item["SK"]["S"])
            if not _is_whole(item):
                yield Difference(subject, "content", "it is not whole")
                continue
            yield from _trace(subject, facts, ACT_TRACE if act else PAYMENT_TRACE)
            if act:
                acts.setdefault(payment_id, []).append(act)
                if payment_id not in first:
                    yield Difference(subject, "row", "there is no such payment on this charter")
                    continue
            elif (facts["event_id"], facts["payment_id"]) != (event_id, payment_id):
                yield Difference(subject, "ids", "it stands under the key of another")
                continue
            else:
                yield from _row(subject, books.edited.get(subject, ""), receipt, receipts[event_id, payment_id])
            keys = ledger_keys(first[payment_id], f"#{act}" if act else "")
            yield from _place(books, subject, (keys["by_date_pk"]["S"], keys["by_date_sk"]["S"]))
        if event_id not in books.events:
            yield Difference(f"charter {event_id}", "charter", f"it does not exist, but has {len(items)} rows and acts")
        yield from _refunds(event_id, rows)
        yield from _states(event_id, first, acts)


def _row(subject: str, edited: str, receipt: str, mails: set[str]) -> Iterator[Difference]:
    if edited:
        yield Difference(subject, "edited", f"its {edited} changed since it was logged")
    if receipt == "pending" and "queued" not in mails:
        yield Difference(subject, "receipt", "its receipt is pending, but no mail is owed")
    elif receipt != "off" and not mails:
        yield Difference(subject, "receipt", "its receipt was mailed, but there is no such mail")


def _refunds(event_id: str, rows: Mapping[str, Payment]) -> Iterator[Difference]:
    for payment_id, row in rows.items():
        subject = f"payment {payment_id} of charter {event_id}"
        left_cents = ledger.refundable_cents(row, rows.values())
        if left_cents < 0:
            text = f"{row['amount_cents'] - left_cents} cents of its {row['amount_cents']} are refunded"
            yield Difference(subject, "refunds", text)
        if row["kind"] != "refund":
            continue
        paid = rows.get(row["refund_of"] or "")
        if paid is None or paid["kind"] == "refund" or paid["currency"] != row["currency"]:
            yield Difference(subject, "refund_of", "it refunds no payment of this charter")
        elif row["refunds_tip"] != (paid["kind"] == "tip"):
            yield Difference(subject, "refund_of", "it counts for the wrong kind of payment")


def _states(event_id: str, rows: Mapping[str, Payment], acts: Mapping[str, list[str]]) -> Iterator[Difference]:
    """What can be done to a payment is done once, and one thing only ends it."""
    for payment_id, names in acts.items():
        cleared_before = payment_id in rows and rows[payment_id]["status"] == "cleared"
        if {"VOID", "BOUNCE"} <= set(names) or (cleared_before and "CLEAR" in names):
            subject = f"payment {payment_id} of charter {event_id}"
            yield Difference(subject, "acts", f"{' and '.join(sorted(names))} cannot have been done to it")


def _to_clear(books: Books) -> Iterator[Difference]:
    waiting = {
        to_clear_key(row)["SK"]["S"]
        for event_id in books.ledgers
        for row in books.rows(event_id)
        if row["status"] == "received"
    }
    for mark in waiting ^ books.to_clear:
        _, payment_id, event_id = (f"{mark}##").split("#")[:3]
        text = "it waits to be cleared, but is not on that list" if mark in waiting else "it is on the list to clear"
        yield Difference(f"payment {payment_id} of charter {event_id}", "to clear", text)


# --- who did what ---------------------------------------------------------------------------------


def _audits(books: Books) -> Iterator[Difference]:
    seen: set[tuple[str, str]] = set()
    for pk, facts in books.audits:
        kind, _, owner = pk.partition("#")
        subject = f"{'charter' if kind == 'EVENT' else 'waiver version'} {owner}"
        entry = str(facts.get("audit_id"))
        # What the product does by itself comes from nowhere.
        trace = ACT_TRACE if facts.get("by") != "system" else ACT_TRACE[:2]
        if missing := _missing(facts, ("act", "audit_id", *trace)):
            yield Difference(subject, f"audit {entry}", f"its audit event {entry} lacks {missing}")
        if (pk, entry) in seen:
            yield Difference(subject, f"audit {entry}", f"its audit event {entry} stands twice")
        seen.add((pk, entry))
        if owner not in (books.events if kind == "EVENT" else books.versions):
            yield Difference(subject, "owner", "it does not exist, but has audit events")


def _trace(subject: str, facts: Facts, names: Iterable[str]) -> Iterator[Difference]:
    if missing := _missing(facts, names):
        yield Difference(subject, "trace", f"it lacks {missing}")


def _missing(facts: Facts, names: Iterable[str]) -> str:
    return ", ".join(name for name in names if not facts.get(name))


# --- waivers --------------------------------------------------------------------------------------


def _waivers(books: Books) -> Iterator[Difference]:
    records = sorted(
        (record for signed in books.waivers.values() for record in signed), key=lambda record: str(record.get("seq"))
    )
    for event_id, signed in books.waivers.items():
        if event_id not in books.events:
            yield Difference(f"charter {event_id}", "charter", f"it does not exist, but has {len(signed)} waivers")
        for record in signed:
            subject = f"waiver {record.get('waiver_id')} of charter {event_id}"
            yield from _trace(subject, record, WAIVER_TRACE)
            seq = record.get("seq")
            if isinstance(seq, int):
                yield from _place(books, subject, ("WAIVERS", f"{seq:012d}"))
    if all(isinstance(record.get("seq"), int) for record in records):
        records.sort(key=lambda record: int(record["seq"]))
    seq, head = books.head
    fault = evidence.find_fault(
        {
            "format": evidence.FORMAT,
            "count": seq,
            "head": head,
            "versions": {name: version.get("text") for name, version in books.versions.items()},
            "records": records,
        }
    )
    if fault:
        yield Difference("the chain of waivers", "chain", fault)


def _versions(books: Books) -> Iterator[Difference]:
    for name, version in books.versions.items():
        subject = f"waiver version {name}"
        yield from _trace(subject, version, VERSION_TRACE)
        yield from _place(books, subject, ("WAIVER_VERSIONS", f"{version.get('published_at')}#{name}"))
    # Texts from before there were languages are English.
    languages = {version.get("language", "en") for version in books.versions.values()}
    currents = {current.get("language", "en"): current for current in books.current.values()}
    if languages != set(currents) or any(
        books.versions.get(str(current.get("waiver_version"))) != current for current in currents.values()
    ):
        yield Difference("the current waiver version", "current", "it is not one of the versions")


# --- mail -----------------------------------------------------------------------------------------


def _pointers(data: Facts) -> Facts:
    """What a mail is about, without what it says and to whom."""
    facts = data["data"]
    return {
        "kind": data["kind"],
        "event_id": facts.get("charter", {}).get("event_id"),
        "payment_id": facts.get("payment", {}).get("payment_id"),
        "waiver_id": facts.get("record", {}).get("waiver_id"),
    }


def _mails(books: Books) -> Iterator[Difference]:
    payment_keys = {(owner, row["payment_id"]) for owner in books.ledgers for row in books.rows(owner)}
    waiver_keys = {(owner, record.get("waiver_id")) for owner, signed in books.waivers.items() for record in signed}
    for mail_id, (status, facts) in books.mails.items():
        subject = f"mail {mail_id}"
        event_id, payment_id, waiver_id = facts["event_id"], facts["payment_id"], facts["waiver_id"]
        if event_id and event_id not in books.events:
            yield Difference(subject, "owner", "it is about a charter that does not exist")
        elif payment_id and (event_id, payment_id) not in payment_keys:
            yield Difference(subject, "owner", "it is about a payment that does not exist")
        elif waiver_id and (event_id, waiver_id) not in waiver_keys:
            yield Difference(subject, "owner", "it is about a waiver that does not exist")
        partition, sort_key = books.places.get(subject, ("", ""))
        if partition != f"MAIL#{status}" or sort_key.partition("#")[2] != mail_id:
            yield Difference(subject, "index", "the index lists it in another place")


# --- names and places -----------------------------------------------------------------------------


def _subject(kind: str, pk: str, sk: str) -> str:
    owner = pk.partition("#")[2]
    parts = [*sk.split("#"), "", ""]
    return {
        "EVENT": f"charter {owner}",
        "PAYMENT": f"payment {parts[1]} of charter {owner}",
        "ACT": f"{parts[2]} of payment {parts[1]} of charter {owner}",
        "WAIVER": f"waiver {parts[1]} of charter {owner}",
        "AUDIT": f"an audit event of {owner}",
        "MAIL": f"mail {owner}",
        "WAIVER_VERSION": f"waiver version {owner}",
        "WAIVER_CHAIN": "the head of the waiver chain",
    }.get(kind, f"a record of the kind {kind}")


def _place(books: Books, subject: str, expected: tuple[str, str]) -> Iterator[Difference]:
    if books.places.get(subject, ("", "")) != expected:
        yield Difference(subject, "index", "the index lists it in another place")
