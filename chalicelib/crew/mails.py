"""Mails to captain and crew: asked, reminded, told of a change, taken off; and to the owner when all were asked.

Nothing in them is about money, the patron or guests. The link to a person's page is added when the mail leaves.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Literal

from chalicelib.charters import positions
from chalicelib.charters import store as charter_store
from chalicelib.charters.fields import Asked
from chalicelib.charters.mails import Trip, trip_of
from chalicelib.charters.positions import StoredPosition
from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.core.dynamo import Item
from chalicelib.core.lazy import lazy_imports
from chalicelib.core.settings import settings
from chalicelib.crew.roster import Roster
from chalicelib.crew.store import bounce_write
from chalicelib.mail.outbox import MailKind, MailKinds, new_mail, owners_address
from chalicelib.mail.store import Mail, MailData, MailOf, MailStatus
from chalicelib.operator import links
from chalicelib.people.fields import Role
from chalicelib.people.service import Person
from chalicelib.register.store import PERSON, read_record

with lazy_imports():
    # icalendar takes a while to load.
    from chalicelib.schedule import ical

# Those that tell captain and crew of an edit or a cancellation.
NEWS = ("crew_asked", "crew_changed", "crew_assigned", "crew_off")

TOLD: tuple[Literal["starts_at", "ends_at", "vessel", "departure_port"], ...] = (
    "starts_at", "ends_at", "vessel", "departure_port",
)  # fmt: skip
Off = Literal["cancelled", "taken", "withdrawn"]


class CrewCharter(Trip):
    """What a mail to the crew says of a charter."""

    event_id: str
    title: str
    version: int
    edited_at: str


class CrewData(MailData):
    charter: CrewCharter
    before: Trip | None
    """What held before, where that has changed."""
    position_id: str
    role: Role
    person_id: str
    state: str
    """Of the position."""
    asked_at: str
    answer_by: str
    number: int
    """Which of those asked this is, from 0."""
    off: Off | None
    """Why somebody does not sail, or is not asked any more."""
    url: str
    """Their own page; added when the mail leaves, as is the next."""
    calendar: str


class OpenData(MailData):
    charter: CrewCharter
    position_id: str
    role: Role
    asked: list[Asked]
    url: str


# --- who is told what -----------------------------------------------------------------------------------


def make_mails(seen: Charter, charter: Charter, given_up: Collection[str], people: Roster, now: datetime) -> list[Mail]:
    """The mails about all that has become of a charter's positions; the same ones for the same two charters."""
    made: list[Mail] = []
    is_changed = positions.is_changed(seen.details, charter.details)
    for after in charter.positions:
        before = positions.find(seen.positions, after["position_id"])
        about = _About(seen, charter, before, after, people, now)
        made += about.mails(is_changed=is_changed)
        if after["position_id"] in given_up:
            made.append(_open_mail(charter, after, people, now))
    return made


class _About:
    """One position before and after a change of its charter."""

    def __init__(
        self,
        seen: Charter,
        charter: Charter,
        before: StoredPosition | None,
        after: StoredPosition,
        people: Roster,
        now: datetime,
    ) -> None:
        self.seen, self.charter, self.before, self.after = seen, charter, before, after
        self.people, self.now = people, now
        self.was_asked = positions.waiting(before) if before else None
        self.was_held_by = before["person"]["person_id"] if before and before["person"] else None
        self.is_asked = positions.waiting(after)
        self.is_held_by = after["person"]["person_id"] if after["person"] else None

    def mails(self, *, is_changed: bool) -> Iterator[Mail]:
        if self.is_asked and (is_changed or self.is_asked != self.was_asked):
            yield from self._ask_mails(self.is_asked)
        if self.is_held_by and self.is_held_by == self.was_held_by and self._is_cancelled():
            yield from self._mail("crew_off", self.is_held_by, off="cancelled")
        elif self.is_held_by and self.is_held_by == self.was_held_by and is_changed:
            yield from self._mail("crew_changed", self.is_held_by)
        elif self.is_held_by and self.after["state"] == "assigned" and self._is_newly_assigned():
            yield from self._mail("crew_assigned", self.is_held_by)
        for person_id in dict.fromkeys(filter(None, (self._stopped_asking(), self.was_held_by))):
            if person_id not in (self.is_held_by, self.is_asked and self.is_asked["person_id"]):
                yield from self._off_mails(person_id)

    def _is_cancelled(self) -> bool:
        return self.charter.status == "cancelled" and self.seen.status != "cancelled"

    def _is_newly_assigned(self) -> bool:
        return self.was_held_by != self.is_held_by or (self.before or self.after)["state"] == "unconfirmed"

    def _stopped_asking(self) -> str | None:
        """The person who was asked and is not any more, although they neither answered nor were late."""
        if self.was_asked is None:
            return None
        now = positions.last_asked(self.after, self.was_asked["person_id"])
        return self.was_asked["person_id"] if now and now["answer"] in (None, "withdrawn") else None

    def _off_mails(self, person_id: str) -> Iterator[Mail]:
        entry = positions.last_asked(self.after, person_id)
        if entry and entry["answer"] == "declined":
            return
        if person_id in positions.holders(self.charter.positions):
            # They took another position of this charter.
            return
        off: Off = "withdrawn"
        if self._is_cancelled():
            off = "cancelled"
        elif self.is_held_by or self.is_asked:
            off = "taken"
        yield from self._mail("crew_off", person_id, off=off)

    def _ask_mails(self, asked: Asked) -> Iterator[Mail]:
        before = trip_of(self.seen.details) if self.was_asked and self._is_same_ask(asked) else None
        for mail in self._mail("crew_asked", asked["person_id"], before=before):
            yield mail
            yield self._reminder(mail)

    def _is_same_ask(self, asked: Asked) -> bool:
        """Whether the same person is asked anew, because the charter has changed."""
        return self.was_asked is not None and {**self.was_asked, "at": ""} == {**asked, "at": ""}

    def _reminder(self, mail: MailOf[CrewData]) -> Mail:
        """Due at half of the time; it is dropped once there is an answer."""
        answer_by = times.parse_instant(mail.data["answer_by"])
        due_at = times.format_instant(self.now + (answer_by - self.now) / 2)
        mail_id = mail.mail_id.replace("crew-asked-", "crew-reminder-")
        return mail._replace(mail_id=mail_id, kind="crew_reminder", due_at=due_at, attempts=0)

    def _mail(
        self, kind: str, person_id: str, *, before: Trip | None = None, off: Off | None = None
    ) -> Iterator[MailOf[CrewData]]:
        """One mail; none to somebody without an address."""
        person = self.people.people.get(person_id)
        if person is None or not person.details["email"]:
            return
        if kind == "crew_changed":
            before = trip_of(self.seen.details)
        after = self.after
        data: CrewData = {
            "name": person.details["name"],
            "charter": _charter_data(self.charter),
            "before": before,
            "position_id": after["position_id"],
            "role": after["role"],
            "person_id": person_id,
            "state": after["state"],
            "asked_at": self.is_asked["at"] if self.is_asked else "",
            "answer_by": after["answer_by"] or "",
            "number": len(after["asked"]) - 1,
            "off": off,
            "url": "",
            "calendar": "",
        }
        key = positions.digest(self.charter.event_id, str(self.charter.version), after["position_id"], person_id)
        mail_id = f"{kind.replace('_', '-')}-{key[:32]}"
        yield new_mail(kind, mail_id, person.details["email"], data, self.now)


def _open_mail(charter: Charter, position: StoredPosition, people: Roster, now: datetime) -> Mail:
    """To the owner: there is no one left to ask."""
    data: OpenData = {
        "name": people.settings["operator_name"],
        "charter": _charter_data(charter),
        "position_id": position["position_id"],
        "role": position["role"],
        "asked": position["asked"],
        "url": f"{settings().base_url}/events/{charter.event_id}",
    }
    key = positions.digest(charter.event_id, str(charter.version), position["position_id"])
    return new_mail("position_open", f"position-open-{key[:32]}", people.settings["operator_email"], data, now)


def _charter_data(charter: Charter) -> CrewCharter:
    return {
        **trip_of(charter.details),
        "event_id": charter.event_id,
        "title": charter.details["title"],
        "version": charter.version,
        "edited_at": charter.edited_at,
    }


# --- when they leave ------------------------------------------------------------------------------------


def _find(mail: Mail) -> tuple[Charter, StoredPosition] | None:
    """The charter and the position as they are now."""
    charter = charter_store.read_charter(mail.data["charter"]["event_id"])
    position = positions.find(charter.positions, mail.data["position_id"]) if charter else None
    return (charter, position) if charter and position else None


def _renew_ask(mail: MailOf[CrewData], now: datetime) -> MailOf[CrewData] | str:
    """What it asks must still be waited for: neither answered nor late, withdrawn or asked anew."""
    found = _find(mail)
    waits = positions.waiting(found[1]) if found and found[0].status == "scheduled" else None
    if (
        found is None
        or waits is None
        or (waits["person_id"], waits["at"]) != (mail.data["person_id"], mail.data["asked_at"])
    ):
        return "what it asks was answered, or is not asked any more"
    if not _tells_what_holds(mail, found[0]):
        return "the charter was changed, and is asked about anew"
    if mail.data["answer_by"] <= times.format_instant(now):
        return "the time to answer is over"
    return mail


def _tells_what_holds(mail: MailOf[CrewData], charter: Charter) -> bool:
    """Whether time, boat and port are still what it says. Other changes are not told."""
    return all(charter.details[name] == mail.data["charter"][name] for name in TOLD)


def _renew_news(mail: MailOf[CrewData], _: datetime) -> MailOf[CrewData] | str:
    """What holds now must be what the mail says."""
    found = _find(mail)
    if found is None or not positions.holds(found[1], mail.data["person_id"]):
        return "they do not sail in that position any more"
    if found[0].status == "cancelled":
        return "the charter was cancelled meanwhile"
    if not _tells_what_holds(mail, found[0]):
        return "the charter was changed once more, and that is told"
    return mail


def _renew_off(mail: MailOf[CrewData], _: datetime) -> MailOf[CrewData] | str:
    found = _find(mail)
    if found and found[0].status == "scheduled":
        waits = positions.waiting(found[1])
        is_asked = waits is not None and waits["person_id"] == mail.data["person_id"]
        if is_asked or positions.holds(found[1], mail.data["person_id"]):
            return "they are asked or sail in that position again"
    return mail


def _renew_open(mail: MailOf[OpenData], _: datetime) -> MailOf[OpenData] | str:
    found = _find(mail)
    if found is None or found[0].status != "scheduled" or found[1]["state"] != "open":
        return "the position is not open any more"
    return mail


def _complete(mail: MailOf[CrewData], _: datetime) -> MailOf[CrewData]:
    """Adds the link of today, and the charter as a calendar file."""
    person: Person | None = read_record(PERSON, mail.data["person_id"])
    url = links.page_url("person", person.record_id, person.link_number) if person else ""
    return with_calendar(mail._replace(data={**mail.data, "url": url}))


def with_calendar(mail: MailOf[CrewData]) -> MailOf[CrewData]:
    return mail._replace(data={**mail.data, "calendar": _calendar(mail.data)})


def _calendar(data: CrewData) -> str:
    """The same event as in the person's feed, so that a calendar knows it again."""
    charter, is_off = data["charter"], data["off"] is not None
    event = ical.CalendarEvent(
        uid=ical.make_uid("person", charter["event_id"]),
        version=charter["version"],
        edited_at=charter["edited_at"],
        starts_at=charter["starts_at"],
        ends_at=charter["ends_at"],
        title=f"Cancelled: {charter['title']}" if is_off else charter["title"],
        state="CANCELLED" if is_off else "TENTATIVE" if data["state"] == "asked" else "CONFIRMED",
        place=charter["departure_port"],
    )
    return ical.to_ical(charter["title"], [event])


def _bounce_writes(mail: MailOf[CrewData], status: MailStatus, now: datetime) -> Sequence[Item]:
    """That somebody was not reached, so that the sweep asks the next."""
    if status != "failed":
        return ()
    data = mail.data
    return [bounce_write(data["charter"]["event_id"], data["position_id"], data["number"], times.format_instant(now))]


def _current_address(mail: MailOf[CrewData]) -> str:
    person: Person | None = read_record(PERSON, mail.data["person_id"])
    return (person.details["email"] if person else "") or mail.to


MAIL_KINDS: MailKinds = {
    "crew_asked": MailKind(
        renew=_renew_ask, complete=_complete, status_writes=_bounce_writes, current_address=_current_address
    ),
    "crew_reminder": MailKind(renew=_renew_ask, complete=_complete, current_address=_current_address),
    "crew_changed": MailKind(renew=_renew_news, complete=_complete, current_address=_current_address),
    "crew_assigned": MailKind(renew=_renew_news, complete=_complete, current_address=_current_address),
    "crew_off": MailKind(renew=_renew_off, complete=_complete, current_address=_current_address),
    "position_open": MailKind(renew=_renew_open, current_address=owners_address),
}
