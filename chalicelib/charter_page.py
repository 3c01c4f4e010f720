"""One charter with all it owns, for two readers: the admin and the guests."""

from datetime import datetime
from typing import Literal, TypedDict, cast

from chalicelib.charters import event_json
from chalicelib.charters import service as charters
from chalicelib.charters.fields import CharterJson, Status
from chalicelib.charters.store import Charter
from chalicelib.core import names, times
from chalicelib.core.schemas import Count, EventId, InstantText, Url
from chalicelib.mail import addresses
from chalicelib.operator import service as operator_service
from chalicelib.operator.fields import PayTo
from chalicelib.payments.fields import PaymentJson
from chalicelib.payments.rows import fold, payment_json
from chalicelib.waivers import people, signing
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import store as waiver_store
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.fields import WaiverSummary

# Twice what the largest charter has; Lambda answers with 6 MB at most.
MAX_RECORDS = 1000


class MailProblem(TypedDict):
    email: str
    problem: Literal["bounced", "complained"]
    at: InstantText
    detail: str


class ChartersWaiver(WaiverSummary):
    over_limit: bool
    """Who signed after the charter was full."""


class CharterPageJson(CharterJson):
    """The contract's Event with all that it owns."""

    payments: list[PaymentJson]
    waiver_records: list[ChartersWaiver]
    """At most 1000, those of listed guests first; the search of the waivers has them all."""
    mail_problems: list[MailProblem]


class Operator(TypedDict):
    name: str
    phone: str
    email: str


class GuestWaivers(TypedDict):
    signed: Count
    expected: Count
    signers: list[str]


class GuestEvent(TypedDict):
    """The contract's GuestEvent: what anyone with the link may see, and nothing else."""

    event_id: EventId
    title: str
    starts_at: InstantText
    ends_at: InstantText
    timezone: str
    vessel: str
    departure_port: str
    return_port: str
    guest_notes: str
    party_size: Count
    status: Status
    captain_first_name: str
    """Empty when there is none, or once the charter has sailed."""
    guest_place_url: str
    """The operator's map of where guests board; empty when there is none."""
    pay_to: list[PayTo]
    operator: Operator
    waiver_url: Url
    waivers: GuestWaivers


def get_charter(event_id: str, *, now: datetime) -> CharterPageJson:
    whole, current = charters.find_whole_charter(event_id, with_signed=True), waiver_versions.read_current()
    rows = people.load_rows(whole.signed_items)
    shown = people.first_of(rows, MAX_RECORDS)
    beyond = people.beyond(rows, whole.charter.details["passenger_limit"])
    return {
        **charters.show(whole.charter, now),
        "payments": [payment_json(row) for row in fold(whole.payment_items)],
        "waiver_records": [
            {**waiver_records.summary(event_id, row, current), "over_limit": row["waiver_id"] in beyond}
            for row in shown
        ],
        "mail_problems": _mail_problems(whole.charter),
    }


def get_guest_charter(link: str, *, now: datetime) -> GuestEvent:
    """What anyone with the link may see. It costs the same whatever guests have sent: of a long list of names, the
    first part.
    """
    charter, operator = signing.find_context(link).charter, operator_service.get_settings()
    is_ahead = charter.status == "scheduled" and charter.details["ends_at"] > times.format_instant(now)
    chunk = waiver_store.read_signed_chunk(charter.event_id, 0) if is_ahead and charter.signed_count else []
    # Who was erased has no name any more, and counts.
    signed = [one["name"] for one in people.people(people.load_rows(chunk)) if one["name"]]
    captain = charter.details["captain"] if is_ahead else None
    shown = {name: value for name, value in charter.details.items() if name in GuestEvent.__annotations__}
    guest_event = {
        "event_id": charter.event_id,
        **shown,
        "status": charter.status,
        "captain_first_name": names.first_name(captain["name"]) if captain else "",
        "guest_place_url": operator["guest_place_url"],
        "pay_to": operator["pay_to"],
        "operator": {
            "name": operator["operator_name"],
            "phone": operator["operator_phone"],
            "email": operator["operator_email"],
        },
        "waiver_url": f"{event_json.guest_url(charter)}/waiver",
        "waivers": {
            "signed": charter.signed_count,
            "expected": charter.details["party_size"],
            "signers": [people.short_name(name) for name in signed],
        },
    }
    return cast(GuestEvent, guest_event)


def _mail_problems(charter: Charter) -> list[MailProblem]:
    """The addresses of this charter that bounced or complained."""
    details = charter.details
    contacts = [details["patron"], details["captain"], *details["crew"]]
    emails = list(dict.fromkeys(contact["email"] for contact in contacts if contact and contact["email"]))
    flags = addresses.read_flags(emails)
    return [{"email": email, **flags[email]} for email in emails if email in flags]
