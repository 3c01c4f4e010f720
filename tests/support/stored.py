"""Charters, payments, mails and signed waivers that are in the table."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.charters import store as charter_store
from chalicelib.charters.store import Charter
from chalicelib.core import dynamo, times
from chalicelib.core.audit import audit_event
from chalicelib.mail import store as mail_store
from chalicelib.mail.store import Mail
from chalicelib.money import ledger
from chalicelib.money.ledger import Sums
from chalicelib.payments import store as payment_store
from chalicelib.payments.store import Posted
from chalicelib.waivers import form as signing_form
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store, people, sealing, version_store
from chalicelib.waivers import store as waiver_store
from chalicelib.waivers.evidence import canonical, merkle
from tests.support import operator


def audit(act: str = "tested", minutes: float = 0) -> Any:
    return audit_event(act, operator.ADMIN, times.format_instant(operator.at(minutes)))


def store_charter(charter: Charter | None = None, **changes: Any) -> Charter:
    charter = charter or operator.event(**changes)
    charter_store.put_new_charter(charter, audit("created"), "", "")
    return charter


def read_again(charter: Charter) -> Charter:
    found = charter_store.read_charter(charter.event_id)
    assert found
    return found


# --- payments and mails -----------------------------------------------------------------------------


def new_payment(charter: Charter, **changes: Any) -> Any:
    return {**operator.payment(charter.event_id, **changes), "receipt": "pending"}


def posted(charter: Charter, payment: Any) -> Posted:
    """A charter as it was seen, and with one more payment."""
    after = payment_store.after(charter, ledger.add(charter.sums, payment), payment["recorded_at"])
    return Posted(charter, after)


def posted_act(charter: Charter, act: Any, sums: Sums | None = None) -> Posted:
    """The same with one more act, which leaves it these sums; by default those that it has."""
    return Posted(charter, payment_store.after(charter, charter.sums if sums is None else sums, act["at"]))


def store_payment(charter: Charter, mail: Mail | None = None, answer: str = "{}", **changes: Any) -> Any:
    """A payment on the charter as it is now."""
    charter = read_again(charter)
    payment = new_payment(charter, **changes)
    payment_store.append_payment(posted(charter, payment), payment, "print", answer, mail)
    return payment


def act(name: str) -> Any:
    """An act on a payment."""
    at = times.format_instant(operator.at(5))
    return {"act": name, "at": at, "by": "admin", "address": "192.0.2.7", "reason": "typo 🚢"}


def new_mail(mail_id: str = "", due_at: str = "2026-11-22T20:01:00Z", **data: Any) -> Mail:
    data = data or {"payment": operator.payment(), "name": "Zoë 🚢"}
    return Mail(mail_id or operator.uuid(), "receipt", "ana@example.com", data, due_at, attempts=1)


def due_mails(minutes: float = 60 * 24, limit: int = 100) -> list[Mail]:
    return mail_store.list_due_mail(times.format_instant(operator.at(minutes)), limit)


# --- waivers ----------------------------------------------------------------------------------------


def new_version(text: str, published_at: str = "2026-11-22T20:00:00Z", by: str = "admin", language: str = "en") -> Any:
    return {
        "waiver_version": canonical.text_hash(text),
        "language": language,
        "title": "T",
        "text": text,
        "published_at": published_at,
        "published_by": by,
    }


def current_version() -> Any:
    return version_store.read_current_versions().get("en")


def new_form(charter: Charter, *names: str, minutes: float = 0, **changes: Any) -> list[waiver_store.SealedRecord]:
    """The records of a form that nobody has stored yet: of the first name, and of the others as minors."""
    signer, *minors = names or ("Ana Rivera",)
    form = {
        "submission_id": operator.uuid(),
        "waiver_version": "0" * 64,
        "signer_name": signer,
        "esign_consent": "on",
        "intent": "on",
        "signature_typed": signer,
        "minor_name": minors,
        "minor_birth_date": ["2018-05-05"] * len(minors),
        **({"guardian_relationship": "parent", "authority_attestation": "on"} if minors else {}),
        **changes,
    }
    given = {name: value if isinstance(value, list) else [value] for name, value in form.items()}
    signing = signing_form.parse_signing(given, charter, now=operator.at(minutes))
    visitor = sealing.Visitor("192.0.2.7", "test")
    return sealing.seal_form(charter, new_version("the text that is signed"), signing, visitor, operator.at(minutes))


def put_form(records: Sequence[waiver_store.SealedRecord], drawing: str = "", mail: Mail | None = None) -> None:
    waiver_store.put_form(records, drawing, [audit("signed")], mail)


def store_waivers(charter: Charter, count: int = 1) -> list[waiver_store.SealedRecord]:
    """So many people sign, each on a form of their own, and are in the log, in this order."""
    forms = [new_form(charter, f"Guest {operator.uuid()[-4:]}", minutes=number / 60) for number in range(count)]
    for records in forms:
        put_form(records)
    assert waiver_log.append_waiting(budget_s=60)
    return [records[0] for records in forms]


def ids(records: Iterable[Any]) -> list[str]:
    """Of sealed or stored records."""
    return [one.row["waiver_id"] for one in records]


def rows_of(charter: Charter) -> list[people.SignedRow]:
    """The charter's list of who has signed."""
    whole = charter_store.read_whole_charter(charter.event_id, with_signed=True)
    assert whole
    return people.load_rows(whole.signed_items)


def logged() -> list[str]:
    """The payloads in the log, in order, as text."""
    keys = list(log_store.list_leaves(0, log_store.read_tree().size))
    found = {item["PK"]["S"] + item["SK"]["S"]: item["payload"]["S"] for item in dynamo.read_items(keys)}
    return [found[key["PK"]["S"] + key["SK"]["S"]] for key in keys]


def root_of(payloads: Iterable[str]) -> bytes:
    """The root of the tree of these leaves, computed anew."""
    return merkle.root_of([merkle.hash_leaf(payload.encode()) for payload in payloads])


def trail(event_id: str) -> list[Any]:
    """The charter's own audit events, in order of time."""
    return trail_of(f"EVENT#{event_id}")


def trail_of(pk: str) -> list[Any]:
    """The audit events of what has this partition, in order of time."""
    values = {":pk": dynamo.s(pk), ":audit": dynamo.s("AUDIT#")}
    items = dynamo.query_items(
        KeyConditionExpression="PK = :pk AND begins_with(SK, :audit)", ExpressionAttributeValues=values
    )
    return [json.loads(item["data"]["S"]) for item in items]
