"""Payments and the acts on them, compared with what is kept of them: answers, fingerprints, the list to clear."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chalicelib.charters.store import Charter
from chalicelib.core import fields
from chalicelib.money import ledger
from chalicelib.money.methods import METHODS
from chalicelib.payments.answers import fingerprint_answer
from chalicelib.payments.fields import NewPayment, Payment, PaymentJson
from chalicelib.payments.mails import receipt_of
from chalicelib.payments.store import ledger_keys, to_clear_key
from tools.audit.records import Difference, Entry, Mail, Records, add_up, guarded, trace
from tools.audit.replay import History, Ledger, place_of, replay_history, replay_ledger

# Who, when, from where.
PAYMENT_TRACE = ("recorded_by", "recorded_at", "address")
ACT_TRACE = ("by", "at", "address")
# Of the charter in an answer: what does not follow from its details and its ledger is sealed, and not compared.
_OF_PAYMENTS = ("payment_cleared", "payment_timestamp", "payment_method")


def check_ledgers(records: Records) -> Iterator[Difference]:
    for event_id, charter in records.events.items():
        yield from _sums(charter, records.ledgers.get(event_id, []), records.payments.get(event_id, []))
    receipts: defaultdict[tuple[str, str], list[Mail]] = defaultdict(list)
    for mail in records.mails.values():
        if mail.kind == "receipt" and mail.event_id and mail.payment_id:
            receipts[mail.event_id, mail.payment_id].append(mail)
    for event_id, entries in records.ledgers.items():
        if event_id not in records.events:
            text = f"it does not exist, but has {len(entries)} rows and acts"
            yield Difference(f"charter {event_id}", "charter", text)
        yield from guarded(f"charter {event_id}", _ledger(records, event_id, entries, receipts))
    yield from _to_clear(records)


def _ledger(
    records: Records, event_id: str, entries: Sequence[Entry], receipts: Mapping[tuple[str, str], Sequence[Mail]]
) -> Iterator[Difference]:
    first = {row["payment_id"]: row for row in add_up(entry for entry in entries if not entry.act)}
    yield from _refunds(event_id, {row["payment_id"]: row for row in records.payments[event_id]})
    yield from _states(event_id, first, entries)
    for entry in entries:
        of_payment = receipts.get((event_id, entry.payment_id), ())
        yield from guarded(entry.subject, _entry(records, event_id, entry, first, of_payment))
    yield from _answers(records, event_id, entries)


def _sums(charter: Charter, entries: Sequence[Entry], rows: Iterable[Payment]) -> Iterator[Difference]:
    subject = f"charter {charter.event_id}"
    kept, counted = charter.sums._asdict(), ledger.fold(rows)._asdict()
    for name in counted:
        if kept[name] != counted[name]:
            yield Difference(subject, name, f"{name} is {kept[name]} on the charter, {counted[name]} by its rows")
    if charter.ledger_seq != len(entries):
        text = f"ledger_seq is {charter.ledger_seq}, but it has {len(entries)} rows and acts"
        yield Difference(subject, "ledger_seq", text)


# --- one row or act -------------------------------------------------------------------------------


def _entry(
    records: Records, event_id: str, entry: Entry, first: Mapping[str, Payment], receipts: Sequence[Mail]
) -> Iterator[Difference]:
    """`first`: the charter's payments before any act; `receipts`: the payment's mails."""
    if not entry.is_whole:
        yield Difference(entry.subject, "content", "it is not whole")
        return
    yield from trace(entry.subject, entry.data, ACT_TRACE if entry.act else PAYMENT_TRACE)
    if entry.act and entry.payment_id not in first:
        yield Difference(entry.subject, "row", "there is no such payment on this charter")
        return
    if not entry.act and (entry.data["event_id"], entry.data["payment_id"]) != (event_id, entry.payment_id):
        yield Difference(entry.subject, "ids", "it stands under the key of another")
        return
    if not entry.act:
        yield from _row(records, entry, first[entry.payment_id], receipts)
    keys = ledger_keys(first[entry.payment_id], f"#{entry.act}" if entry.act else "")
    yield from records.index_difference(entry.subject, (keys["by_date_pk"]["S"], keys["by_date_sk"]["S"]))


def _row(records: Records, entry: Entry, row: Payment, receipts: Sequence[Mail]) -> Iterator[Difference]:
    answer = records.answers.get(entry.subject)
    if answer is None:
        return
    answered = answer.content["payment"]
    names = (name for name in PaymentJson.__annotations__ if name != "receipt")
    if edited := ", ".join(name for name in names if entry.data.get(name) != answered.get(name)):
        yield Difference(entry.subject, "edited", f"its {edited} changed since it was logged")
    if not is_of_request(answer.fingerprint, row):
        yield Difference(entry.subject, "fingerprint", "it is not what was asked to be logged")
    if fingerprint_answer(answer.content) != entry.data.get("answer_sha256"):  # type: ignore[arg-type]
        yield Difference(entry.subject, "answer", "what it was answered with was altered")
    if _state_at_log(row) != {name: row[name] for name in _state_at_log(row)}:  # type: ignore[literal-required]
        yield Difference(entry.subject, "state", "it was logged in a state that its method does not have")
    if row["charter"] != answer.content["event"]["title"]:
        yield Difference(entry.subject, "title", "it was logged for a charter of another title")
    statuses = {mail.status for mail in receipts}
    if entry.receipt == "pending" and "queued" not in statuses:
        yield Difference(entry.subject, "receipt", "its receipt is pending, but no mail is queued")
    elif entry.receipt != "off" and not receipts:
        yield Difference(entry.subject, "receipt", "its receipt was mailed, but there is no such mail")
    elif entry.receipt not in {answered["receipt"] if answered["receipt"] == "off" else "", *map(receipt_of, statuses)}:  # type: ignore[arg-type]
        yield Difference(entry.subject, "receipt", "its receipt stands otherwise than its mail")


def _state_at_log(row: Payment) -> dict[str, object]:
    is_cleared = METHODS[row["method"]].cleared_on_receipt
    return {
        "status": "cleared" if is_cleared else "received",
        "cleared_at": row["received_at"] if is_cleared else None,
        "void": None,
        "bounce": None,
    }


def is_of_request(fingerprint: str, row: Payment) -> bool:
    """Whether a request of this fingerprint can have made this row: what it left out was filled in."""
    names = set(NewPayment._fields) & row.keys()
    known = {name: row[name] for name in names}  # type: ignore[literal-required]
    asked = dict.fromkeys(("ask_if_duplicate", "ask_if_unusual", "unusual_ok"), False)
    for currency, payer, received_at, notify in itertools.product(
        ("", row["currency"]), ("", row["payer"]), ("", row["received_at"]), (True, False)
    ):
        filled = {"currency": currency, "payer": payer, "received_at": received_at, "notify": notify, "device_time": ""}
        if fields.fingerprint(NewPayment, {**known, **asked, **filled}) == fingerprint:
            return True
    return False


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


def _states(event_id: str, rows: Mapping[str, Payment], entries: Iterable[Entry]) -> Iterator[Difference]:
    """What can be done to a payment is done once, and one thing only ends it."""
    acts: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.act and entry.is_whole:
            acts[entry.payment_id].add(entry.act)
    for payment_id, names in acts.items():
        cleared_before = payment_id in rows and rows[payment_id]["status"] == "cleared"
        if {"VOID", "BOUNCE"} <= names or (cleared_before and "CLEAR" in names):
            subject = f"payment {payment_id} of charter {event_id}"
            yield Difference(subject, "acts", f"{' and '.join(sorted(names))} cannot have been done to it")


# --- the ledger at each moment --------------------------------------------------------------------


def _answers(records: Records, event_id: str, entries: Sequence[Entry]) -> Iterator[Difference]:
    """What was answered at each row is what charter and ledger were then."""
    charter, found = records.events.get(event_id), replay_ledger(entries)
    if not found.is_whole:
        text = "its rows and acts are not numbered from 1 on: some are gone, or came from elsewhere"
        yield Difference(f"charter {event_id}", "places", text)
    elif charter:
        history = replay_history(records.histories.get(event_id, []))
        for entry in entries:
            answer = records.answers.get(entry.subject)
            if answer and not _is_answer(answer.content["event"], charter, history, found, place_of(entry)):
                text = "it was answered with another charter, or another balance, than there was"
                yield Difference(entry.subject, "balance", text)


def _is_answer(answered: Mapping[str, object], charter: Charter, history: History, found: Ledger, place: int) -> bool:
    version = answered.get("version")
    if not isinstance(version, int) or not 0 < place < len(found.sums):
        return False
    then = history.at(version, charter, found.sums[place])
    if then is None:
        return False
    settled = then.sums.settled(then.charged_cents, has_fee=then.details["charter_fee_cents"] > 0)
    of_payments = (settled, then.sums.payment_timestamp, then.sums.payment_method)
    expected: dict[str, object] = {
        **then.details,
        **dict(zip(_OF_PAYMENTS, of_payments, strict=True)),
        "status": then.status,
        "balance": then.balance,
        "event_id": then.event_id,
        "created_at": then.created_at,
    }
    names = {guest["guest_id"]: guest["name"] for guest in then.details["guests"]}
    waivers = answered.get("waivers")
    missing = waivers if isinstance(waivers, Mapping) else {}
    known = [names.get(one) for one in missing.get("missing_guest_ids", [])]
    return all(answered.get(name) == value for name, value in expected.items()) and known == missing.get("missing", [])


def _to_clear(records: Records) -> Iterator[Difference]:
    rows = (row for charter in records.payments.values() for row in charter)
    waiting = {to_clear_key(row)["SK"]["S"] for row in rows if row["status"] == "received"}
    for key in waiting ^ records.to_clear:
        _, payment_id, event_id = (f"{key}##").split("#")[:3]
        text = "it waits to be cleared, but is not on that list" if key in waiting else "it is on the list to clear"
        yield Difference(f"payment {payment_id} of charter {event_id}", "to clear", text)
