"""Charters, payments, mails and signed waivers that are in the table."""

from typing import Any

from chalicelib.charters import store as charter_store
from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.core.audit import audit_event
from chalicelib.mail import store as mail_store
from chalicelib.mail.store import Mail
from chalicelib.money import ledger
from chalicelib.payments import store as payment_store
from chalicelib.waivers import evidence
from chalicelib.waivers import store as waiver_store
from tests.support import operator


def audit(act: str = "tested", minutes: float = 0) -> Any:
    return audit_event(act, operator.ADMIN, times.format_instant(operator.at(minutes)))


def store_charter(charter: Charter | None = None, **changes: Any) -> Charter:
    charter = charter or operator.event(**changes)
    charter_store.put_new_charter(charter, audit("created"), None, "")
    return charter


def read_again(charter: Charter) -> Charter:
    found = charter_store.read_charter(charter.event_id)
    assert found
    return found


# --- payments and mails -----------------------------------------------------------------------------


def new_payment(charter: Charter, **changes: Any) -> Any:
    return {**operator.payment(charter.event_id, **changes), "receipt": "pending"}


def store_payment(charter: Charter, mail: Mail | None = None, answer: str = "{}", **changes: Any) -> Any:
    """A payment on the charter as it is now."""
    charter = read_again(charter)
    payment = new_payment(charter, **changes)
    payment_store.append_payment(charter, payment, ledger.add(charter.sums, payment), "print", answer, mail)
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
        "waiver_version": evidence.text_hash(text),
        "language": language,
        "title": "T",
        "text": text,
        "published_at": published_at,
        "published_by": by,
    }


def current_version() -> Any:
    return waiver_store.read_current_versions().get("en")


def new_records(charter: Charter, count: int = 1, **changes: Any) -> list[Any]:
    """Records that sign the current text and are not in the chain yet; the first of a test publishes a text."""
    if current_version() is None:
        waiver_store.publish_version(new_version("the text that is signed"), audit("published"))
    return [
        {
            "waiver_id": operator.uuid().replace("-", ""),
            "event_id": charter.event_id,
            "waiver_version": current_version()["waiver_version"],
            "guest_id": None,
            **changes,
        }
        for _ in range(count)
    ]


def signing_context(charter: Charter) -> waiver_store.SigningContext:
    found = waiver_store.read_signing_context(charter.event_id)
    assert found
    return found


def sign(charter: Charter, records: list[Any], mail: Mail | None = None, **more: Any) -> list[Any]:
    return sign_as_seen(signing_context(charter), records, mail, **more)


def sign_as_seen(
    seen: waiver_store.SigningContext, records: list[Any], mail: Mail | None = None, **more: Any
) -> list[Any]:
    """Appends the records behind the head of the chain that was seen."""
    sealed = evidence.seal(records, *seen.head)
    new_people = more.pop("new_people", len(sealed))
    waiver_store.append_waivers(seen, sealed, new_people, [audit("waiver_signed")], mail, **more)
    return sealed


def store_waivers(charter: Charter, count: int = 1) -> list[Any]:
    return sign(charter, new_records(charter, count))


def chain() -> list[Any]:
    return [record for _, record in waiver_store.list_chain(0, waiver_store.MAX_SEQ)]
