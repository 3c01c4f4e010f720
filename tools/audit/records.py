"""A table's records, sorted by what they belong to; of each only what a check needs. Pure: items go in."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chalicelib import ledger_log
from chalicelib.charters.receivables import RECEIVABLES
from chalicelib.charters.store import Charter, board_key, to_charter
from chalicelib.core.dynamo import Item
from chalicelib.core.errors import MALFORMED
from chalicelib.manifest.store import to_sent_note
from chalicelib.money import ledger, methods
from chalicelib.operator import store as operator_store
from chalicelib.payments.fields import Payment
from chalicelib.payments.rows import fold
from chalicelib.payments.store import stored_answer
from chalicelib.payments.tips import TipShare, to_shares
from chalicelib.register.store import BOAT, PERSON, to_record
from tools.audit import schedule_checks, waiver_records
from tools.audit.schedule_checks import ScheduleRecords
from tools.audit.waiver_records import Told, WaiverRecords
from tools.common.table import kind_of

INSTANTS = ("received_at", "recorded_at", "first_logged_at")
ACTS = ("CLEAR", "VOID", "BOUNCE")
MONEY_LISTS = ("TO_CLEAR", RECEIVABLES, "TIPS")
# Boats, people, what is planned with them, and the desk's settings.
PLANNING = (BOAT.list_key, PERSON.list_key, "SETTINGS")

Data = dict[str, Any]
"""A record's content as it was read: nothing is sure of it yet."""


@dataclass(frozen=True)
class Difference:
    subject: str
    what: str
    """Which check it is: the same subject and check is the same difference, whatever its figures."""
    text: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}"


class Entry(NamedTuple):
    """A row of a ledger, or an act on one."""

    subject: str
    payment_id: str
    act: str
    """CLEAR, VOID or BOUNCE; empty for the row itself."""
    data: Data
    receipt: str
    """How the receipt of a row stands."""
    item: Item

    @property
    def is_whole(self) -> bool:
        """Whether it can be added up."""
        data = self.data
        if self.act:
            return self.act in ACTS and data.get("act") == self.act.lower() and isinstance(data.get("at"), str)
        amount_cents = data.get("amount_cents")
        return (
            all(isinstance(data.get(name), str) for name in ("payment_id", "event_id", "currency", *INSTANTS))
            and isinstance(amount_cents, int)
            and amount_cents > 0
            and data.get("kind") in ledger.KINDS
            and data.get("method") in methods.METHODS
            and data.get("status") in ledger.STATUSES[:2]
            and isinstance(data.get("refunds_tip"), bool)
            and "refund_of" in data
        )


class Answer(NamedTuple):
    """Of a row or a batch: what was asked, by its fingerprint, and what was answered."""

    fingerprint: str
    content: Data

    @property
    def payments(self) -> dict[str, Data]:
        """By their ids, in the order of the answer."""
        answered = self.content.get("payments") or [self.content["payment"]]
        return {str(one["payment_id"]): one for one in answered}

    @property
    def event(self) -> Data:
        return self.content["event"]  # type: ignore[no-any-return]


class Mail(NamedTuple):
    """What a mail is about."""

    status: str
    kind: str
    event_id: str | None
    payment_ids: list[str]
    waiver_id: str | None
    erased: bool
    to: str
    data: Data
    """What it says."""

    def statuses_of(self, payment_id: str) -> set[str]:
        """How it stands for one of its payments: of a batch, one that was ended before it went out gets none."""
        if payment_id not in self.data.get("left_out", ()):
            return {self.status}
        return {"cancelled", *({"queued"} & {self.status})}


class Totals(NamedTuple):
    """How many records of each kind, and what the live money comes to in each currency."""

    charters: int
    payments: int
    acts: int
    waivers: int
    """Signed records, erased ones among them."""
    erased: int
    leaves: int
    """Of the waivers' log: signed records, and acts that set one aside."""
    waiting: int
    """What is not in the log yet."""
    mails: int
    records: int
    money: dict[str, dict[str, int]]


@dataclass
class Records:
    events: dict[str, Charter] = field(default_factory=dict)
    boards: dict[str, str] = field(default_factory=dict)
    """Each charter's key on the board."""
    ledgers: dict[str, list[Entry]] = field(default_factory=dict)
    """Rows and acts of each charter."""
    waivers: WaiverRecords = field(default_factory=WaiverRecords)
    audits: list[tuple[str, Data]] = field(default_factory=list)
    """Each with its partition key."""
    histories: dict[str, list[Data]] = field(default_factory=dict)
    """Those of each charter."""
    notes: dict[str, dict[str, Data]] = field(default_factory=dict)
    """What was noted at the dock, by charter and by whom or what it is about."""
    mails: dict[str, Mail] = field(default_factory=dict)
    versions: dict[str, Data] = field(default_factory=dict)
    current: dict[str, Data] = field(default_factory=dict)
    """The text of each language that is signed now, by its key."""
    registered: dict[str, set[str]] = field(default_factory=lambda: {BOAT.name: set(), PERSON.name: set()})
    """The ids of all boats and people."""
    schedule: ScheduleRecords = field(default_factory=ScheduleRecords)
    guest_links: dict[str, str] = field(default_factory=dict)
    """Which charter a renewed guest link opens, or once did, by the link."""
    found_by: set[tuple[str, str]] = field(default_factory=set)
    """Whom each request to sign is about: the id of a guest or of a record, and that of the mail."""
    to_clear: set[str] = field(default_factory=set)
    receivables: dict[str, str] = field(default_factory=dict)
    """The content of each entry in that list, by charter."""
    reminded: dict[str, str] = field(default_factory=dict)
    """When, by that list, a patron was last asked to pay, by charter."""
    tips: dict[str, list[TipShare]] = field(default_factory=dict)
    """How tips were shared out by hand, by charter."""
    index_keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Where the index `by_date` lists a record, by the record's subject."""
    answers: dict[str, Answer] = field(default_factory=dict)
    """By the subject of the payment's row."""
    batches: dict[str, dict[str, Answer]] = field(default_factory=dict)
    """Of each charter, by their ids."""
    entries: list[ledger_log.Entry] = field(default_factory=list)
    """Of the ledger as a log, in no order."""
    ledger_told: Told = field(default_factory=Told)
    payments: dict[str, list[Payment]] = field(default_factory=dict)
    """Of each charter, as they stand; what is not whole is left out."""
    unreadable: list[Difference] = field(default_factory=list)
    count: int = 0

    def totals(self) -> Totals:
        rows = [row for charter in self.payments.values() for row in charter]
        money = {}
        for currency in sorted({row["currency"] for row in rows}):
            sums = ledger.fold(row for row in rows if row["currency"] == currency)
            names = ("received_cents", "refunded_cents", "tips_cents", "uncleared_cents")
            money[currency] = {name: getattr(sums, name) for name in names}
        return Totals(
            charters=len(self.events),
            payments=len(rows),
            acts=sum(map(len, self.ledgers.values())) - len(rows),
            waivers=len(self.waivers.records),
            erased=self.waivers.erased,
            leaves=self.waivers.tree.size,
            waiting=len(self.waivers.waiting),
            mails=len(self.mails),
            records=self.count,
            money=money,
        )

    def index_difference(self, subject: str, expected: tuple[str, str]) -> Iterator[Difference]:
        """What is wrong with where the index lists a record."""
        if self.index_keys.get(subject, ("", "")) != expected:
            yield Difference(subject, "index", "the index lists it in another place")


def gather(items: Iterable[Item]) -> Records:
    records = Records()
    for item in items:
        records.count += 1
        pk, sk = item["PK"]["S"], item["SK"]["S"]
        try:
            _sort_in(records, item, pk, sk)
        except MALFORMED:
            records.unreadable.append(Difference(subject_of(kind_of(pk, sk), pk, sk), "content", "it cannot be read"))
    records.payments = {event_id: add_up(entries) for event_id, entries in records.ledgers.items()}
    return records


def _sort_in(records: Records, item: Item, pk: str, sk: str) -> None:
    kind, owner = kind_of(pk, sk), pk.partition("#")[2]
    subject = subject_of(kind, pk, sk)
    index_key = item.get("by_date_pk", {}).get("S", ""), item.get("by_date_sk", {}).get("S", "")
    if any(index_key):
        records.index_keys[subject] = index_key
    if kind in waiver_records.KINDS:
        waiver_records.add(records.waivers, kind, item)
    elif kind in ("MAIL", "MAILED", ledger_log.LEDGER_LOG):
        _add_mail(records, kind, owner, item)
    elif kind == "EVENT":
        event = to_charter(item)
        schedule_checks.add_charter(records.schedule, event)
        records.boards[owner] = board_key(event)
        records.events[owner] = event
    elif kind in ("PAYMENT", "ACT", "BATCH"):
        _add_to_ledger(records, kind, item, subject)
    elif kind == "AUDIT":
        _add_audit(records, pk, item)
    elif kind in ("BOARDING", "DOCK"):
        _add_note(records, kind, owner, item)
    elif kind == "WAIVER_VERSION" and sk == "VERSION":
        records.versions[owner] = _load(item)
    elif kind == "WAIVER_VERSION":
        records.current[sk] = _load(item)
    elif kind in schedule_checks.KINDS:
        schedule_checks.add(records.schedule, kind, item)
    elif kind in PLANNING:
        _add_planning(records, kind, item)
    elif kind == "GUEST_LINK":
        records.guest_links[owner] = item["event_id"]["S"]
    elif kind in MONEY_LISTS:
        _add_to_list(records, kind, item)


def _add_to_ledger(records: Records, kind: str, item: Item, subject: str) -> None:
    owner, sk = item["PK"]["S"].partition("#")[2], item["SK"]["S"]
    if kind == "BATCH":
        records.batches.setdefault(owner, {})[sk.partition("#")[2]] = _answer(item)
        return
    entry = _entry(item, subject, sk)
    records.ledgers.setdefault(owner, []).append(entry)
    if kind == "PAYMENT" and not entry.data.get("batch_id"):
        records.answers[subject] = _answer(item)
    records.entries.append(ledger_log.to_entry(item))


def _add_note(records: Records, kind: str, owner: str, item: Item) -> None:
    """What was noted at the dock; or how one note came, which is read as the product does."""
    if kind == "DOCK":
        to_sent_note(item)
        return
    note = _load(item)
    # A departure has no state.
    twice = [(note.get("state"), "state"), (note["at"] if "state" in note else None, "noted_at")]
    if any(held != item.get(name, {}).get("S") for held, name in twice):
        raise ValueError("its state or its time stands there twice, in two ways")
    records.notes.setdefault(owner, {})[item["SK"]["S"].partition("#")[2]] = note


def _add_to_list(records: Records, kind: str, item: Item) -> None:
    owner, place = item["PK"]["S"].partition("#")[2], item["SK"]["S"]
    if kind == "TO_CLEAR":
        records.to_clear.add(place)
    elif kind == RECEIVABLES:
        event_id = place.partition("#")[2]
        records.receivables[event_id] = item["data"]["S"]
        if "reminded_at" in item:
            records.reminded[event_id] = item["reminded_at"]["S"]
    else:
        records.tips[owner] = to_shares(item)


def _add_planning(records: Records, kind: str, item: Item) -> None:
    """Each is read as the product does, to see that it can be."""
    sk = item["SK"]["S"]
    if kind == "SETTINGS":
        operator_store.to_settings(item) if sk == "SETTINGS" else operator_store.to_link_number(item)
    else:
        records.registered[sk.partition("#")[0]].add(to_record(item).record_id)
        if kind == BOAT.list_key:
            schedule_checks.add_boat(records.schedule, item)


def _add_mail(records: Records, kind: str, owner: str, item: Item) -> None:
    """A mail; whom one is about; or what was told by one of where the ledger ends."""
    place = item["SK"]["S"].partition("#")[2]
    if kind == "MAILED":
        records.found_by.add((owner, place))
    elif kind == ledger_log.LEDGER_LOG:
        waiver_records.add_told(records.ledger_told, item, item["SK"]["S"])
    else:
        records.mails[owner] = mail = _mail(item)
        if mail.kind in ("checkpoint", "ledger_checkpoint"):
            told = records.waivers.told if mail.kind == "checkpoint" else records.ledger_told
            waiver_records.add_mail(told, owner, mail.data)


def answer_of(records: Records, entry: Entry) -> Answer | None:
    """What a row was answered with, alone or as one of a batch; None for an act, or where that is missing."""
    batch_id = "" if entry.act else entry.data.get("batch_id")
    if batch_id:
        return records.batches.get(str(entry.data.get("event_id")), {}).get(str(batch_id))
    return records.answers.get(entry.subject)


def is_same_batch(one: Entry, other: Entry) -> bool:
    return (
        not (one.act or other.act)
        and bool(one.data.get("batch_id"))
        and one.data["batch_id"] == other.data.get("batch_id")
    )


def _entry(item: Item, subject: str, sk: str) -> Entry:
    _, payment_id, act = f"{sk}#".split("#")[:3]
    data = _load(item)
    # The stored answer takes most of the room and is not added up.
    kept: Item = {name: item[name] for name in ("PK", "SK", "data", "receipt") if name in item}
    if act:
        # An act that lacks one of these still counts; what it lacks is named by its check.
        kept["data"] = {"S": json.dumps({"reason": "", "by": "", "cleared_at": None, **data})}
    return Entry(subject, payment_id, act, data, item["receipt"]["S"] if "receipt" in item else "", kept)


def _answer(item: Item) -> Answer:
    fingerprint, text = stored_answer(item)
    answer = Answer(fingerprint, json.loads(text))
    if not answer.payments or not {"guests", "waivers", "title"} <= answer.event.keys():
        raise ValueError("it is no answer to a payment")
    return answer


def _add_audit(records: Records, pk: str, item: Item) -> None:
    event, (kind, _, owner) = _load(item), pk.partition("#")
    records.audits.append((pk, event))
    if kind == "EVENT":
        if not all(isinstance(event.get(name), str) for name in ("act", "at", "audit_id")):
            raise ValueError("it is no audit event")
        records.histories.setdefault(owner, []).append(event)
        records.entries.append(ledger_log.to_entry(item))


def _mail(item: Item) -> Mail:
    mail = _load(item)
    data = mail["data"]
    return Mail(
        item["status"]["S"],
        mail["kind"],
        data.get("charter", {}).get("event_id"),
        [str(one["payment_id"]) for one in data.get("payments", [data["payment"]] if "payment" in data else [])],
        data.get("record", {}).get("waiver_id"),
        data.get("erased") is True,
        mail["to"],
        data,
    )


def _load(item: Item) -> Data:
    data = json.loads(item["data"]["S"])
    if not isinstance(data, dict):
        raise TypeError(data)
    return data


def guarded(subject: str, found: Iterator[Difference]) -> Iterator[Difference]:
    """What is found; and that something was written in another form than the product's, which ends the search."""
    try:
        yield from found
    except MALFORMED:
        yield Difference(subject, "form", "something of it has another form than the product writes")


def trace(subject: str, data: Data, names: Iterable[str]) -> Iterator[Difference]:
    if missing := missing_of(data, names):
        yield Difference(subject, "trace", f"it lacks {missing}")


def missing_of(data: Data, names: Iterable[str]) -> str:
    return ", ".join(name for name in names if not data.get(name))


def add_up(entries: Iterable[Entry]) -> list[Payment]:
    """The payments as these rows and acts leave them; what is not whole is left out."""
    return fold(entry.item for entry in entries if entry.is_whole)


def subject_of(kind: str, pk: str, sk: str) -> str:
    owner = pk.partition("#")[2]
    parts = [*sk.split("#"), "", ""]
    return {
        "EVENT": f"charter {owner}",
        "PAYMENT": f"payment {parts[1]} of charter {owner}",
        "TIPS": f"the tips of charter {owner}",
        "RECEIVABLES": "the list of receivables",
        "BATCH": f"batch {parts[1]} of charter {owner}",
        "ACT": f"{parts[2]} of payment {parts[1]} of charter {owner}",
        "RECORD": f"waiver {owner}{parts[1]}",
        "SET_ASIDE": f"the setting aside of waiver {owner}{parts[1]}",
        "DRAWING": f"form {owner}",
        "COPY": f"form {owner}",
        "SIGNED": f"the list of who has signed charter {owner}",
        "AUDIT": f"audit event {parts[2]} of {owner}",
        "MAIL": f"mail {owner}",
        "WAIVER_VERSION": f"waiver version {owner}",
        "WAIVER_LOG": f"{sk} of the log of waivers",
        "WAIVER_LOG_WAITING": "what waits for the log",
        "GUEST_LINK": "a renewed guest link",
    }.get(kind, f"a record of the kind {kind}")
