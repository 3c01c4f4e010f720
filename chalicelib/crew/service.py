"""The desk's acts on positions, the answers of people, and what the app does by itself after both."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Literal, NamedTuple

from chalicelib.charters import asking, positions, store
from chalicelib.charters import service as charters
from chalicelib.charters.fields import CharterJson, PositionPerson
from chalicelib.charters.position_items import find_position
from chalicelib.charters.positions import AnswerGiven, AnswerRefused, PositionConflict, Positions, StoredPosition, Why
from chalicelib.charters.store import Charter
from chalicelib.core import system, times
from chalicelib.core.audit import SYSTEM, Actor, AuditDetails, AuditEvent, audit_event
from chalicelib.core.dynamo import Item
from chalicelib.core.errors import Busy, NotFound
from chalicelib.core.fields import Form
from chalicelib.core.idempotency import read_key
from chalicelib.core.retry import retry_on_conflict
from chalicelib.crew import mails, refusing, roster
from chalicelib.crew import store as due_store
from chalicelib.crew.fields import Asking, Assigning, NewPosition, Withdrawing
from chalicelib.crew.roster import Roster
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail, mail_writes
from chalicelib.operator import service as operator
from chalicelib.people.service import Person
from chalicelib.register.store import PERSON
from chalicelib.schedule.booking import decide, reason_of
from chalicelib.schedule.fields import Conflict as ScheduledConflict
from chalicelib.schedule.fields import Override
from chalicelib.schedule.store import count_booking

# Mails that are not sent by then are left to the schedule: the function may run for 15 s.
SEND_S = 5.0
# The sweep has more to do in its minute.
SWEEP_S = 10.0
# So often the sweep looks for crew that waits for a captain: the setting that holds it back may have changed.
HELD_MINUTES = 10


class NotAnswered(PositionConflict):
    """409. An answer that is not taken, and what holds now."""

    def __init__(
        self,
        why: Why,
        message: str,
        charter: Charter,
        position: StoredPosition,
        conflicts: Sequence[ScheduledConflict] = (),
    ) -> None:
        super().__init__(message)
        self.why = why
        self.charter = charter
        self.position = position
        self.conflicts = conflicts
        """What else this person sails on at that time."""


class Act(NamedTuple):
    """A charter as an act has changed it, before the next people are asked."""

    charter: Charter
    audit: AuditEvent
    writes: Sequence[Item] = ()
    left_open: Collection[str] = ()
    """The ids of positions that the desk left open: it knows."""


class Settled(NamedTuple):
    """A charter with what follows from a change of it."""

    charter: Charter
    writes: list[Item]
    mails: list[Mail]


# --- the desk -----------------------------------------------------------------------------------------


def add_position(
    event_id: str, body: Mapping[str, Any], *, request_key: str | None, actor: Actor, now: datetime
) -> tuple[CharterJson, bool]:
    """The event, and whether the position is new: the same request under the same key again adds none."""
    form = Form(body)
    wanted = form.read(NewPosition)
    key = read_key(form, request_key)
    refusing.check_answer_by(form, wanted["answer_by"], now)
    form.finish()
    position_id = _position_id(event_id, key) if key else system.random_hex(8)
    is_new = True

    def act(seen: Charter, people: Roster) -> Act | None:
        nonlocal is_new
        is_new = positions.find(seen.positions, position_id) is None
        if not is_new:
            return None
        refusing.check_sails(seen)
        next_ids = refusing.check_people(people, wanted["person_ids"])
        if next_ids != []:
            refusing.check_asks(seen, people, now)
        refusing.check_room(seen, wanted["role"])
        position = positions.new_position(
            position_id,
            wanted["role"],
            required=wanted["required"],
            next_ids=next_ids,
            answer_by=None if next_ids == [] else wanted["answer_by"],
        )
        added = audit_event("position_added", actor, times.format_instant(now), about=position_id)
        left_open = [position_id] if next_ids == [] else []
        charter = seen._replace(positions=[*seen.positions, position])
        return Act(charter, added, left_open=left_open)

    _carry_out(event_id, act, now)
    return charters.show_charter(event_id, now), is_new


def ask(event_id: str, position_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> CharterJson:
    """Asks these people, one after the other, in place of those who were asked or had the position.

    Again: unchanged.
    """
    form = Form(body)
    wanted = form.read(Asking)
    form.finish()

    def act(seen: Charter, people: Roster) -> Act | None:
        position = refusing.find_open(seen, position_id)
        if positions.is_asking(position, wanted["person_ids"]):
            return None
        next_ids = refusing.check_people(people, wanted["person_ids"])
        refusing.check_asks(seen, people, now)
        found = positions.ask(seen.positions, position_id, next_ids)
        asked = audit_event("position_asked", actor, times.format_instant(now), about=position_id)
        left_open = [position_id] if next_ids == [] else []
        return Act(_with_positions(seen, found, people), asked, left_open=left_open)

    _carry_out(event_id, act, now)
    return charters.show_charter(event_id, now)


def assign(event_id: str, position_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> CharterJson:
    """Gives a position to somebody without asking. Raises ScheduleConflict if they sail elsewhere at that time and no
    `override_reason` is given.
    """
    form = Form(body)
    wanted = form.read(Assigning)
    form.finish()
    person_id, at = wanted["person_id"], times.format_instant(now)

    def act(seen: Charter, people: Roster) -> Act | None:
        position = refusing.find_open(seen, position_id)
        refusing.check_people(people, [person_id], "person_id")
        roster.refuse_bareboat(people)
        if positions.holds(position, person_id) and position["state"] != "unconfirmed":
            return None
        person = people.people[person_id]
        conflicts = _conflicts(people, seen, position, person, at)
        override = decide(conflicts, wanted["override_reason"], actor, at)
        found = positions.assign(seen.details, seen.positions, position, _named(person))
        more: AuditDetails = {"about": position_id, **reason_of(override)}
        assigned = audit_event("position_assigned", actor, at, **more)
        return Act(_with_positions(seen, found, people, override), assigned, [count_booking(PERSON, person)])

    _carry_out(event_id, act, now)
    return charters.show_charter(event_id, now)


def withdraw(event_id: str, position_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> CharterJson:
    """Closes a position; the person who was asked or had it is told. Again: unchanged."""
    form = Form(body)
    wanted = form.read(Withdrawing)
    form.finish()

    def act(seen: Charter, people: Roster) -> Act | None:
        if refusing.find(seen, position_id)["state"] == "withdrawn":
            return None
        refusing.check_sails(seen)
        found = positions.withdraw(seen.positions, position_id)
        at = times.format_instant(now)
        withdrawn = audit_event("position_withdrawn", actor, at, about=position_id, reason=wanted["reason"])
        return Act(_with_positions(seen, found, people), withdrawn)

    _carry_out(event_id, act, now)
    return charters.show_charter(event_id, now)


# --- answers ------------------------------------------------------------------------------------------


def seen_of(charter: Charter, position: StoredPosition) -> str:
    """For the field `seen` of the form: what its reader has seen."""
    return positions.seen_of(charter.details, position)


def answer(
    person_id: str,
    position_id: str,
    answer: AnswerGiven,
    reason: str,
    seen: str,
    now: datetime,
    *,
    address: str = "",
) -> Charter:
    """The charter with a person's answer; the same answer again is the same charter. `address`: where it came from.

    Raises NotAnswered with what holds now; NotFound for a position that this person was never asked for.
    """
    event_id = find_position(position_id)
    if event_id is None:
        raise refusing.unknown_position()
    at = times.format_instant(now)

    def act(seen_charter: Charter, people: Roster) -> Act | None:
        position = refusing.find(seen_charter, position_id)
        person = people.people.get(person_id)
        if person is None or not (positions.holds(position, person_id) or positions.last_asked(position, person_id)):
            raise refusing.unknown_position()
        if positions.is_same_answer(seen_charter.details, position, person_id, answer, seen):
            return None
        try:
            found = positions.answer(
                seen_charter.details,
                seen_charter.positions,
                position,
                _named(person),
                answer,
                reason,
                seen=seen,
                status=seen_charter.status,
                at=at,
            )
        except AnswerRefused as refused:
            raise NotAnswered(refused.why, str(refused), seen_charter, position) from None
        answered = audit_event(
            "position_answered",
            Actor(person.details["name"], address, "link"),
            at,
            about=position_id,
            state="accepted" if answer == "accept" else "declined",
            reason=reason,
        )
        if answer == "decline":
            return Act(_with_positions(seen_charter, found, people), answered)
        _check_may_sail(people, seen_charter, position, person, at)
        return Act(_with_positions(seen_charter, found, people), answered, [count_booking(PERSON, person)])

    return _carry_out(event_id, act, now)


def _check_may_sail(people: Roster, charter: Charter, position: StoredPosition, person: Person, at: str) -> None:
    if not person.details["active"]:
        raise NotAnswered("inactive", "You are not on our list any more. Please call us.", charter, position)
    roster.refuse_bareboat(people)
    if positions.holds(position, person.record_id):
        # What they sail on at that time is booked already, by the desk if need be.
        return
    conflicts = _conflicts(people, charter, position, person, at)
    if conflicts:
        message = f"You sail on “{conflicts[0]['title']}” at that time."
        raise NotAnswered("elsewhere", message, charter, position, conflicts)


# --- what follows ---------------------------------------------------------------------------------------


def settle(
    seen: Charter,
    charter: Charter,
    people: Roster,
    now: datetime,
    *,
    left_open: Collection[str] = (),
) -> Settled:
    """Asks the next people, and makes the mails about all changes of the positions since `seen`."""
    at, given_up = times.format_instant(now), list[str]()
    if charter.status == "scheduled":
        advanced = asking.advance(
            charter.details,
            charter.positions,
            roster.candidates(people, charter, at),
            captain_first=people.settings["captain_first"],
            now=now,
        )
        charter = charter._replace(positions=advanced.positions)
        given_up = [*advanced.given_up, *asking.left_alone(seen.positions, advanced.positions, left_open)]
    made = mails.make_mails(seen, charter, dict.fromkeys(given_up), people, now)
    return Settled(charter, [write for mail in made for write in mail_writes(mail)], made)


def settle_edit(seen: Charter, charter: Charter, now: datetime) -> Settled:
    """The same for an edit or a cancellation. A charter without positions costs no read."""
    if not charter.positions:
        return Settled(charter, [], [])
    return settle(seen, charter, roster.read_roster(charter), now, left_open=positions.ids_of(charter.positions))


def send(made: Sequence[Mail], now: datetime) -> None:
    """Tries the mails that are to go at once, for a few seconds."""
    ends_at, at = system.monotonic_s() + SEND_S, times.format_instant(now)
    for mail in made:
        # A reminder is due later.
        if mail.created_at == at and mail.attempts and system.monotonic_s() < ends_at:
            outbox.deliver(mail, mails.MAIL_KINDS, now)


def sweep(now: datetime) -> None:
    """Goes on where somebody is late, or was not reached by mail; now and then, where crew waits for no captain any
    more. What there is no time for is left to the next minute.
    """
    ends_at = system.monotonic_s() + SWEEP_S
    acts = [partial(_see_to, due, now) for due in due_store.list_due(times.format_instant(now))]
    if now.minute % HELD_MINUTES == 0:
        acts += [partial(_ask_held, event_id, now) for event_id in _list_held()]
    for act in acts:
        if system.monotonic_s() >= ends_at:
            break
        # Many are changing that charter: the next minute looks again.
        with suppress(Busy, NotFound):
            act()


def _list_held() -> list[str]:
    """The charters whose crew waits for a captain, although the setting does not hold it back any more."""
    held = due_store.list_held()
    return held if held and not operator.get_settings()["captain_first"] else []


def _ask_held(event_id: str, now: datetime) -> None:
    at = times.format_instant(now)

    def act(seen: Charter, people: Roster) -> Act | None:
        to_ask = [one for one in seen.positions if positions.is_to_ask(one)]
        if not to_ask or people.settings["captain_first"] or seen.details["starts_at"] <= at:
            return None
        return Act(seen, audit_event("position_asked", SYSTEM, at, about=to_ask[0]["position_id"]))

    _carry_out(event_id, act, now)


def _see_to(due: due_store.Due, now: datetime) -> None:
    at = times.format_instant(now)

    def act(seen: Charter, people: Roster) -> Act | None:
        done = [] if due.bounced is None else [due_store.done_write(due)]
        if due.bounced is None:
            found: Positions = positions.late(seen.positions, at)
            what = "position_late"
        else:
            found = positions.bounced(seen.positions, due.position_id, due.bounced)
            what = "position_bounced"
        if list(found) == list(seen.positions):
            due_store.forget(due)
            return None
        return Act(_with_positions(seen, found, people), audit_event(what, SYSTEM, at, about=due.position_id), done)

    _carry_out(due.event_id, act, now)


# --- how it is carried out --------------------------------------------------------------------------------


def _carry_out(event_id: str, act: Callable[[Charter, Roster], Act | None], now: datetime) -> Charter:
    """Reads, decides and writes in one transaction, then sends; the charter as it is then."""

    def attempt() -> Settled:
        seen = charters.find_charter(event_id)
        people = roster.read_roster(seen)
        done = act(seen, people)
        if done is None:
            return Settled(seen, [], [])
        at = times.format_instant(now)
        changed = done.charter._replace(version=seen.version + 1, updated_at=at, edited_at=at)
        settled = settle(seen, changed, people, now, left_open=done.left_open)
        store.update_charter(settled.charter, seen, done.audit, also=[*done.writes, *settled.writes])
        return settled

    settled = retry_on_conflict(attempt)
    send(settled.mails, now)
    return settled.charter


def _with_positions(seen: Charter, found: Positions, people: Roster, override: Override | None = None) -> Charter:
    details = positions.with_crew(seen.details, seen.positions, found, roster.members(people, positions.holders(found)))
    return seen._replace(details=details, positions=list(found), schedule_override=override or seen.schedule_override)


def _named(person: Person) -> PositionPerson:
    return {"person_id": person.record_id, "name": person.details["name"]}


def _conflicts(
    people: Roster, charter: Charter, position: StoredPosition, person: Person, at: str
) -> list[ScheduledConflict]:
    role: Literal["captain", "crew"] = "captain" if position["role"] == positions.CAPTAIN else "crew"
    return roster.conflicts_of(people, charter, person, role, at)


def _position_id(event_id: str, key: str) -> str:
    return positions.digest(event_id, key)[:16]
