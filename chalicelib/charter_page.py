"""One charter with all it owns, for two readers: the admin and the guests."""

from typing import Literal, TypedDict, cast

from chalicelib.charters import service as charters
from chalicelib.charters.fields import CharterJson, Status
from chalicelib.charters.store import Charter
from chalicelib.core.schemas import Count, EventId, InstantText, Url
from chalicelib.core.settings import settings
from chalicelib.mail import addresses
from chalicelib.payments import service as payments
from chalicelib.payments.fields import PaymentJson
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.fields import WaiverSummary


class MailProblem(TypedDict):
    email: str
    problem: Literal["bounced", "complained"]
    at: InstantText
    detail: str


class CharterPageJson(CharterJson):
    """The contract's Event with all that it owns."""

    payments: list[PaymentJson]
    waiver_records: list[WaiverSummary]
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
    operator: Operator
    waiver_url: Url
    waivers: GuestWaivers


def get_charter(event_id: str) -> CharterPageJson:
    whole, current = charters.find_whole_charter(event_id, with_waivers=True), waiver_versions.read_current()
    return {
        **charters.charter_json(whole.charter),
        "payments": [payments.payment_json(row) for row in payments.fold(whole.payment_items)],
        "waiver_records": [
            waiver_records.summary(record, current) for record in waiver_records.in_order(whole.waivers)
        ],
        "mail_problems": _mail_problems(whole.charter),
    }


def get_guest_charter(event_id: str) -> GuestEvent:
    whole, here = charters.find_whole_charter(event_id, with_waivers=True), settings()
    # Which texts are current matters only for guests who signed in two languages: not worth one more read.
    charter, people = whole.charter, waiver_records.people(whole.waivers, {})
    shown = {name: value for name, value in charter.details.items() if name in GuestEvent.__annotations__}
    guest_event = {
        "event_id": charter.event_id,
        **shown,
        "status": charter.status,
        "operator": {"name": here.operator_name, "phone": here.operator_phone, "email": here.operator_email},
        "waiver_url": f"{here.base_url}/g/{charter.event_id}/waiver",
        "waivers": {
            "signed": charter.signed_count,
            "expected": charter.details["party_size"],
            "signers": [waiver_records.short_name(record["participant_name"]) for record in people],
        },
    }
    return cast(GuestEvent, guest_event)


def _mail_problems(charter: Charter) -> list[MailProblem]:
    """The addresses of this charter that bounced or complained."""
    details = charter.details
    people = [details["patron"], details["captain"], *details["crew"]]
    emails = list(dict.fromkeys(person["email"] for person in people if person and person["email"]))
    flags = addresses.read_flags(emails)
    return [{"email": email, **flags[email]} for email in emails if email in flags]
