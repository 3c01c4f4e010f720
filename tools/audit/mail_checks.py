"""Mails compared with what they are about: amounts and states with the rows, each mail with what has queued it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.charters import reminders
from chalicelib.charters.mails import charter_data
from chalicelib.charters.store import Charter
from chalicelib.manifest.mails import manifest_mail_id
from chalicelib.payments.fields import PaymentJson
from chalicelib.payments.mails import batch_mail_id, receipt_mail_id
from chalicelib.payments.statements import statement_number
from tools.audit.history_checks import DEPARTURE
from tools.audit.records import Difference, Entry, Mail, Records, answer_of, guarded, is_same_batch
from tools.audit.replay import History, Ledger, could_be, place_of, replay_history, replay_ledger
from tools.audit.waiver_checks import payload_of

ENDED = ("voided", "bounced")
REQUESTS = ("waiver_reminder", "waiver_again")
# The acts on a payment that are mailed, and the mails of a charter's audit events.
_ACT_MAILS = {"VOID": "correction", "BOUNCE": "bounce"}
_EVENT_MAILS = {"receipt_asked": "receipt", "balance_reminded": "balance_reminder", "statement_sent": "statement"}
MONEY_MAILS = ("receipt", "corrected", "batch_receipt", "correction", "bounce", "balance_reminder", "statement")


@dataclass(frozen=True)
class _Queued:
    """A mail that something says to have queued."""

    kind: str
    place: int | None
    """Where the charter's ledger stood then; None if that is not known."""


def check_mails(records: Records) -> Iterator[Difference]:
    payments = {(owner, row["payment_id"]) for owner, rows in records.payments.items() for row in rows}
    payloads = map(payload_of, records.waivers.records.values())
    waivers = {(payload["event_id"], payload["waiver_id"]) for payload in payloads}
    requests = {mail_id for _, mail_id in records.found_by}
    for mail_id, mail in records.mails.items():
        subject = f"mail {mail_id}"
        if mail.event_id and mail.event_id not in records.events:
            yield Difference(subject, "owner", "it is about a charter that does not exist")
        elif any((mail.event_id, payment_id) not in payments for payment_id in mail.payment_ids):
            yield Difference(subject, "owner", "it is about a payment that does not exist")
        elif mail.waiver_id and (mail.event_id, mail.waiver_id) not in waivers:
            yield Difference(subject, "owner", "it is about a waiver that does not exist")
        if mail.kind in REQUESTS and not mail.erased and mail_id not in requests:
            yield Difference(subject, "about", "nothing tells whom it asks to sign")
        partition, sort_key = records.index_keys.get(subject, ("", ""))
        if partition != f"MAIL#{mail.status}" or sort_key.partition("#")[2] != mail_id:
            yield Difference(subject, "index", "the index lists it in another place")
    for mail_id in requests - records.mails.keys():
        yield Difference(f"mail {mail_id}", "missing", "it does not exist, but asked somebody to sign")
    yield from _of_charters(records)


def _of_charters(records: Records) -> Iterator[Difference]:
    queued: dict[str, _Queued] = {}
    cancellations: defaultdict[str, list[tuple[str, Mail]]] = defaultdict(list)
    for mail_id, one in records.mails.items():
        # Guests, captain and crew are told of no money.
        if one.kind == "charter_cancelled" and one.event_id and one.data.get("balance"):
            cancellations[one.event_id].append((f"mail {mail_id}", one))
    for event_id, charter in records.events.items():
        history = replay_history(records.histories.get(event_id, []))
        found = replay_ledger(records.ledgers.get(event_id, []))
        of_charter = dict(_queued_by(records, event_id))
        queued |= of_charter
        for mail_id, cause in of_charter.items():
            mail = records.mails.get(mail_id)
            if mail is None or mail.kind != cause.kind:
                yield Difference(f"mail {mail_id}", "missing", "it was queued, but there is no such mail")
            elif mail.kind in MONEY_MAILS and found.is_whole:
                compared = _money(records, f"mail {mail_id}", mail, cause, charter, history, found)
                yield from guarded(f"mail {mail_id}", compared)
            elif mail.kind == "manifest":
                yield from guarded(f"mail {mail_id}", _manifest(records, f"mail {mail_id}", mail, charter, history))
        for subject, told in cancellations[event_id] if found.is_whole else ():
            yield from guarded(subject, _cancellation(subject, told, charter, history, found))
    for mail_id, mail in records.mails.items():
        if mail.kind in (*MONEY_MAILS, "manifest") and mail_id not in queued and mail.event_id in records.events:
            yield Difference(f"mail {mail_id}", "queued", "nothing tells that it was queued")


def _queued_by(records: Records, event_id: str) -> Iterator[tuple[str, _Queued]]:
    """What a charter's rows, acts and audit events say to have mailed, by the mail's id."""
    entries = records.ledgers.get(event_id, [])
    for entry in entries:
        answer, mail_id = answer_of(records, entry), str(entry.data.get("mail_id") or "")
        is_pending = answer and answer.payments.get(entry.payment_id, {}).get("receipt") == "pending"
        if entry.act in _ACT_MAILS and mail_id and mail_id != _mail_of_correction(entry):
            yield mail_id, _Queued(_ACT_MAILS[entry.act], place_of(entry))
        elif is_pending and entry.data.get("batch_id"):
            place = max(place_of(one) for one in entries if one is entry or is_same_batch(one, entry))
            yield batch_mail_id(event_id, entry.data["batch_id"]), _Queued("batch_receipt", place)
        elif is_pending:
            kind = "corrected" if _is_told_as_corrected(records, entry) else "receipt"
            yield receipt_mail_id(event_id, entry.payment_id), _Queued(kind, place_of(entry))
    for event in records.histories.get(event_id, []):
        if event["act"] in _EVENT_MAILS:
            yield str(event.get("mail_id")), _Queued(_EVENT_MAILS[event["act"]], None)
        elif event["act"] == "departed":
            yield manifest_mail_id(event_id), _Queued("manifest", None)


def _mail_of_correction(act: Entry) -> str:
    """Of the mail that tells of a void and of what was recorded instead; that row is what has queued it."""
    key = act.data.get("corrected_by")
    if not isinstance(key, Mapping) or not isinstance(key.get("event_id"), str):
        return ""
    return receipt_mail_id(key["event_id"], str(key.get("payment_id")))


def _is_told_as_corrected(records: Records, row: Entry) -> bool:
    """Whether the mail of a row tells of the one that it corrects as well."""
    act = _void_of(records, row.data.get("corrects"))
    return act is not None and act.data.get("mail_id") == _mail_of_correction(act)


def _void_of(records: Records, key: object) -> Entry | None:
    """The act that voided a payment."""
    if not isinstance(key, Mapping):
        return None
    entries = records.ledgers.get(str(key.get("event_id")), ())
    return next((one for one in entries if (one.act, one.payment_id) == ("VOID", key.get("payment_id"))), None)


def _money(
    records: Records, subject: str, mail: Mail, queued: _Queued, charter: Charter, history: History, found: Ledger
) -> Iterator[Difference]:
    """The amounts in a mail to the patron are those of the ledger at one moment, and of the charter then."""
    is_later = queued.place is None or bool(mail.data.get("left_out"))
    places = range(len(found.sums)) if is_later else (queued.place or 0,)
    then = [state for place in places for state in history.all(charter, found.sums[place])]
    if not could_be(mail.data.get("balance"), then):
        yield Difference(subject, "balance", "it tells a balance that the charter never had")
    if mail.kind == "balance_reminder":
        currencies = {state.details["currency"] for state in then}
        if mail.data.get("currency") not in currencies or mail.data.get("days_before") not in reminders.DAYS_BEFORE:
            yield Difference(subject, "reminder", "it reminds otherwise than was due")
    elif mail.kind == "statement":
        yield from _statement(subject, mail, charter, history, found)
    elif mail.kind == "batch_receipt":
        yield from _batch(records, subject, mail, charter.event_id, found)
    elif not _could_be_payment(mail.data.get("payment"), found, queued.place):
        yield Difference(subject, "payment", "it tells a payment otherwise than its row")
    if mail.kind == "corrected" and not _is_corrected(records, mail):
        yield Difference(subject, "corrected", "it tells otherwise of the payment that was corrected")
    yield from _addressed(subject, mail, charter, history)


def _batch(records: Records, subject: str, mail: Mail, event_id: str, found: Ledger) -> Iterator[Difference]:
    """Each payment is told as it was logged, and what was left out has ended."""
    answered = next(
        (one for batch_id, one in records.batches[event_id].items() if batch_mail_id(event_id, batch_id) in subject),
        None,
    )
    told, left_out = mail.data["payments"], mail.data["left_out"]
    places = [found.states[one["payment_id"]][0].ledger_seq for one in told]
    if (
        answered is None
        or mail.payment_ids != list(answered.payments)
        or not all(map(_could_be_payment, told, [found] * len(told), places))
    ):
        yield Difference(subject, "payment", "it tells a payment otherwise than its row")
    last = {payment_id: states[-1].payment["status"] for payment_id, states in found.states.items()}
    if any(payment_id not in mail.payment_ids or last[payment_id] not in ENDED for payment_id in left_out):
        yield Difference(subject, "left out", "it leaves out what has not ended")


def _statement(subject: str, mail: Mail, charter: Charter, history: History, found: Ledger) -> Iterator[Difference]:
    """It carries the charter's number, is for one of its patrons, and tells payments as they once stood."""
    versions = [state.details for state in history.all(charter, charter.sums)]
    if not any(
        mail.data.get("patron") == one["patron"]["name"] and mail.data.get("currency") == one["currency"]
        for one in versions
    ):
        yield Difference(subject, "for", "it is for somebody who never was the patron, or in another currency")
    if mail.data.get("number") != statement_number(charter.event_id, charter.created_at):
        yield Difference(subject, "number", "it carries another number than the charter's")
    if not all(_could_be_payment(told, found, None) for told in mail.data["payments"]):
        yield Difference(subject, "payment", "it tells a payment otherwise than its row")


def _cancellation(subject: str, mail: Mail, charter: Charter, history: History, found: Ledger) -> Iterator[Difference]:
    """It tells its patron what the cancelled charter was charged, and what was paid, at one moment."""
    states = [state for sums in found.sums for state in history.all(charter, sums) if state.status == "cancelled"]
    told = [state for state in states if state.details["currency"] == mail.data.get("currency")]
    if not could_be(mail.data["balance"], told):
        yield Difference(subject, "balance", "it tells a balance that the charter never had")
    if mail.to not in {state.details["patron"]["email"] for state in states}:
        yield Difference(subject, "patron", "it tells money to somebody who never was the patron")


def _is_corrected(records: Records, mail: Mail) -> bool:
    told = mail.data.get("corrected")
    act = _void_of(records, mail.data["payment"]["corrects"])
    if act is None or not isinstance(told, Mapping):
        return False
    event_id = str(told.get("event_id"))
    charter, found = records.events.get(event_id), replay_ledger(records.ledgers.get(event_id, []))
    if charter is None or not found.is_whole:
        return False
    history = replay_history(records.histories.get(event_id, []))
    titles = {state.details["title"] for state in history.all(charter, charter.sums)}
    return _could_be_payment(told, found, place_of(act)) and mail.data.get("corrected_charter") in titles


def _could_be_payment(told: object, found: Ledger, place: int | None) -> bool:
    if not isinstance(told, Mapping):
        return False
    names = [name for name in PaymentJson.__annotations__ if name != "receipt"]
    states = found.states.get(str(told.get("payment_id")), [])
    return any(
        all(told.get(name) == state.payment[name] for name in names)  # type: ignore[literal-required]
        for state in states
        if place is None or state.ledger_seq == place
    )


def _addressed(subject: str, mail: Mail, charter: Charter, history: History) -> Iterator[Difference]:
    """Trip and patron are those of one of the charter's versions."""
    states = list(history.all(charter, charter.sums))
    if not any(mail.data.get("charter") == {**charter_data(state)} for state in states):
        yield Difference(subject, "trip", "it tells another trip than the charter ever was")
    patrons = [state.details["patron"] for state in states]
    names, emails = {one["name"] for one in patrons}, {one["email"] for one in patrons}
    # A statement may go to whoever pays.
    if mail.data.get("is_to_patron", True) and (mail.data.get("name") not in names or mail.to not in emails):
        yield Difference(subject, "patron", "it went to somebody who never was the patron")


def _manifest(records: Records, subject: str, mail: Mail, charter: Charter, history: History) -> Iterator[Difference]:
    if mail.data.get("departure") != records.notes.get(charter.event_id, {}).get(DEPARTURE):
        yield Difference(subject, "manifest", "it tells another manifest than was frozen")
    if not any(mail.data.get("charter") == {**charter_data(one)} for one in history.all(charter, charter.sums)):
        yield Difference(subject, "trip", "it tells another trip than the charter ever was")
