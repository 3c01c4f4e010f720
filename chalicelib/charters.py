"""One charter with all it owns, for three readers: the admin, the guests, the captain with the manifest."""

from typing import Any

from chalicelib import events, feedback, payments, sheets, waivers
from chalicelib.settings import settings

GUEST_FIELDS = "title starts_at ends_at timezone vessel departure_port return_port guest_notes party_size".split()


def get_charter(event_id: str) -> dict[str, Any]:
    """The contract's Event with `payments`, `waiver_records` and `mail_problems`."""
    charter = payments.find_charter(event_id, with_waivers=True)
    return {
        **events.event_json(charter.event),
        "payments": [payments.payment_json(row) for row in payments.fold(charter.payment_items)],
        "waiver_records": [waivers.summary(record) for record in waivers.in_order(charter.waivers)],
        "mail_problems": feedback.problems(charter.event),
    }


def get_guest_event(event_id: str) -> dict[str, Any]:
    """The contract's GuestEvent: what anyone with the link may see, and nothing else."""
    charter, here = payments.find_charter(event_id, with_waivers=True), settings()
    event = charter.event
    return {
        "event_id": event.event_id,
        **{name: event.details[name] for name in GUEST_FIELDS},
        "status": event.status,
        "operator": {"name": here.operator_name, "phone": here.operator_phone, "email": here.operator_email},
        "waiver_url": f"{here.base_url}/g/{event.event_id}/waiver",
        "waivers": {
            "signed": event.signed_count,
            "expected": event.details["party_size"],
            "signers": [waivers.short_name(record["participant_name"]) for record in waivers.in_order(charter.waivers)],
        },
    }


def get_manifest(event_id: str) -> dict[str, Any]:
    """Who is aboard. Whoever signed counts as a passenger; `missing` are the expected that did not sign."""
    charter = payments.find_charter(event_id, with_waivers=True)
    event, details = charter.event, charter.event.details
    current = waivers.current_version()["waiver_version"]
    passengers = [
        {
            "name": record["participant_name"],
            "minor": record["minor"],
            "guardian": record["signer_name"] if record["minor"] else None,
            "waiver": "signed" if record["waiver_version"] == current else "superseded",
            "signed_at": record["signed_at"],
            "waiver_id": record["waiver_id"],
        }
        for record in waivers.in_order(charter.waivers)
    ]
    names = "title starts_at ends_at timezone vessel departure_port return_port passenger_limit party_size captain crew"
    return {
        "event_id": event.event_id,
        **{name: details[name] for name in names.split()},
        "passengers": passengers,
        "head_count": len(passengers),
        "missing": max(0, details["party_size"] - len(passengers)),
    }


def manifest_csv(event_id: str) -> str:
    manifest = get_manifest(event_id)
    crew = [("captain", manifest["captain"])] if manifest["captain"] else []
    crew += [("crew", person) for person in manifest["crew"]]
    rows = [(role, person["name"], person["phone"], "", "", "", "") for role, person in crew]
    for one in manifest["passengers"]:
        minor = "yes" if one["minor"] else "no"
        rows.append(("passenger", one["name"], "", minor, one["guardian"], one["waiver"], one["signed_at"]))
    rows += [("passenger", "", "", "", "", "missing", "")] * manifest["missing"]
    return sheets.to_csv(("role", "name", "phone", "minor", "guardian", "waiver", "signed_at"), rows)
