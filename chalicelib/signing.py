"""Signing: what a guest's form must hold, and the records it becomes."""

import hashlib
import json
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from chalicelib import acts, auth, chain, events, fields, notifications, pages, store, times, waiver_versions, waivers
from chalicelib.acts import Actor
from chalicelib.errors import Busy, Conflict, TooManyTries
from chalicelib.fields import Fields
from chalicelib.settings import settings
from chalicelib.store import Desk, EventRecord
from chalicelib.waiver_versions import LANGUAGES

log = logging.getLogger("scc.waivers")

MAX_MINORS = 10
MAX_STROKES, MAX_POINTS, MAX_COORDINATE = 200, 20_000, 10**15
# As sent and as stored: a minor's record carries the drawing too, and all of them go into one transaction.
MAX_STROKES_CHARS = 200_000
RELATIONSHIPS = ("parent", "legal_guardian", "grandparent", "other")

ESIGN_STATEMENT = (
    "I agree to sign this document electronically, and that my electronic signature is as binding as one on paper."
)
INTENT_STATEMENT = (
    "I have read this document, I understand it, I am at least {years} years old, and I mean to sign it for myself "
    "and for every minor I name here."
)
AUTHORITY_STATEMENT = "I am the parent or legal guardian of each minor named here, or have their authority to sign."

# One address alone can never use up what a charter takes; a tablet that a whole boat signs on stays below both.
ADDRESS_WINDOW_S, TRIES_PER_ADDRESS = 15 * 60, 60
EVENT_WINDOW_S, SIGNATURES_PER_EVENT = 60 * 60, 300
# Everybody on a dock may sign at the same moment, and each signature has to follow the one before.
# The function is stopped at 15 s, and the last try may take 3.
PATIENCE_S = 12.0
TURN_MS = 3000


class VersionConflict(Conflict):
    """409. The text was changed after the page was opened."""


class NotOpen(Conflict):
    """409. The charter takes no signatures."""


class AlreadySigned(Conflict):
    """409. The same form was signed before with other words; `token` leads to the page that confirms it."""

    def __init__(self, token: str) -> None:
        super().__init__("This form was signed before. What you have changed since is not part of that signature.")
        self.token = token


class Minor(NamedTuple):
    name: str
    birth_date: str
    guest_id: str | None


class Signing(NamedTuple):
    submission_id: str
    waiver_version: str
    language: str
    guest_id: str | None
    signer_name: str
    signer_email: str
    signer_phone: str
    signer_birth_date: str | None
    signature_typed: str
    signature_strokes: list[Any]
    minors: tuple[Minor, ...]
    guardian_relationship: str
    opened_at: str
    device_time: str
    trapped: bool
    """A field that no person sees was filled in."""


class Visitor(NamedTuple):
    """What the connection tells of a guest."""

    address: str
    user_agent: str


def statements(language: str) -> dict[str, str]:
    """The sentences that are ticked, as they are shown and kept."""
    say = pages.say(language)
    return {
        "esign": say(ESIGN_STATEMENT),
        "intent": say(INTENT_STATEMENT, years=settings().adult_years),
        "authority": say(AUTHORITY_STATEMENT),
    }


# --- the page -------------------------------------------------------------------------------------


def open_desk(event_id: str, languages: Sequence[str], *, with_head: bool = False) -> tuple[Desk, EventRecord]:
    """The charter and what can be signed there, in one read."""
    try:
        desk = store.read_desk(event_id, languages, with_head=with_head) if fields.is_event_id(event_id) else None
    except store.Moved:
        raise Busy("Many are signing at once. Please try again in a moment.") from None
    if desk is None or desk.event is None:
        raise events.unknown_event()
    return desk, desk.event


def why_closed(event: EventRecord, now: datetime) -> str:
    """Why the charter takes no signatures, as a sentence; empty when it does."""
    if event.status == "cancelled":
        return "This charter was cancelled, so there is nothing to sign."
    at = times.format_instant(now)
    if event.details["ends_at"] <= at and event.waivers_open_until <= at:
        return "This charter is over, so it takes no more signatures."
    return ""


def mark_opening(event_id: str, now: datetime) -> str:
    """The time a form was opened, marked so that nobody can make it up."""
    at = times.format_instant(now)
    return f"{at}.{auth.mark(f'opened {event_id} {at}')}"


def read_opening(event_id: str, marked: str, now: datetime) -> str:
    """When the form was opened; empty if that cannot be told."""
    at, _, mark = marked.partition(".")
    true = auth.is_marked(f"opened {event_id} {at}", mark) and at <= times.format_instant(now)
    return at if true else ""


# --- parse ----------------------------------------------------------------------------------------


def parse_signing(form: Mapping[str, list[str]], event: EventRecord, *, now: datetime) -> Signing:
    """The submitted form. Raises BadInput with each problem under its field's name."""
    repeated = {"minor_name", "minor_birth_date"}
    doubled = [name for name, values in form.items() if len(values) > 1 and name not in repeated]
    flat = Fields({name: values[0] for name, values in form.items() if name not in repeated})
    for name in doubled:
        flat.refuse(name, "is given twice")
    # Age counts on the day of the trip, where it starts.
    trip_day = times.local(event.details["starts_at"], event.details["timezone"]).date()
    years = settings().adult_years

    # In the order of the page, so that its list of problems reads from top to bottom.
    submission_id = flat.uuid("submission_id")
    waiver_version = flat.text("waiver_version", max_chars=64)
    language = flat.choice("language", LANGUAGES, default="en")
    opened = flat.text("opened", max_chars=80, default="")
    device_time = flat.text("device_time", max_chars=40, default="")
    flat.text("kiosk", max_chars=10, default="")
    website = flat.text("website", max_chars=1000, default="")
    picked_id = flat.text("guest_id", max_chars=40, default="")
    signer_name = flat.text("signer_name", max_chars=100)
    signer_email, signer_phone = flat.email("signer_email"), flat.phone("signer_phone")
    birth_date = _take_birth_date(flat, "signer_birth_date", flat.text("signer_birth_date", max_chars=10, default=""))
    if birth_date and _age(birth_date, trip_day) < years:
        flat.refuse("signer_birth_date", f"must be that of an adult: a guardian signs for those under {years}")
    guest_id = _find_guest(flat, event, picked_id, signer_name)
    minors = _take_minors(flat, form, event, trip_day, guest_id)
    relationship = flat.choice("guardian_relationship", RELATIONSHIPS, default="")
    attested = _tick(flat, "authority_attestation")
    if minors and not relationship:
        flat.refuse("guardian_relationship", "is required when you sign for a minor")
    if minors and not attested:
        flat.refuse("authority_attestation", "must be ticked when you sign for a minor")
    if not _tick(flat, "esign_consent"):
        flat.refuse("esign_consent", "must be ticked to sign electronically")
    if not _tick(flat, "intent"):
        flat.refuse("intent", "must be ticked to sign")
    typed = flat.text("signature_typed", max_chars=100, default="")
    strokes = _take_strokes(flat)
    if not typed and not strokes and "signature_strokes" not in flat.problems:
        flat.refuse("signature_typed", "is required: type or draw your signature")
    flat.finish()
    return Signing(
        submission_id=submission_id,
        waiver_version=waiver_version,
        language=language,
        guest_id=guest_id,
        signer_name=signer_name,
        signer_email=signer_email,
        signer_phone=signer_phone,
        signer_birth_date=birth_date.isoformat() if birth_date else None,
        signature_typed=typed,
        signature_strokes=strokes,
        minors=minors,
        guardian_relationship=relationship if minors else "",
        opened_at=read_opening(event.event_id, opened, now),
        device_time=device_time,
        trapped=bool(website),
    )


def _tick(form: Fields, name: str) -> bool:
    return form.text(name, max_chars=10, default="").lower() in ("on", "yes", "true", "1")


def _take_birth_date(form: Fields, name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        born = times.parse_birth_date(text)
    except ValueError:
        form.refuse(name, "must be a date such as 1984-05-31")
        return None
    return born


def _find_guest(form: Fields, event: EventRecord, picked_id: str, name: str) -> str | None:
    """Who of the listed guests this is: the one picked, else the one of the very same name who has not signed."""
    if picked_id:
        if picked_id not in {guest["guest_id"] for guest in event.details["guests"]}:
            form.refuse("guest_id", "is not on the list any more: please choose again")
        return picked_id
    return _guest_named(event, name)


def _guest_named(event: EventRecord, name: str) -> str | None:
    same = [guest for guest in events.missing_guests(event) if _plain(guest["name"]) == _plain(name)]
    return same[0]["guest_id"] if len(same) == 1 else None


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _take_minors(
    form: Fields, raw: Mapping[str, list[str]], event: EventRecord, on_day: date, signers_guest_id: str | None
) -> tuple[Minor, ...]:
    names, births = raw.get("minor_name", []), raw.get("minor_birth_date", [])
    if len(names) != len(births):
        form.refuse("minor_name", "must come with a birth date each")
        return ()
    years = settings().adult_years
    minors: list[Minor] = []
    for place, (name, birth) in enumerate(zip(names, births, strict=True)):
        name_field, birth_field = f"minor_name[{place}]", f"minor_birth_date[{place}]"
        if not name.strip() and not birth.strip():
            continue
        # One form for each, so that every minor's text is held to the same rules.
        one = Fields({name_field: name})
        clean = one.text(name_field, max_chars=100)
        form.problems.update(one.problems)
        born = _take_birth_date(form, birth_field, birth.strip())
        if born is None:
            form.refuse(birth_field, "is required for each minor")
        elif born > on_day:
            form.refuse(birth_field, "must not be in the future")
        elif _age(born, on_day) >= years:
            form.refuse(birth_field, f"must be that of a minor: whoever is {years} or older signs alone")
        guest_id = _guest_named(event, clean)
        minors.append(
            Minor(clean, born.isoformat() if born else "", guest_id if guest_id != signers_guest_id else None)
        )
    if len(minors) > MAX_MINORS:
        form.refuse("minor_name", f"must be at most {MAX_MINORS}; please sign a second form for the others")
    return tuple(minors)


def _age(born: date, on_day: date) -> int:
    return on_day.year - born.year - ((on_day.month, on_day.day) < (born.month, born.day))


def _take_strokes(form: Fields) -> list[Any]:
    """A drawn signature: strokes, each a list of points or an object with `points`; empty when there is none.

    A point is {x, y, time} or [x, y, time]; the time, in milliseconds, may be left out.
    """
    text = form.text("signature_strokes", max_chars=MAX_STROKES_CHARS, default="")
    if not text:
        return []
    rule = "must be a list of strokes, each with points x and y"
    try:
        points = [[_point(point) for point in _points(stroke)] for stroke in _listed(json.loads(text))]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError):
        form.refuse("signature_strokes", rule)
        return []
    if len(points) > MAX_STROKES or sum(map(len, points)) > MAX_POINTS or len(json.dumps(points)) > MAX_STROKES_CHARS:
        form.refuse("signature_strokes", "is too long")
        return []
    return [stroke for stroke in points if stroke]


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _points(stroke: Any) -> list[Any]:
    return _listed(stroke["points"] if isinstance(stroke, dict) else stroke)


def _point(point: Any) -> list[int]:
    """[x, y, milliseconds] in whole numbers: a hash must not depend on how a float is written."""
    given = [point["x"], point["y"], point.get("time", 0)] if isinstance(point, dict) else [*_listed(point), 0][:3]
    if len(given) < 3 or not all(type(number) in (int, float) for number in given):
        raise ValueError(point)
    numbers = [round(number) for number in given]
    # 1e300 would be stored as three hundred digits.
    if max(map(abs, numbers)) > MAX_COORDINATE:
        raise ValueError(point)
    return numbers


# --- sign -----------------------------------------------------------------------------------------


def sign(event_id: str, form: Mapping[str, list[str]], *, visitor: Visitor, now: datetime) -> str:
    """Stores one record for each covered person; returns the token of the page that confirms it.

    The same submission again returns the same token and stores nothing. Raises BadInput,
    VersionConflict, NotOpen, AlreadySigned or TooManyTries.
    """
    for number in acts.tries(patience_s=PATIENCE_S, queued=True):
        desk, event = open_desk(event_id, LANGUAGES, with_head=True)
        signing = parse_signing(form, event, now=now)
        token = waiver_id(event_id, signing.submission_id, 0)
        if signing.trapped:
            log.warning("waiver of charter %s: a form filled in by a machine was passed over", event_id[:8])
            return token
        version = waiver_versions.choose(desk.versions, signing.language)
        closed = why_closed(event, now)
        if closed or signing.waiver_version != version["waiver_version"]:
            # What was signed once stays signed, whatever changed since.
            if store.read_waiver(event_id, token):
                return _confirm(event_id, signing, token)
            if closed:
                raise NotOpen(closed)
            raise VersionConflict("The text has changed since you opened it. Please read the new one and sign it.")
        if not version["published_at"]:
            if not waiver_versions.keep_sample(version, Actor(signing.signer_name, visitor.address), now):
                continue
            desk.versions[version["language"]] = version
        # Whoever lost a race or meets one queues up: each transaction that fails would hold up the others.
        now_ms = time.time_ns() // 1_000_000
        crowded = number > 0 or desk.turn_until_ms > now_ms
        if crowded and not store.take_turn(desk.seq, now_ms, now_ms + TURN_MS):
            continue
        records = chain.seal(_records(event, version, signing, visitor, now), desk.seq, desk.head)
        mail = notifications.owe_waiver_copy(event, records, version, now)
        people, texts = _new_people(event, records, desk)
        try:
            store.append_waivers(
                event_id,
                records,
                desk.seq,
                _audits(records, visitor),
                mail,
                people=people,
                texts=texts,
                current={one: desk.versions.get(one, {}).get("waiver_version") for one in LANGUAGES},
                throttles=_throttles(event_id, visitor.address, now),
            )
        except store.Exists:
            return _confirm(event_id, signing, token)
        except store.TooMany as full:
            raise _too_many(full.place, now) from None
        except store.Moved:
            continue
        notifications.deliver(mail, now)
        break
    return token


def _confirm(event_id: str, signing: Signing, token: str) -> str:
    """The token of what this form became. Raises AlreadySigned if other words came under its id."""
    ids = [waiver_id(event_id, signing.submission_id, place) for place in range(MAX_MINORS + 1)]
    first, *minors = store.read_waivers(event_id, ids)
    # Neither the marks of the form nor the signature itself, which nobody draws twice alike.
    names = ("waiver_version", "signer_name", "signer_email", "signer_phone", "signer_birth_date")
    same = all(first[name] == getattr(signing, name) for name in names)
    signed_for = [(one["participant_name"], one["participant_birth_date"]) for one in minors]
    same &= signed_for == [(minor.name, minor.birth_date) for minor in signing.minors]
    same &= all(one["guardian_relationship"] == signing.guardian_relationship for one in minors)
    if not same:
        raise AlreadySigned(token)
    return token


def _new_people(event: EventRecord, records: Sequence[dict[str, Any]], desk: Desk) -> tuple[int, set[str]]:
    """How many people more have signed, and the texts signed here. Who signs again under a newer text counts once."""
    current = {language: waiver_versions.choose(desk.versions, language) for language in LANGUAGES}
    in_use = {version["waiver_version"] for version in current.values()}
    is_first = not event.signed_count or (event.signed_versions and event.signed_versions <= in_use)
    if is_first and event.signed_guest_ids.isdisjoint({record["guest_id"] for record in records}):
        return len(records), {records[0]["waiver_version"]}
    charter = store.read_charter(event.event_id)
    before = charter.waivers if charter else []
    after = [*before, *records]
    people = len(waivers.people(after, current)) - len(waivers.people(before, current))
    return people, {record["waiver_version"] for record in after}


def waiver_id(event_id: str, submission_id: str, place: int) -> str:
    """Made from the form's own random id, so that a double submit meets the record of the first."""
    return hashlib.sha256(f"{event_id} {submission_id} {place}".encode()).hexdigest()[:32]


def _records(
    event: EventRecord, version: Mapping[str, Any], signing: Signing, visitor: Visitor, now: datetime
) -> list[dict[str, Any]]:
    shown = statements(signing.language)
    common = {
        "event_id": event.event_id,
        "charter": event.details["title"],
        "starts_at": event.details["starts_at"],
        "waiver_version": version["waiver_version"],
        "waiver_title": version["title"],
        "language": signing.language,
        "submission_id": signing.submission_id,
        "signer_name": signing.signer_name,
        "signer_email": signing.signer_email,
        "signer_phone": signing.signer_phone,
        "signer_birth_date": signing.signer_birth_date,
        "esign_statement": shown["esign"],
        "intent_statement": shown["intent"],
        "signature_typed": signing.signature_typed,
        "signature_strokes": signing.signature_strokes,
        "opened_at": signing.opened_at,
        "signed_at": times.format_instant(now),
        "device_time": signing.device_time,
        "address": visitor.address,
        "user_agent": visitor.user_agent,
    }
    own = {
        "participant_name": signing.signer_name,
        "minor": False,
        "participant_birth_date": signing.signer_birth_date,
        "guest_id": signing.guest_id,
    }
    people = [own] + [
        {
            "participant_name": minor.name,
            "minor": True,
            "participant_birth_date": minor.birth_date,
            "guest_id": minor.guest_id,
            "guardian_relationship": signing.guardian_relationship,
            "authority_statement": shown["authority"],
        }
        for minor in signing.minors
    ]
    return [
        {"waiver_id": waiver_id(event.event_id, signing.submission_id, place), **common, **person}
        for place, person in enumerate(people)
    ]


def _audits(records: Sequence[Mapping[str, Any]], visitor: Visitor) -> list[dict[str, Any]]:
    """What led to these records: the page was opened, then signed."""
    first = records[0]
    actor, ids = Actor(first["signer_name"], visitor.address), [record["waiver_id"] for record in records]
    acts_at = [("waiver_opened", first["opened_at"]), ("waiver_signed", first["signed_at"])]
    return [acts.audit(act, actor, at, waiver_ids=ids) for act, at in acts_at if at]


# --- throttle -------------------------------------------------------------------------------------


def count_refused(event_id: str, address: str, now: datetime) -> None:
    """A form with mistakes counts as a try of its address. Raises TooManyTries."""
    (name, most, ttl_s), _ = _limits(event_id, address, now)
    if store.count_try(name, +1, ttl_s) > most:
        raise _too_many(0, now)


def _throttles(event_id: str, address: str, now: datetime) -> list[store.Item]:
    return [store.throttle_write(*limit) for limit in _limits(event_id, address, now)]


def _limits(event_id: str, address: str, now: datetime) -> list[tuple[str, int, int]]:
    """Each throttle's name, what it lets through, and the second it may be forgotten."""
    at = int(now.timestamp())
    quarter, hour = at // ADDRESS_WINDOW_S, at // EVENT_WINDOW_S
    neighbourhood = auth.neighbourhood(address)
    return [
        (f"sign#{event_id}#{neighbourhood}#{quarter}", TRIES_PER_ADDRESS, (quarter + 2) * ADDRESS_WINDOW_S),
        (f"sign#{event_id}#{hour}", SIGNATURES_PER_EVENT, (hour + 2) * EVENT_WINDOW_S),
    ]


def _too_many(place: int, now: datetime) -> TooManyTries:
    window_s = (ADDRESS_WINDOW_S, EVENT_WINDOW_S)[place]
    message = (
        "Too many forms came in a short time. Nothing you typed is lost; please wait a few minutes and sign again."
    )
    return TooManyTries(message, window_s - int(now.timestamp()) % window_s)
