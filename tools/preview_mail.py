"""Shows every mail as a patron or a guest gets it, from the templates, with sample data; sends nothing."""

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

from chalicelib import ledger_log
from chalicelib.boats.fields import BoatDetails
from chalicelib.charters import asking, positions
from chalicelib.charters import mails as charter_mails
from chalicelib.charters import service as charters
from chalicelib.charters.fields import CancellationTerms, CharterDetails, Check, PositionPerson
from chalicelib.charters.store import Charter, WholeCharter
from chalicelib.core.dynamo import s
from chalicelib.core.fields import Form
from chalicelib.crew import mails as crew_mails
from chalicelib.crew.roster import Roster
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.manifest import mails as manifest_mails
from chalicelib.manifest.fields import Departure, Snapshot
from chalicelib.manifest.service import make_snapshot
from chalicelib.manifest.store import Notes
from chalicelib.money import ledger
from chalicelib.notices import mails as notice_mails
from chalicelib.operator.service import defaults
from chalicelib.payments import mails as payment_mails
from chalicelib.payments import statements
from chalicelib.payments.fields import PaymentJson
from chalicelib.people.fields import PersonDetails
from chalicelib.register import mails as register_mails
from chalicelib.register.papers import Paper
from chalicelib.register.store import BOAT, Record
from chalicelib.schedule import mails as schedule_mails
from chalicelib.schedule.fields import HoldDetails
from chalicelib.schedule.store import Hold
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import mails as waiver_mails
from chalicelib.waivers import people, sealing
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.evidence import canonical, merkle
from chalicelib.waivers.fields import Language
from chalicelib.waivers.form import parse_signing
from chalicelib.waivers.log_store import Tree
from chalicelib.waivers.store import SealedRecord
from tools.common.console import Refused, run_tool

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
# What the environment does not say. The hash fits no password.
SAMPLE_SETTINGS = {
    "ADMIN_PASS_HASH": f"scrypt$ln=17,r=8,p=1${'A' * 22}${'A' * 43}",
    "SCC_TABLE": "none",
    "SCC_BASE_URL": "https://charters.example.com",
    "SCC_ORIGIN_SECRETS": "none",
    "SCC_OPERATOR_NAME": "Golden Gate Day Charters",
    "SCC_OPERATOR_EMAIL": "captain@example.com",
    "SCC_OPERATOR_PHONE": "+1 415 555 0134",
    "SCC_MAIL_TRANSPORT": "ses",
    "SCC_MAIL_FROM": "captain@charters.example.com",
}
DETAILS = {
    "title": "Sunset birthday cruise",
    "starts_at": "2026-11-29T01:00:00Z",
    "ends_at": "2026-11-29T04:00:00Z",
    "timezone": "America/Los_Angeles",
    "vessel": "S/V Petrel",
    "passenger_limit": 12,
    "departure_port": "South Beach Harbor, San Francisco",
    "return_port": "South Beach Harbor, San Francisco",
    "captain": {"name": "Luis Ferreira", "phone": "+1 415 555 0142"},
    "crew": [{"name": "Tess Lindqvist"}],
    "patron": {"name": "Ana Ruiz", "email": "ana.ruiz@example.com"},
    "party_size": 8,
    "charter_fee_cents": 124_000,
    "currency": "USD",
}
CHARTER = Charter(
    event_id="sample-charter-0000000",
    # As the product reads it, with a default for every field that is not shown here.
    details=Form(DETAILS).read(CharterDetails),
    status="scheduled",
    version=1,
    sums=ledger.Sums(received_cents=40_000),
    ledger_seq=1,
    signed_count=0,
    created_at="2026-11-01T20:00:00Z",
    updated_at="2026-11-01T20:00:00Z",
)
PAYMENT: PaymentJson = {
    "payment_id": "0190c0de-0000-7000-8000-000000000001",
    "event_id": CHARTER.event_id,
    "kind": "deposit",
    "refund_of": None,
    "method": "check",
    "amount_cents": 40_000,
    "currency": "USD",
    "payer": "Ana Ruiz",
    "reference": "#1042",
    "note": "",
    "received_at": "2026-11-21T18:30:00Z",
    "recorded_at": "2026-11-22T20:00:00Z",
    "recorded_by": "admin",
    "cleared_at": None,
    "status": "received",
    "void": {"reason": "entered twice", "at": "2026-11-22T20:10:00Z", "by": "admin"},
    "bounce": {"reason": "insufficient funds", "at": "2026-11-24T20:00:00Z", "by": "admin"},
    "duplicate_of": None,
    "corrects": None,
    "corrected_by": None,
    "clearance": None,
    "receipt": "pending",
}

PAPER: Paper = {"kind": "insurance", "number_last4": "8812", "valid_until": "2026-12-22", "note": "Harbor Mutual"}


def payment(**changes: Any) -> PaymentJson:
    return {**PAYMENT, **changes}  # type: ignore[typeddict-item]


def receipt(**changes: Any) -> Mail | None:
    return payment_mails.receipt_mail(CHARTER, payment(**changes), NOW)


def correction(**changes: Any) -> Mail | None:
    return payment_mails.correction_mail(CHARTER, payment(**changes), NOW)


def correction_of_a_move() -> Mail | None:
    """To the patron of the charter that the payment stood at."""
    void = {"reason": "logged on the wrong charter", "at": "2026-11-22T20:10:00Z", "by": "admin"}
    return correction(void=void, corrected_by={"event_id": "B" * 22, "payment_id": PAYMENT["payment_id"]})


def corrected() -> Mail | None:
    key = {"event_id": CHARTER.event_id, "payment_id": PAYMENT["payment_id"], "reason": "one zero too many"}
    return payment_mails.corrected_mail(CHARTER, payment(corrects=key), CHARTER, payment(amount_cents=400_000), NOW)


def corrected_move() -> Mail | None:
    details: CharterDetails = {**CHARTER.details, "title": "Harbor tour"}
    key = {"event_id": CHARTER.event_id, "payment_id": PAYMENT["payment_id"], "reason": "for the other charter"}
    source = CHARTER._replace(details=details)
    return payment_mails.corrected_mail(CHARTER, payment(corrects=key), source, PAYMENT, NOW)


def batch() -> Mail | None:
    halves = [
        payment(kind="balance", method="venmo", amount_cents=42_000, reference="3391"),
        payment(kind="balance", method="cash", amount_cents=42_000, reference="", payer="Luis Ruiz"),
        payment(kind="tip", method="cash", amount_cents=15_000, reference=""),
    ]
    return payment_mails.batch_mail(CHARTER, "sample", halves, NOW)


def batch_of_tips() -> Mail | None:
    tips = [payment(kind="tip", method="cash", amount_cents=cents, reference="") for cents in (10_000, 5_000)]
    return payment_mails.batch_mail(CHARTER, "sample", tips, NOW)


def statement(to: str = "", **asked: Any) -> Mail:
    """With a payment that has cleared."""
    charter = CHARTER._replace(sums=ledger.Sums(received_cents=40_000))
    row = {**payment(status="cleared"), "refunds_tip": False}
    fields = {"to": to, "due_date": "2026-12-12", "note": "", **asked}
    return statements.make_mail(charter, [row], Form(fields).read(statements.AskedStatement), NOW)  # type: ignore[list-item]


def paid_in_full() -> Mail:
    charter = CHARTER._replace(sums=ledger.Sums(received_cents=124_000))
    row = {**payment(kind="balance", method="zelle", amount_cents=124_000, reference="90312"), "refunds_tip": False}
    return statements.make_mail(charter, [row], Form({}).read(statements.AskedStatement), NOW)  # type: ignore[list-item]


def bounce(**changes: Any) -> Mail | None:
    return payment_mails.bounce_mail(CHARTER, payment(**changes), NOW)


def sealed_records() -> list[SealedRecord]:
    """Of a guest who signs, with a minor."""
    form = {
        "submission_id": "0190c0de-0000-7000-8000-000000000002",
        "waiver_version": waiver_versions.sample("en")["waiver_version"],
        "signer_name": "Marcus Bell",
        "signer_email": "marcus.bell@example.com",
        "signature_typed": "Marcus Bell",
        "minor_name": "Tim Bell",
        "minor_birth_date": "2016-04-05",
        "guardian_relationship": "parent",
        **dict.fromkeys(("esign_consent", "intent", "authority_attestation"), "on"),
    }
    sent = parse_signing({name: [value] for name, value in form.items()}, CHARTER, now=NOW)
    visitor = sealing.Visitor("192.0.2.7", "")
    return sealing.seal_form(CHARTER, waiver_versions.sample("en"), sent, visitor, NOW)


def waiver_copy() -> Mail | None:
    version = waiver_versions.sample("en")
    mail = waiver_mails.copy_mail(CHARTER, sealed_records(), version, NOW)
    # What it gets when it leaves, but for the private link.
    return mail and waiver_mails.with_text(mail, version["text"])


def signature_request(kind: str, language: str) -> Mail:
    return waiver_mails.request_mail(kind, "sample", "marcus.bell@example.com", CHARTER, ["Marcus Bell"], language, NOW)


def manifest() -> Mail:
    rows = [people.number(people.to_row(one.row), [], index) for index, one in enumerate(sealed_records())]
    # Listed, but not aboard.
    charter = CHARTER._replace(
        details={**CHARTER.details, "guests": [{"guest_id": "theo", "name": "Theo Park", "email": ""}]}
    )
    notes = Notes(
        people={
            rows[0]["waiver_id"]: {"state": "aboard", "at": "2026-11-29T00:45:00Z", "by": "admin"},
            "theo": {"state": "no_show", "at": "2026-11-29T00:58:00Z", "by": "admin"},
        },
        briefing={"state": "done", "at": "2026-11-29T00:50:00Z", "by": "admin"},
        departure=None,
    )
    signed = WholeCharter(charter, [], [{"rows": s(people.dump_rows(rows))}])
    waived: Check = {
        "code": "money",
        "state": "waived",
        "message": "$840.00 due before departure",
        "waived": {"by": "admin", "at": "2026-11-29T01:02:00Z", "reason": "paid at the dock, Ana saw it"},
    }
    seen = make_snapshot(signed, notes, {"en": waiver_versions.sample("en")}, defaults())
    snapshot: Snapshot = {**seen, "checks": [waived]}
    departure: Departure = {
        "at": "2026-11-29T01:02:00Z",
        "by": "admin",
        "sha256": canonical.json_hash(snapshot),
        "manifest": snapshot,
    }
    return manifest_mails.manifest_mail(CHARTER, departure, defaults(), NOW)


def checkpoint() -> Mail:
    """Of a log that has grown since the day before, with the proof that it did nothing else."""
    told, now = log_end(190), log_end(214)
    proof = merkle.consistency_proof(told.size, now.size, merkle.nodes_of(leaf_hashes(now.size)))
    return waiver_mails.checkpoint_mail("2026-11-22", waiver_log.to_checkpoint(now), told, proof, defaults(), NOW)


def ledger_checkpoint() -> Mail:
    """Of a ledger that has grown since the day before."""
    sums: list[ledger_log.CurrencySums] = [
        {"currency": "USD", "received_cents": 4_812_500, "refunded_cents": 45_000, "tips_cents": 61_000}
    ]
    told, now = (Tree("sail.example.com/ledger", size, merkle.root_of(leaf_hashes(size))) for size in (190, 214))
    return ledger_log.checkpoint_mail("2026-11-22", now, told, sums, defaults(), NOW)


def log_alarm() -> Mail:
    """Of a log that has become shorter."""
    told, now = log_end(214), log_end(190)
    problem = f"it has {now.size} leaves, and {told.size} were told of"
    head, last = waiver_log.to_checkpoint(now), waiver_log.to_checkpoint(told)
    return waiver_mails.alarm_mail("2026-11-22", problem, head, last, defaults(), NOW)


def option_expired() -> Mail:
    details: HoldDetails = {
        "boat_id": "sample-boat-0000000000",
        "kind": "option",
        "title": "Ruiz wedding, perhaps",
        "starts_at": "2026-12-05T18:00:00Z",
        "ends_at": "2026-12-06T02:00:00Z",
        "timezone": "America/Los_Angeles",
        "expires_at": "2026-11-22T20:00:00Z",
        "weekly_until": None,
        "except": [],
        "note": "She decides when her sister has answered.",
    }
    hold = Hold("sample-hold-0000000000", details, "held", 1)
    return schedule_mails.expired_mail(hold, "S/V Petrel", defaults(), NOW)


def change(language: Language, *, is_off: bool = False) -> Mail:
    """Of a charter that begins two hours later from another pier, or is off."""
    times = {"starts_at": "2026-11-29T03:00:00Z", "ends_at": "2026-11-29T06:00:00Z"}
    details: CharterDetails = {**CHARTER.details, **times, "departure_port": "Pier 39"}  # type: ignore[typeddict-item]
    terms: CancellationTerms = {"cancellation_fee_cents": 15_000}
    after = charters.call_off(CHARTER, terms) if is_off else CHARTER._replace(details=details)
    found = notice_mails.find_change(CHARTER, after)
    if found is None:
        raise Refused("the sample of a change changes nothing")
    mail = notice_mails.make_notices(found, after, [], NOW)[0].mail
    return mail._replace(data={**mail.data, "language": language})


def crew(kind: str) -> Mail:
    """Of a captain who is asked, and what may come of that."""
    person = Record(
        "sample-luis-000000000", Form({"name": "Luis Ferreira", "email": "luis@example.com"}).read(PersonDetails)
    )
    people = Roster({person.record_id: person}, None, [], {**defaults(), "version": 0})
    place = positions.new_position("0" * 16, "captain", required=True, next_ids=[person.record_id])
    free = CHARTER._replace(details={**CHARTER.details, "captain": None}, positions=[place])
    candidate = asking.Candidate(person.record_id, person.details["name"], ["captain"], is_free=True)
    found = asking.advance(free.details, free.positions, [candidate], captain_first=True, now=NOW).positions
    asked = free._replace(positions=found, edited_at="2026-11-22T20:00:00Z")
    named = PositionPerson(person_id=person.record_id, name=person.details["name"])
    assigned = asked._replace(positions=positions.assign(asked.details, found, found[0], named))
    later: CharterDetails = {**CHARTER.details, "starts_at": "2026-11-29T02:00:00Z", "departure_port": "Pier 39"}
    samples = {
        "crew_asked": (free, asked),
        "crew_reminder": (free, asked),
        "crew_changed": (assigned, assigned._replace(details=later)),
        "crew_assigned": (asked, assigned),
        "crew_off": (assigned, assigned._replace(status="cancelled")),
        "position_open": (asked, asked._replace(positions=positions.late(found, "9"))),
    }
    given_up = [place["position_id"]] if kind == "position_open" else []
    made = crew_mails.make_mails(*samples[kind], given_up, people, NOW)
    (mail,) = (one for one in made if one.kind == kind)
    # What it gets when it leaves, but for the private link.
    return crew_mails.with_calendar(mail) if "calendar" in mail.data else mail


def log_end(size: int) -> Tree:
    return Tree(waiver_log.origin(Tree()), size, merkle.root_of(leaf_hashes(size)))


def leaf_hashes(size: int) -> list[bytes]:
    return [merkle.hash_leaf(bytes([number])) for number in range(size)]


def paper_ends() -> Mail:
    details = {**Form({"name": CHARTER.details["vessel"]}).read(BoatDetails), "papers": [PAPER]}
    (mail,) = register_mails.mails_of(BOAT, Record("sample", details), defaults(), NOW)
    return mail


SAMPLES: dict[str, Callable[[], Mail | None]] = {
    "receipt": receipt,
    "receipt-tip": lambda: receipt(kind="tip", method="cash", amount_cents=15_000, reference=""),
    "receipt-refund": lambda: receipt(kind="refund", method="zelle", amount_cents=10_000, reference="90312"),
    "correction": correction,
    "correction-refund": lambda: correction(kind="refund", method="zelle", reference="90312"),
    "correction-moved": correction_of_a_move,
    "corrected": corrected,
    "corrected-move": corrected_move,
    "batch-receipt": batch,
    "batch-receipt-tips": batch_of_tips,
    "bounce": bounce,
    "bounce-tip": lambda: bounce(kind="tip", method="venmo", amount_cents=15_000, reference=""),
    "balance-reminder": lambda: charter_mails.reminder_mail(CHARTER, 7, NOW + timedelta(days=1)),
    "statement": statement,
    "statement-to-another": lambda: statement("books@ruiz.example.com", note="Purchase order 4711.\nThank you."),
    "statement-paid": paid_in_full,
    "paper-ends": paper_ends,
    "waiver-copy": waiver_copy,
    "waiver-reminder": lambda: signature_request("waiver_reminder", "en"),
    "waiver-again": lambda: signature_request("waiver_again", "en"),
    "waiver-again-es": lambda: signature_request("waiver_again", "es"),
    "charter-changed": lambda: change("en"),
    "charter-changed-es": lambda: change("es"),
    "charter-cancelled": lambda: change("en", is_off=True),
    "charter-cancelled-es": lambda: change("es", is_off=True),
    **{kind.replace("_", "-"): partial(crew, kind) for kind in crew_mails.MAIL_KINDS},
    "manifest": manifest,
    "option-expired": option_expired,
    "checkpoint": checkpoint,
    "ledger-checkpoint": ledger_checkpoint,
    "log-alarm": log_alarm,
}


def preview(kind: str) -> EmailMessage:
    mail = SAMPLES[kind]()
    if mail is None:
        raise Refused(f"the sample of {kind} has no address")
    message: EmailMessage = outbox.compose(mail, defaults(), NOW)
    return message


def body(message: EmailMessage, form: str) -> str:
    part = message.get_body((form,))
    return str(part.get_content()) if part else ""


def show(kind: str, message: EmailMessage) -> None:
    print(f"=== {kind}")
    for name in ("From", "Reply-To", "To", "Subject"):
        print(f"{name}: {message[name]}")
    print(f"\n{body(message, 'plain')}")


def write(kind: str, message: EmailMessage, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{kind}.txt").write_text(f"{message['Subject']}\n\n{body(message, 'plain')}", "utf-8")
        (folder / f"{kind}.html").write_text(body(message, "html"), "utf-8")
        (folder / f"{kind}.eml").write_bytes(message.as_bytes())
    except OSError as problem:
        raise Refused(f"cannot write into {folder}: {problem.strerror}") from problem


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.preview_mail",
        description=f"{__doc__} Settings such as SCC_OPERATOR_NAME are taken from the environment where they are set.",
    )
    parser.add_argument("kind", nargs="?", default="all", choices=["all", *SAMPLES], help="which mail (default all)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write .txt, .html and .eml files there instead")
    options = parser.parse_args()
    for name, value in SAMPLE_SETTINGS.items():
        os.environ.setdefault(name, value)
    for kind in SAMPLES if options.kind == "all" else [options.kind]:
        message = preview(kind)
        if options.out:
            write(kind, message, options.out)
            print(options.out / f"{kind}.html")
        else:
            show(kind, message)
    return 0


if __name__ == "__main__":
    run_tool(main)
