"""What one person sees of their charters. No field of it holds an amount or an address of mail. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from urllib.parse import quote

from chalicelib.charters import positions
from chalicelib.charters.fields import CrewMember, Readiness
from chalicelib.charters.positions import StoredPosition
from chalicelib.charters.readiness import DEPART_BEFORE, words_for_crew
from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.people.service import Person
from chalicelib.register.papers import LABELS

MANIFEST_BEFORE, MANIFEST_AFTER = DEPART_BEFORE, timedelta(hours=6)
PATRON_BEFORE = timedelta(hours=24)
PAPER_DAYS = (90, 30, 7)

Standing = Literal["asked", "late", "changed", "booked"]
"""Asked; was too late, and it is still free; accepted before it was changed; sails."""


class Words(NamedTuple):
    """Whether a charter may sail."""

    tone: Literal["go", "open", "stop"]
    text: str


def in_words(readiness: Readiness) -> Words:
    may_sail, text = words_for_crew(readiness)
    if not may_sail:
        return Words("stop", text)
    return Words("open" if readiness["state"] == "open" else "go", text)


class Contact(NamedTuple):
    name: str
    role: str
    phone: str

    @property
    def dialled(self) -> str:
        """As `tel:` and `sms:` take it."""
        return re.sub(r"[^+\d]", "", self.phone)


class Sail(NamedTuple):
    """A charter, for one who sails on it or is asked to."""

    event_id: str
    title: str
    starts_at: str
    ends_at: str
    timezone: str
    standing: Standing
    role: str
    position_id: str
    """Of the position that is asked or held; empty for who was written in directly."""
    seen: str
    """Stands for what an answer agrees to."""
    answer_by: str
    boat: str
    port: str
    return_port: str
    map_url: str
    guests: int
    signed: int
    mates: Sequence[Contact]
    guest_notes: str
    readiness: Words
    patron: Contact | None
    has_manifest: bool
    is_off: bool
    near: str
    """Today or Tomorrow; empty for any other day."""

    @property
    def day(self) -> str:
        """Where it begins, as `YYYY-MM-DD`."""
        return str(times.local(self.starts_at, self.timezone).date())


class PaperLine(NamedTuple):
    label: str
    text: str
    tone: Literal["good", "wait", "bad", "calm"]


class Place(NamedTuple):
    """What somebody has to do with a charter."""

    standing: Standing
    role: str
    position: StoredPosition | None


def place_of(charter: Charter, person_id: str) -> Place | None:
    """None for who is neither asked nor sails.

    Captain, and who has taken a position, can take no other one of the same charter: what they were asked for besides
    is not offered. Whoever was written into the crew is asked first, and what they are waited for before what they were
    too late for.
    """
    if held := positions.holders(charter.positions).get(person_id):
        return Place("changed" if held["state"] == "unconfirmed" else "booked", held["role"], held)
    details = charter.details
    if details["captain"] and details["captain"]["person_id"] == person_id:
        return Place("booked", "captain", None)
    asked = [one for one in charter.positions if positions.may_answer(one, person_id)]
    if asked and charter.status == "scheduled":
        waited_for = (one for one in asked if (waits := positions.waiting(one)) and waits["person_id"] == person_id)
        if position := next(waited_for, None):
            return Place("asked", position["role"], position)
        return Place("late", asked[0]["role"], asked[0])
    if any(one["person_id"] == person_id for one in details["crew"]):
        return Place("booked", "crew", None)
    return None


def is_captain(charter: Charter, person_id: str) -> bool:
    """Whether they sail as the captain, and agreed to it as it is now."""
    place = place_of(charter, person_id)
    return place is not None and (place.standing, place.role) == ("booked", "captain")


def has_manifest(charter: Charter, person_id: str, now: datetime) -> bool:
    """Whether this person may see the manifest, tick it off and have the charter depart."""
    return (
        charter.status != "cancelled"
        and is_captain(charter, person_id)
        and _is_between(charter, now, MANIFEST_BEFORE, MANIFEST_AFTER)
    )


def _is_between(charter: Charter, now: datetime, before: timedelta, after: timedelta) -> bool:
    starts_at, ends_at = (times.parse_instant(charter.details[name]) for name in ("starts_at", "ends_at"))
    return bool(starts_at - before <= now <= ends_at + after)


def make_sail(
    charter: Charter,
    place: Place,
    person_id: str,
    readiness: Readiness,
    *,
    guest_place_url: str,
    now: datetime,
) -> Sail:
    details = charter.details
    knows_patron = (
        charter.status != "cancelled"
        and is_captain(charter, person_id)
        and _is_between(charter, now, PATRON_BEFORE, MANIFEST_AFTER)
    )
    position = place.position
    return Sail(
        event_id=charter.event_id,
        title=details["title"],
        starts_at=details["starts_at"],
        ends_at=details["ends_at"],
        timezone=details["timezone"],
        standing=place.standing,
        role=place.role,
        position_id=position["position_id"] if position else "",
        seen=positions.seen_of(details, position) if position else "",
        answer_by=(position["answer_by"] or "") if position and place.standing == "asked" else "",
        boat=details["vessel"],
        port=details["departure_port"],
        return_port=details["return_port"] if details["return_port"] != details["departure_port"] else "",
        map_url=guest_place_url or map_of(details["departure_port"]),
        guests=details["party_size"],
        signed=charter.signed_count,
        mates=_mates(charter, person_id),
        guest_notes=details["guest_notes"],
        readiness=in_words(readiness),
        patron=Contact(details["patron"]["name"], "patron", details["patron"]["phone"]) if knows_patron else None,
        has_manifest=has_manifest(charter, person_id, now),
        is_off=charter.status == "cancelled",
        near=_near(details["starts_at"], details["timezone"], now),
    )


def _near(starts_at: str, timezone: str, now: datetime) -> str:
    days = (times.local(starts_at, timezone).date() - times.day_of(now, timezone)).days
    return {0: "Today", 1: "Tomorrow"}.get(days, "")


def map_of(port: str) -> str:
    return f"https://www.google.com/maps/search/?api=1&query={quote(port, safe='')}" if port else ""


def _mates(charter: Charter, person_id: str) -> list[Contact]:
    """Who else sails, the captain first."""
    held = positions.holders(charter.positions)
    captain, crew = charter.details["captain"], charter.details["crew"]
    roles: list[tuple[CrewMember, str]] = [(captain, "captain")] if captain else []
    for one in crew:
        position = held.get(one["person_id"] or "")
        roles.append((one, position["role"] if position else "crew"))
    return [Contact(one["name"], role, one["phone"]) for one, role in roles if one["person_id"] != person_id]


class Page(NamedTuple):
    """All of a person's charters, sorted into what the page shows."""

    next: Sail | None
    """The first of `coming` that has not ended."""
    asked: Sequence[Sail]
    coming: Sequence[Sail]
    called_off: Sequence[Sail]
    past: Sequence[Sail]
    more: int
    """How many are left out."""


def sort_sails(sails: Iterable[Sail], more: int, now: datetime) -> Page:
    """By start; past ones the latest first."""
    at = times.format_instant(now)
    ordered = sorted(sails, key=lambda one: (one.starts_at, one.event_id))
    # A captain's is over when its manifest is closed.
    ahead = [one for one in ordered if one.ends_at > at or one.has_manifest]
    coming = [one for one in ahead if one.standing == "booked" and not one.is_off]
    return Page(
        next=next((one for one in coming if one.ends_at > at), None),
        asked=[one for one in ahead if one.standing != "booked" and not one.is_off],
        coming=coming,
        called_off=[one for one in ordered if one.is_off],
        past=[
            one
            for one in reversed(ordered)
            if one not in ahead and one.standing in ("booked", "changed") and not one.is_off
        ],
        more=more,
    )


def paper_lines(person: Person, today: date) -> list[PaperLine]:
    """Each of their papers, what ends first at the front."""
    papers = sorted(person.details["papers"], key=lambda paper: paper["valid_until"] or "")
    return [_paper_line(LABELS[paper["kind"]], paper["valid_until"], today) for paper in papers]


def _paper_line(label: str, valid_until: str | None, today: date) -> PaperLine:
    if valid_until is None:
        return PaperLine(label, "no date known", "calm")
    until = times.parse_day(valid_until)
    left, shown = (until - today).days, f"{until:%b} {until.day}, {until.year}"
    if left < 0:
        return PaperLine(label, f"ended {shown}", "bad")
    far, near, last = PAPER_DAYS
    if left > far:
        return PaperLine(label, f"valid until {shown}", "good")
    days = "last day today" if left == 0 else f"{left} day{'' if left == 1 else 's'} left"
    return PaperLine(
        label, f"{days}, {shown}" if left > near else f"{days}, {shown}: renew now", "bad" if left <= last else "wait"
    )
