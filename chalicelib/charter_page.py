"""One charter with all it owns, for two readers: the admin and the guests."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.charters import service as charters
from chalicelib.charters.store import EventRecord
from chalicelib.core.settings import settings
from chalicelib.mail import addresses
from chalicelib.payments import service as payments
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions

GUEST_FIELDS = "title starts_at ends_at timezone vessel departure_port return_port guest_notes party_size".split()


def get_charter(event_id: str) -> dict[str, Any]:
    """The contract's Event with `payments`, `waiver_records` and `mail_problems`."""
    charter, current = charters.find_charter(event_id, with_waivers=True), waiver_versions.read_current()
    return {
        **charters.event_json(charter.event),
        "payments": [payments.payment_json(row) for row in payments.fold(charter.payment_items)],
        "waiver_records": [
            waiver_records.summary(record, current) for record in waiver_records.in_order(charter.waivers)
        ],
        "mail_problems": _mail_problems(charter.event),
    }


def get_guest_event(event_id: str) -> dict[str, Any]:
    """The contract's GuestEvent: what anyone with the link may see, and nothing else."""
    charter, here = charters.find_charter(event_id, with_waivers=True), settings()
    # Which texts are current matters only for whoever signed in two languages; that is not worth a read more.
    event, people = charter.event, waiver_records.people(charter.waivers, {})
    return {
        "event_id": event.event_id,
        **{name: event.details[name] for name in GUEST_FIELDS},
        "status": event.status,
        "operator": {"name": here.operator_name, "phone": here.operator_phone, "email": here.operator_email},
        "waiver_url": f"{here.base_url}/g/{event.event_id}/waiver",
        "waivers": {
            "signed": event.signed_count,
            "expected": event.details["party_size"],
            "signers": [waiver_records.short_name(record["participant_name"]) for record in people],
        },
    }


def _mail_problems(event: EventRecord) -> list[dict[str, Any]]:
    """The contract's `mail_problems`: the addresses of this charter that bounced or complained."""
    details = event.details
    people: Iterable[Mapping[str, str] | None] = (details["patron"], details["captain"], *details["crew"])
    emails = list(dict.fromkeys(person["email"] for person in people if person and person["email"]))
    flags = addresses.read_flags(emails)
    return [{"email": email, **flags[email]} for email in emails if email in flags]
