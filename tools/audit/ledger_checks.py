"""Payments and the acts on them, compared with what is kept of them: answers, fingerprints, the list to clear."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chalicelib.charters.receivables import entry_item
from chalicelib.charters.store import Charter, receivable
from chalicelib.money import ledger
from chalicelib.payments.answers import fingerprint_answer
from chalicelib.payments.fields import Payment, PaymentJson
from chalicelib.payments.mails import receipt_of
from chalicelib.payments.store import ledger_keys, to_clear_key
from tools.audit.asked import is_of_request
from tools.audit.records import Difference, Entry, Mail, Records, add_up, answer_of, guarded, is_same_batch, trace
from tools.audit.replay import History, Ledger, place_of, replay_history, replay_ledger
from tools.audit.row_checks import check_batches, check_corrections, state_at_log

# Who, when, from where.
PAYMENT_TRACE = ("recorded_by", "recorded_at", "address")
ACT_TRACE = ("by", "at", "address")
# The mails that a row's `receipt` follows.
RECEIPTS = ("receipt", "corrected", "batch_receipt")
# The audit events of mails that ask the patron to pay.
REMINDING = ("statement_sent", "balance_reminded")
# Of the charter in an answer: what does not follow from its details and its ledger is sealed, and not compared.
_OF_PAYMENTS = ("payment_cleared", "payment_timestamp", "payment_method")


def check_ledgers(records: Records) -> Iterator[Difference]:
    for event_id, charter in records.events.items():
        yield from _sums(charter, records.ledgers.get(event_id, []), records.payments.get(event_id, []))
    receipts: defaultdict[tuple[str, str], list[Mail]] = defaultdict(list)
    for mail in records.mails.values():
        for payment_id in mail.payment_ids if mail.kind in RECEIPTS and mail.event_id else ():
            receipts[str(mail.event_id), payment_id].append(mail)
    for event_id in {**records.ledgers, **records.batches}:
        entries = records.ledgers.get(event_id, [])
        if event_id not in records.events:
            text = f"it does not exist, but has {len(entries)} rows and acts"
            yield Difference(f"charter {event_id}", "charter", text)
        yield from guarded(f"charter {event_id}", _ledger(records, event_id, entries, receipts))
    yield from _to_clear(records)
    yield from _receivables(records)
    for event_id in records.histories.keys() | records.tips.keys():
        yield from guarded(f"charter {event_id}", _tips(records, event_id))


def _ledger(
    records: Records, event_id: str, entries: Sequence[Entry], receipts: Mapping[tuple[str, str], Sequence[Mail]]
) -> Iterator[Difference]:
    first = {row["payment_id"]: row for row in add_up(entry for entry in entries if not entry.act)}
    yield from _refunds(event_id, {row["payment_id"]: row for row in records.payments.get(event_id, ())})
    yield from check_corrections(records, event_id)
    yield from check_batches(records, event_id)
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
    answer = answer_of(records, entry)
    if answer is None:
        return
    answered = answer.payments.get(entry.payment_id, {})
    names = (name for name in PaymentJson.__annotations__ if name != "receipt")
    if edited := ", ".join(name for name in names if entry.data.get(name) != answered.get(name)):
        yield Difference(entry.subject, "edited", f"its {edited} changed since it was logged")
    if not row["batch_id"] and not is_of_request(answer.fingerprint, row):
        yield Difference(entry.subject, "fingerprint", "it is not what was asked to be logged")
    if not row["batch_id"] and fingerprint_answer(answer.content) != entry.data.get("answer_sha256"):  # type: ignore[arg-type]
        yield Difference(entry.subject, "answer", "what it was answered with was altered")
    expected = state_at_log(records, row)
    if expected != {name: row[name] for name in expected}:  # type: ignore[literal-required]
        yield Difference(entry.subject, "state", "it was logged in a state that its method does not have")
    if row["charter"] != answer.event["title"]:
        yield Difference(entry.subject, "title", "it was logged for a charter of another title")
    statuses = {status for mail in receipts for status in mail.statuses_of(entry.payment_id)}
    if entry.receipt == "pending" and "queued" not in statuses:
        yield Difference(entry.subject, "receipt", "its receipt is pending, but no mail is queued")
    elif entry.receipt != "off" and not receipts:
        yield Difference(entry.subject, "receipt", "its receipt was mailed, but there is no such mail")
    elif entry.receipt not in {"off" if answered.get("receipt") == "off" else "", *map(receipt_of, statuses)}:  # type: ignore[arg-type]
        yield Difference(entry.subject, "receipt", "its receipt stands otherwise than its mail")


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
            answer = answer_of(records, entry)
            place = max(place_of(one) for one in entries if one is entry or is_same_batch(one, entry))
            if answer and not _is_answer(answer.event, charter, history, found, place):
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


def _receivables(records: Records) -> Iterator[Difference]:
    expected = {
        event_id: entry_item(entry)["data"]["S"]
        for event_id, charter in records.events.items()
        if (entry := receivable(charter))
    }
    for event_id in expected.keys() | records.receivables.keys():
        if expected.get(event_id) != records.receivables.get(event_id):
            yield Difference(f"charter {event_id}", "receivables", "the list of receivables says something else of it")
    for event_id, at in records.reminded.items():
        told = [event["at"] for event in records.histories.get(event_id, []) if event["act"] in REMINDING]
        if at != max(told, default=""):
            yield Difference(f"charter {event_id}", "reminded", "its patron was last asked to pay at another time")


def _tips(records: Records, event_id: str) -> Iterator[Difference]:
    """How tips were shared out by hand is what its audit events lead to, each of them from one sharing to the next.

    They are not taken in the order of their times: of two requests the one that began first may have written last.
    """
    left = Counter([_as_text([])])
    for event in records.histories.get(event_id, []):
        if event["act"] == "tips_shared":
            before, after = map(_as_text, event["changed"]["tip_shares"])
            left[before] -= 1
            left[after] += 1
    if {shares: count for shares, count in left.items() if count} != {_as_text(records.tips.get(event_id, [])): 1}:
        yield Difference(f"charter {event_id}", "tips", "its tips are shared otherwise than its audit events tell")


def _as_text(shares: Sequence[object]) -> str:
    return json.dumps(shares, sort_keys=True)
