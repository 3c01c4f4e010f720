"""One charter with all it owns, for two readers: the admin and the guests."""

from typing import Any

from chalicelib import events, feedback, payments, waiver_versions, waivers
from chalicelib.settings import settings

GUEST_FIELDS = "title starts_at ends_at timezone vessel departure_port return_port guest_notes party_size".split()


def get_charter(event_id: str) -> dict[str, Any]:
    """The contract's Event with `payments`, `waiver_records` and `mail_problems`."""
    charter, current = payments.find_charter(event_id, with_waivers=True), waiver_versions.read_current()
    return {
        **events.event_json(charter.event),
        "payments": [payments.payment_json(row) for row in payments.fold(charter.payment_items)],
        "waiver_records": [waivers.summary(record, current) for record in waivers.in_order(charter.waivers)],
        "mail_problems": feedback.problems(charter.event),
    }


def get_guest_event(event_id: str) -> dict[str, Any]:
    """The contract's GuestEvent: what anyone with the link may see, and nothing else."""
    charter, here = payments.find_charter(event_id, with_waivers=True), settings()
    # Which texts are current matters only for whoever signed in two languages; that is not worth a read more.
    event, people = charter.event, waivers.people(charter.waivers, {})
    return {
        "event_id": event.event_id,
        **{name: event.details[name] for name in GUEST_FIELDS},
        "status": event.status,
        "operator": {"name": here.operator_name, "phone": here.operator_phone, "email": here.operator_email},
        "waiver_url": f"{here.base_url}/g/{event.event_id}/waiver",
        "waivers": {
            "signed": event.signed_count,
            "expected": event.details["party_size"],
            "signers": [waivers.short_name(record["participant_name"]) for record in people],
        },
    }
