"""Which mail is owed to whom; the outbox.

A mail is put into the outbox by the transaction that makes it owed, so it is neither forgotten nor
sent for something that did not happen. It is tried at once, then by a schedule. At least once: only
a sender that dies between the service's acceptance and its own note can repeat one.
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib import acts, ledger, mailer, pages, reminders, store, times
from chalicelib.acts import Actor
from chalicelib.settings import settings
from chalicelib.store import EventRecord, Mail

log = logging.getLogger("scc.mail")

# How long a sender may hold a mail; longer than any one try can take.
LEASE = timedelta(seconds=60)
BACK_OFF_MINUTES = (1, 5, 15, 60, 180, 360, 720, 720, 720)
MAX_ATTEMPTS = len(BACK_OFF_MINUTES) + 1
SWEEP_BATCH = 25
# No mail is begun after this: the function is stopped at 15 s, and none may be stopped while it sends.
SWEEP_S = 5
# The minute of each hour that looks for reminders. One that is missed is made up for an hour later.
REMINDERS_MINUTE = 17
REMINDERS_S = 10

_TEMPLATES = {
    "receipt": "mail-receipt",
    "correction": "mail-correction",
    "bounce": "mail-bounce",
    "waiver_copy": "mail-waiver-copy",
    "waiver_reminder": "mail-waiver-request",
    "waiver_again": "mail-waiver-request",
    "manifest": "mail-manifest",
    "chain_head": "mail-chain-head",
    "balance_reminder": "mail-balance-reminder",
}
_KIND_WORDS = {"balance": "payment"}


def owe_receipt(
    event: EventRecord, payment: Mapping[str, Any], balance: Mapping[str, int], now: datetime
) -> Mail | None:
    return _owe_patron("receipt", "", event, payment, balance, now)


def owe_receipt_again(
    event: EventRecord, payment: Mapping[str, Any], balance: Mapping[str, int], now: datetime
) -> Mail | None:
    # A double tap is one mail; a second wish a little later is a second one.
    again = int(now.timestamp()) // 10
    return _owe_patron("receipt", f"-{again}", event, payment, balance, now)


def owe_correction(
    event: EventRecord, payment: Mapping[str, Any], balance: Mapping[str, int], now: datetime
) -> Mail | None:
    return _owe_patron("correction", "-void", event, payment, balance, now)


def owe_bounce_notice(
    event: EventRecord, payment: Mapping[str, Any], balance: Mapping[str, int], now: datetime
) -> Mail | None:
    return _owe_patron("bounce", "-bounce", event, payment, balance, now)


def _owe_patron(
    kind: str, which: str, event: EventRecord, payment: Mapping[str, Any], balance: Mapping[str, int], now: datetime
) -> Mail | None:
    patron = event.details["patron"]
    facts = {"event": _event_facts(event), "payment": dict(payment), "balance": dict(balance), "name": patron["name"]}
    # Another charter may have a payment of the same id. Not the whole id of the charter: it opens the guest page.
    mail_id = f"{payment['payment_id']}-{event.event_id[:8]}{which}"
    return owe(kind, mail_id, patron["email"], facts, now)


def owe_waiver_copy(
    event: EventRecord, records: Sequence[Mapping[str, Any]], version: Mapping[str, Any], now: datetime
) -> Mail | None:
    record = records[0]
    facts = {
        "event": _event_facts(event),
        "record": {
            name: record[name]
            for name in ("waiver_id", "signer_name", "signed_at", "waiver_version", "intent_statement", "record_hash")
        },
        "waiver_ids": [one["waiver_id"] for one in records],
        "people": [one["participant_name"] for one in records],
        "language": record["language"],
        "title": version["title"],
        "text": version["text"],
        "name": record["signer_name"],
    }
    return owe("waiver_copy", f"waiver-{record['waiver_id']}", record["signer_email"], facts, now)


def owe_reminder(event: EventRecord, days_before: int, now: datetime) -> Mail:
    """Due at once, held by nobody, and the same mail however often it is owed."""
    day, at = reminders.day(event), times.format_instant(now)
    facts = {
        "event": _event_facts(event),
        "balance": event.sums.balance(event.details["charter_fee_cents"]),
        "currency": event.details["currency"],
        "name": event.details["patron"]["name"],
        "days_before": days_before,
    }
    mail_id = f"reminder-{event.event_id[:8]}-{day}-{days_before}"
    return Mail(mail_id, "balance_reminder", event.details["patron"]["email"], facts, due_at=at, created_at=at)


def owe(kind: str, mail_id: str, to: str, facts: dict[str, Any], now: datetime) -> Mail | None:
    """The owed mail, held for whoever makes it; None where there is no address."""
    if not to:
        return None
    # The request that makes it owed is its first sender, so the first attempt is already counted.
    until, at = times.format_instant(now + LEASE), times.format_instant(now)
    return Mail(mail_id=mail_id, kind=kind, to=to, facts=facts, due_at=until, attempts=1, created_at=at)


def _event_facts(event: EventRecord) -> dict[str, Any]:
    names = ("title", "starts_at", "timezone", "vessel", "departure_port")
    return {"event_id": event.event_id, "status": event.status, **{name: event.details[name] for name in names}}


def deliver(mail: Mail | None, now: datetime) -> None:
    """Tries a new mail once and notes how it went. Never raises: what it tells of stands, sent or not."""
    if mail is not None:
        _try(mail, lambda: mail, now)


def deliver_again(mail: Mail, now: datetime) -> None:
    """The same for one that has waited: what it tells of may have changed meanwhile."""
    _try(mail, lambda: _renew(mail, now), now)


def _try(mail: Mail, renew: Callable[[], Mail | str], now: datetime) -> None:
    try:
        renewed = renew()
        if isinstance(renewed, str):
            _finish(mail, "withdrawn", renewed, now)
            return
        mail = renewed
        outcome = mailer.send(compose(_with_copy_link(mail, now)))
        if outcome.status == "retry" and mail.attempts < MAX_ATTEMPTS:
            wait = timedelta(minutes=BACK_OFF_MINUTES[mail.attempts - 1])
            store.postpone_mail(mail, times.format_instant(now + wait), outcome.note)
        else:
            status = "failed" if outcome.status == "retry" else outcome.status
            _finish(mail, status, outcome.note, now)
        if outcome.status != "sent":
            log.warning("mail %s: %s at attempt %d (%s)", mail.mail_id, outcome.status, mail.attempts, outcome.note)
    except Exception as problem:
        # The lease runs out and the schedule takes it up again.
        log.error("mail %s: attempt %d broke off (%s)", mail.mail_id, mail.attempts, type(problem).__name__)


def run_schedule(now: datetime) -> None:
    """What the schedule does each minute."""
    # A minute without the other keeps both within the function's time.
    if now.minute == REMINDERS_MINUTE:
        owe_reminders(now)
    else:
        sweep(now)


def owe_reminders(now: datetime, clock: Callable[[], float] = time.monotonic) -> int:
    """Puts the reminders that are due into the outbox; returns how many were new."""
    new, ends_at = 0, clock() + REMINDERS_S
    for event, days_before in reminders.find_due(now):
        if clock() >= ends_at:
            log.error("reminders: not all were found in time; the next hour goes on")
            break
        new += _put_new(owe_reminder(event, days_before, now))
    return new


def _put_new(mail: Mail) -> bool:
    try:
        store.put_mail(mail)
    except (store.Exists, store.Moved):
        return False
    return True


def sweep(now: datetime, clock: Callable[[], float] = time.monotonic) -> int:
    """Tries the mails that are due, one batch, for a few seconds; returns how many were taken."""
    taken, ends_at = 0, clock() + SWEEP_S
    for due in store.list_due_mail(times.format_instant(now), SWEEP_BATCH):
        if clock() >= ends_at:
            break
        until = times.format_instant(now + LEASE)
        if not store.claim_mail(due, until):
            continue
        taken += 1
        mail = due._replace(due_at=until, attempts=due.attempts + 1)
        if mail.attempts > MAX_ATTEMPTS:
            _finish(mail, "failed", "every attempt broke off", now)
        else:
            deliver_again(mail, now)
    return taken


def _renew(mail: Mail, now: datetime) -> Mail | str:
    """The mail as it has to go out now, or why it must not."""
    if mail.kind == "receipt" and _is_undone(mail.facts["payment"]):
        # The patron is told of that by a mail of its own; this one must not follow it.
        return "the payment was voided or bounced"
    if mail.kind == "balance_reminder":
        return _renew_reminder(mail, now)
    return mail


def _is_undone(payment: Mapping[str, Any]) -> bool:
    return any(store.has_act(payment["event_id"], payment["payment_id"], act) for act in ("VOID", "BOUNCE"))


def _renew_reminder(mail: Mail, now: datetime) -> Mail | str:
    event = store.read_event(mail.facts["event"]["event_id"])
    if event is None:
        return "there is no such charter"
    if why := reminders.why_not(event, now):
        return why
    fresh = owe_reminder(event, mail.facts["days_before"], now)
    if not mail.mail_id.startswith(fresh.mail_id):
        return "the charter was moved to another day"
    if fresh.to != mail.to:
        whose = hashlib.sha256(fresh.to.encode()).hexdigest()[:12]
        _put_new(fresh._replace(mail_id=f"{fresh.mail_id}-{whose}"))
        return "the patron's address was changed; the reminder goes to the new one"
    return mail._replace(facts=fresh.facts)


def _finish(mail: Mail, status: str, note: str, now: datetime) -> None:
    if status not in ("sent", "withdrawn"):
        # An alarm counts these lines: see MailAlarm in .chalice/resources.yaml.
        log.warning("mail-given-up %s: %s (%s)", mail.mail_id, status, note)
    receipt = None
    if mail.kind == "receipt":
        receipt = {"sent": "sent", "withdrawn": "off"}.get(status, "failed")
    trace = _copy_sent(mail, now) if mail.kind == "waiver_copy" and status == "sent" else None
    for _ in acts.tries():
        try:
            store.finish_mail(mail, status, times.format_instant(now), note, receipt, trace)
        except store.Moved:
            # A replay of the payment met its row just now. Unnoted, the mail would go out twice.
            continue
        except store.Exists:
            pass
        break


def compose(mail: Mail) -> Any:
    """The message of an owed mail, as an EmailMessage with text and HTML."""
    facts = _facts(mail)
    subject, text = _subject_and_text(mail, facts)
    html = pages.render(f"{_TEMPLATES[mail.kind]}.html", **{**facts, "subject": subject})
    return mailer.build(
        mail_id=mail.mail_id,
        to=mail.to,
        to_name=mail.facts["name"],
        subject=subject,
        text=text.strip() + "\n",
        html=html,
    )


def subject(mail: Mail) -> str:
    return _subject_and_text(mail, _facts(mail))[0]


def _facts(mail: Mail) -> dict[str, Any]:
    facts = {**mail.facts, "operator": settings(), "subject": ""}
    if "payment" in facts:
        payment = facts["payment"]
        method, kind = payment["method"], payment["kind"]
        facts |= {"method_words": ledger.METHOD_WORDS[method], "kind_words": _KIND_WORDS.get(kind, kind)}
    return facts


def _subject_and_text(mail: Mail, facts: dict[str, Any]) -> tuple[str, str]:
    # The text's first line is the subject: one place to read and translate a mail.
    first_line, _, text = pages.render(f"{_TEMPLATES[mail.kind]}.txt", **facts).partition("\n")
    return first_line, text


# --- waivers --------------------------------------------------------------------------------------


def _with_copy_link(mail: Mail, now: datetime) -> Mail:
    """A signer's copy gets its private link when it leaves: it stands in the mail, and nowhere else but as a hash."""
    if mail.kind != "waiver_copy":
        return mail
    event_id, record = mail.facts["event"]["event_id"], mail.facts["record"]
    secret = secrets.token_urlsafe(16)
    waiver_ids = mail.facts.get("waiver_ids", [record["waiver_id"]])
    store.put_copy(event_id, hash_secret(secret), waiver_ids, times.format_instant(now))
    link = f"{settings().base_url}/g/{event_id}/waiver?copy={secret}"
    return mail._replace(facts={**mail.facts, "copy_url": link})


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _copy_sent(mail: Mail, now: datetime) -> dict[str, Any]:
    waiver_ids = mail.facts.get("waiver_ids", [mail.facts["record"]["waiver_id"]])
    return acts.audit("waiver_copy_sent", Actor("system", ""), times.format_instant(now), waiver_ids=waiver_ids)


def owe_signature_request(
    kind: str, mail_id: str, to: str, event: EventRecord, names: list[str], language: str, now: datetime
) -> Mail:
    """A reminder ("waiver_reminder") or the wish to sign a changed text ("waiver_again")."""
    link = f"{settings().base_url}/g/{event.event_id}/waiver"
    facts = {"event": _event_facts(event), "kind": kind, "name": ", ".join(names), "language": language, "url": link}
    return _held(kind, mail_id, to, facts, now)


def owe_manifest(event: EventRecord, departure: Mapping[str, Any], now: datetime) -> Mail:
    """The frozen manifest, for whoever stays ashore."""
    here = settings()
    # Not the charter's own id: that opens the guest page.
    mail_id = f"manifest-{hash_secret(event.event_id)[:32]}"
    facts = {"event": _event_facts(event), "departure": dict(departure), "name": here.operator_name}
    return _held("manifest", mail_id, here.operator_email, facts, now)


def owe_chain_head(day: str, count: int, head: str, now: datetime) -> Mail:
    """Where the chain of waivers ends, so that the evidence lies outside the system, too."""
    here = settings()
    facts = {"day": day, "count": count, "head": head, "name": here.operator_name}
    return _held("chain_head", f"chain-head-{day}", here.operator_email, facts, now)


def _held(kind: str, mail_id: str, to: str, facts: dict[str, Any], now: datetime) -> Mail:
    mail = owe(kind, mail_id, to, facts, now)
    if mail is None:
        raise ValueError("there is no address")
    return mail
